/** Reads a file in numbered lines, or lists a folder. */
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../agent/tool.ts";
import { type FileLines, readLines, sizeText } from "../workspace/file-text.ts";
import { systemErrorCode, WorkspaceError } from "../workspace/workspace-error.ts";
import { numbered } from "./nearest-lines.ts";
import { asToolError, checkUnmoved, missingFile, type Place, placeOf } from "./place.ts";

const Input = z.object({
  path: z.string().min(1).describe("File or folder, relative to the project"),
  offset: z.int().min(1).optional().describe("First line, from 1"),
  limit: z.int().min(1).max(2_000).optional().describe("Number of lines"),
});
type Input = z.infer<typeof Input>;

const lineLimit = 2_000;
const byteLimit = 50_000;
const lineLength = 2_000;
const entryLimit = 200;
const scannedEntries = 20_000;

/** The `read` tool. */
export const readTool: Tool<Input> = {
  name: "read",
  kind: "read",
  description:
    "Read a file as `number<TAB>line`, up to 2000 lines or 50 KB at a time (continue with offset), or list a folder. Reading a file is needed before it is overwritten.",
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
  },
  readOnly: true,
  title: (input) => input.path,
  async plan(input, context) {
    const place = await placeOf(context, input.path);
    return {
      title: place.shown,
      locations: [{ path: place.shown, ...(input.offset === undefined ? {} : { line: input.offset }) }],
      access: { type: "read", paths: place.accessPaths },
      subject: { type: "read", path: place.shown },
      content: [],
      basis: place.absolute,
      run: (runContext) => read(input, place, runContext),
    };
  },
};

async function read(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  await checkUnmoved(context, place);
  try {
    return await readFileLines(input, place, context);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    if (error.code === "is_a_folder") return listFolder(place);
    if (error.code === "not_found") throw await missingFile(context, place);
    throw asToolError(error, "Read another file.");
  }
}

async function readFileLines(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const from = input.offset ?? 1;
  const limit = input.limit ?? lineLimit;
  const file = await readLines(place.absolute, { from, lineLimit: limit, byteLimit, lineLength });
  if (file.type === "binary") {
    const what = `${place.shown} is not text: ${file.kind}, ${sizeText(file.size)}.`;
    throw new ToolError(`${what} Only text can be read; use shell with a program that understands it.`);
  }
  if (file.hash !== null) context.seen.set(place.absolute, file.hash);
  if (file.total === 0) return { text: "(empty file)", output: { type: "lines", from: 0, to: 0, total: 0 } };
  if (file.lines.length === 0) throw pastTheEnd(place, file);
  const to = from + file.lines.length - 1;
  return {
    text: numbered(file.lines, from, lineLength + 100) + footer(file, from, to),
    output: { type: "lines", from, to, total: file.total },
  };
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

async function listFolder(place: Place): Promise<ToolResult> {
  const { folders, files, hasMore } = await entriesOf(place);
  const names = [...folders.sort().map((name) => `${name}/`), ...files.sort()];
  const shown = names.slice(0, entryLimit);
  const left = names.length - shown.length;
  const more = hasMore
    ? `, more than ${left} not shown`
    : left > 0
      ? `, ${left} not shown; use glob to narrow it`
      : "";
  const text =
    names.length === 0 ? "(empty folder)" : `${shown.join("\n")}\n\n(${names.length} entries${more})`;
  return { text, output: { type: "entries", count: names.length } };
}

interface Entries {
  readonly folders: string[];
  readonly files: string[];
  /** There are more than were looked at. */
  readonly hasMore: boolean;
}

async function entriesOf(place: Place): Promise<Entries> {
  const folders: string[] = [];
  const files: string[] = [];
  const folder = await opendir(place.absolute).catch((error: unknown) => {
    if (systemErrorCode(error) === "EACCES")
      throw new ToolError(`The system does not allow listing ${place.shown}. Read another folder.`);
    throw error;
  });
  for await (const entry of folder) {
    if (folders.length + files.length === scannedEntries) return { folders, files, hasMore: true };
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && (await leadsToFolder(join(place.absolute, entry.name))));
    (isFolder ? folders : files).push(entry.name);
  }
  return { folders, files, hasMore: false };
}

async function leadsToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A link that leads nowhere is shown like a file.
    return false;
  }
}
