/** Files that a person gave → what goes with the message: pictures made small here, texts as they are; kept with its draft. */
import { makeSmallImage } from "../../lib/browser/small-image.ts";
import { formatBytes } from "../../lib/format.ts";
import { addAttachment, type NewAttachment } from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import { whileWorking } from "./attachment-tiles.ts";

export interface AttachTarget {
  /** The key of the draft that they belong to. */
  readonly key: string;
  readonly say: (sentence: string) => void;
}

/** A model reads no more of it than this, and the page stays quick. */
const longestTextBytes = 400_000;

/** Takes the files one after the other: two large photos at once are more than a phone has room for. */
export async function attachFiles(files: readonly File[], target: AttachTarget): Promise<void> {
  for (const file of files) {
    const work = attachOne(file, target);
    await whileWorking(work);
    if ((await work) === "full") return;
  }
}

async function attachOne(file: File, { key, say }: AttachTarget): Promise<"taken" | "refused" | "full"> {
  const read = file.type.startsWith("image/") ? await readPicture(file) : await readText(file);
  if (typeof read === "string") {
    say(read);
    return "refused";
  }
  if (addAttachment(key, read)) return "taken";
  say(words.tooMuch);
  return "full";
}

/** The picture, or why there is none. An SVG is a text. */
async function readPicture(file: File): Promise<NewAttachment | string> {
  const name = nameOf(file);
  const small = await makeSmallImage(file).catch(() => null);
  if (small !== null) {
    const { mimeType, data, bytes } = small;
    return { name, bytes, image: { type: "image", mimeType, data } };
  }
  return file.type === "image/svg+xml" ? await readText(file) : words.notAnImage(name);
}

/** The text, or why there is none. A folder is given like a file that cannot be read. */
async function readText(file: File): Promise<NewAttachment | string> {
  const { name, size } = file;
  if (size > longestTextBytes) return words.tooLong(name, formatBytes(longestTextBytes));
  const bytes = await file.arrayBuffer().catch(() => null);
  const text = bytes === null ? null : decoded(bytes);
  if (text === null) return words.notAttachable(name);
  return text === "" ? words.emptyFile(name) : { name, bytes: size, source: "file", text };
}

/** Null: it is no text. */
function decoded(bytes: ArrayBuffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    // No UTF-8, so nothing that could be shown as a text.
    return null;
  }
}

/** What is pasted is called the same by every browser. */
function nameOf({ name }: File): string {
  return name === "" || name === "image.png" ? words.pasted : name;
}
