/** Reads what is not text: pictures for models that see them, PDF by its pages; of all else only type and size are told. */
import { type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import type { ImageContent } from "../../protocol/content.ts";
import { readBytes, sizeText } from "../../workspace/files/file-text.ts";
import { asToolError, type Place } from "../place.ts";
import { type PageRange, pageRange, pdfText } from "./pdf-pages.ts";

const imageTypes: Readonly<Record<string, ImageContent["mimeType"]>> = {
  "PNG image": "image/png",
  "JPEG image": "image/jpeg",
  "GIF image": "image/gif",
  "WebP image": "image/webp",
};
/** Base64 makes it a third longer, and endpoints take 5 MB. */
const largestImage = 3_500_000;
const pagesAtOnce = 20;

export interface SpecialFile {
  readonly place: Place;
  readonly kind: string;
  readonly size: number;
  readonly pages: string | undefined;
}

/** A picture, pages of a PDF, or a ToolError that says what the file is. */
export async function readSpecialFile(file: SpecialFile, context: ToolContext): Promise<ToolResult> {
  const mimeType = imageTypes[file.kind];
  if (mimeType !== undefined) return readImage(file, mimeType, context);
  if (file.kind === "PDF document") return readPdf(file, context);
  const what = `${file.place.shown} is not text: ${file.kind}, ${sizeText(file.size)}.`;
  throw new ToolError(`${what} Only text can be read; use shell with a program that understands it.`);
}

async function readImage(
  { place, kind, size }: SpecialFile,
  mimeType: ImageContent["mimeType"],
  context: ToolContext,
): Promise<ToolResult> {
  const what = `${place.shown}: ${kind}, ${sizeText(size)}`;
  const output = { type: "image", mimeType, bytes: size } as const;
  if (!context.seesImages)
    return { text: `${what}. This model takes no pictures: go by the name, or ask the user.`, output };
  if (size > largestImage)
    return {
      text: `${what}. It is too large to be shown (at most ${sizeText(largestImage)}): make a smaller one with shell.`,
      output,
    };
  const { bytes } = await wholeFile(place);
  return {
    text: `${what} (attached)`,
    images: [{ type: "image", mimeType, data: bytes.toString("base64") }],
    output,
  };
}

function wholeFile(place: Place) {
  return readBytes(place.absolute).catch((error: unknown) => {
    throw asToolError(error, "Read another file.");
  });
}

async function readPdf(file: SpecialFile, context: ToolContext): Promise<ToolResult> {
  const { place } = file;
  const pages = pageRange(file.pages ?? `1-${pagesAtOnce}`, pagesAtOnce);
  if (pages === null)
    throw new ToolError(`pages is "${file.pages}". Give one page such as "3", or a range such as "2-5".`);
  const { bytes } = await wholeFile(place);
  const found = await pdfText(bytes, pages, context);
  const what = `${place.shown} is a PDF document of ${sizeText(file.size)}`;
  switch (found.type) {
    case "missing_program":
      throw new ToolError(
        `${what}; its text cannot be read because pdftotext is not installed here. Ask the user to install poppler-utils, or use another program with shell.`,
      );
    case "past_the_end":
      throw new ToolError(
        `${what} and ${found.pageCount} pages: it has no page ${pages.from}. Give pages from 1 to ${found.pageCount}.`,
      );
    case "failed":
      throw new ToolError(
        `${what}; pdftotext could not read it: ${found.reason.replace(/(?<![.\s])[.\s]+$/, "")}. Try other pages, or go on without it.`,
      );
    case "text":
      return { text: pagesText(found.text, pages, { what, byteLimit: context.limits.readBytes }) };
  }
}

/** Pages come with a form feed after each. */
function pagesText(
  text: string,
  range: PageRange,
  { what, byteLimit }: { what: string; byteLimit: number },
): string {
  const pages = text.split("\f").slice(0, -1);
  const shown: string[] = [];
  let bytes = 0;
  for (const page of pages) {
    bytes += Buffer.byteLength(page);
    if (bytes > byteLimit && shown.length > 0) break;
    shown.push(`--- page ${range.from + shown.length} ---\n${page.trim().slice(0, byteLimit)}`);
  }
  if (shown.length === 0) return `${what}. It has no page ${range.from}, or no text there. Try other pages.`;
  const next = range.from + shown.length;
  const hasMore = shown.length < pages.length || pages.length === range.to - range.from + 1;
  return `${shown.join("\n\n")}\n\n(pages ${range.from} to ${next - 1}${hasMore ? `; continue with pages="${next}-"` : ", the end"})`;
}
