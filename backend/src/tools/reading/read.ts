/** Reads a file in numbered lines, or lists a folder. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { type FileLines, readBytes, readLines, sizeText } from "../../workspace/files/file-text.ts";
import { WorkspaceError } from "../../workspace/workspace-error.ts";
import { numbered } from "../numbered-lines.ts";
import { asToolError, checkUnmoved, missingFile, type Place, placeOf } from "../place.ts";
import { listFolder } from "./folder-entries.ts";
import { outlineOf, outlineText } from "./outline.ts";
import { readSpecialFile } from "./special-files.ts";

const Input = z.object({
  path: z.string().min(1).describe("File or folder, relative to the project"),
  offset: z.number().min(0).optional().describe("First line, from 1"),
  limit: z.number().min(1).optional().describe("Number of lines"),
  pages: z.coerce.string().optional().meta({ type: "string", description: 'Of a PDF, such as "2-5"' }),
});
type Input = z.infer<typeof Input>;

/** An outline takes at most so much of a result. */
const outlineShare = 0.3;

/** The `read` tool. */
export const readTool: Tool<Input> = {
  name: "read",
  kind: "read",
  description:
    "Read a file as `number<TAB>line` (a long one in parts, with an outline; continue with offset), or list a folder. Shows pictures, and PDF text by pages. Reading a file is needed before it is overwritten.",
  brief:
    "Read a file as `number<TAB>line` (a long one with an outline; go on with offset), or list a folder.",
  input: Input,
  synonyms: {
    file_path: "path",
    filePath: "path",
    filepath: "path",
    file: "path",
    filename: "path",
    absolute_path: "path",
    target_file: "path",
    start_line: "offset",
    startLine: "offset",
    line: "offset",
    start: "offset",
    max_lines: "limit",
    lines: "limit",
    count: "limit",
    num_lines: "limit",
    page: "pages",
    page_range: "pages",
  },
  readOnly: true,
  title: (input) => input.path,
  async plan(input, context) {
    const place = await placeOf(context, input.path);
    return {
      title: place.shown,
      locations: [{ path: place.shown, ...(input.offset === undefined ? {} : { line: firstLine(input) }) }],
      access: { type: "read", paths: place.accessPaths },
      subject: { type: "read", path: place.shown },
      content: [],
      basis: place.absolute,
      run: (runContext) => read(input, place, runContext),
    };
  },
};

function firstLine(input: Input): number {
  return Math.max(1, Math.trunc(input.offset ?? 1));
}

async function read(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  await checkUnmoved(context, place);
  try {
    return await readFileLines(input, place, context);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    if (error.code === "is_a_folder") return listFolder(place, context);
    if (error.code === "not_found") throw await missingFile(context, place);
    throw asToolError(error, "Read another file.");
  }
}

async function readFileLines(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const { limits } = context;
  const from = firstLine(input);
  const lineLimit = Math.min(limits.readLines, Math.max(1, Math.trunc(input.limit ?? limits.readLines)));
  const range = { from, lineLimit, byteLimit: limits.readBytes, lineLength: limits.lineCharacters };
  const file = await readLines(place.absolute, range);
  if (file.type === "binary") return readSpecialFile({ place, ...file, pages: input.pages }, context);
  const isNew = file.hash !== null && context.seen.hashOf(place.absolute) !== file.hash;
  if (isNew && file.hash !== null) context.seen.see(place.absolute, file.hash, await bytesAs(place, file));
  if (file.total === 0) return { text: "(empty file)", output: { type: "lines", from: 0, to: 0, total: 0 } };
  if (file.lines.length === 0) throw pastTheEnd(place, file);
  const isWanted = file.total > limits.readLines && (isNew || input.offset === undefined);
  const outline = isWanted ? await outlineFor(place, file, context) : "";
  const lines = withinBytes(file.lines, limits.readBytes - Buffer.byteLength(outline));
  const to = from + lines.length - 1;
  const text = outline + numbered(lines, from, limits.lineCharacters + 100) + footer(file, from, to);
  const pointer = isNew ? null : context.shownBefore(text);
  return {
    ...(pointer ?? { text }),
    output: { type: "lines", from, to, total: file.total },
  };
}

/** Null for a file that has become another since its lines were read. */
async function bytesAs(place: Place, file: FileLines): Promise<Buffer | null> {
  if (file.bytes !== null) return file.bytes;
  const { bytes, hash } = await readBytes(place.absolute);
  return hash === file.hash ? bytes : null;
}

/** Empty where nothing is known of the file's shape, and for a file that has become another since. */
async function outlineFor(place: Place, file: FileLines, { limits }: ToolContext): Promise<string> {
  const bytes = await bytesAs(place, file);
  if (bytes === null) return "";
  const lines = bytes.toString("utf8").split(/\r?\n/);
  const text = outlineText(outlineOf(place.absolute, lines), limits.readBytes * outlineShare);
  return text === "" ? "" : `Outline of ${file.total} lines:\n${text}\n\n`;
}

function withinBytes(lines: readonly string[], byteLimit: number): readonly string[] {
  let bytes = 0;
  const end = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes > byteLimit;
  });
  return end < 0 ? lines : lines.slice(0, Math.max(1, end));
}

function pastTheEnd(place: Place, file: FileLines): ToolError {
  const length = file.isCounted
    ? `has ${file.total} lines`
    : `is too large to be read beyond line ${file.total}`;
  return new ToolError(
    `The offset is past the end: ${place.shown} ${length}. Use an offset from 1 to ${file.total}.`,
  );
}

function footer(file: FileLines, from: number, to: number): string {
  if (!file.isCounted)
    return `\n\n(lines ${from} to ${to} of a file of ${sizeText(file.size)}; continue with offset=${to + 1})`;
  if (to < file.total) return `\n\n(lines ${from} to ${to} of ${file.total}; continue with offset=${to + 1})`;
  return from > 1 ? `\n\n(lines ${from} to ${to} of ${file.total}, the end)` : "";
}
