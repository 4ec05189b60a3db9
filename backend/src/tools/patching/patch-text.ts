/** Reads the patches that models write: the apply_patch format with all that they get wrong in it, and unified diffs. */
import { ToolError } from "../../agent/tool.ts";

export interface PatchLine {
  readonly mark: " " | "+" | "-";
  readonly text: string;
}

/** A piece of an update. */
export interface PatchChunk {
  /** Lines that it stands below, the outermost first. */
  readonly headers: readonly string[];
  readonly lines: readonly PatchLine[];
  /** It ends where the file ends. */
  readonly isAtEnd: boolean;
}

/** What becomes of one file; paths as they were written. */
export type FilePatch =
  | { readonly type: "add"; readonly path: string; readonly lines: readonly string[] }
  | { readonly type: "delete"; readonly path: string }
  | {
      readonly type: "update";
      readonly path: string;
      readonly moveTo: string | null;
      readonly chunks: readonly PatchChunk[];
    };

const mostChunks = 500;
const mostHeaders = 50;

const form =
  "A patch is: *** Begin Patch, then for each file *** Update File: path with chunks of @@ and lines that begin with a space, + or -, or *** Add File: path with + lines, or *** Delete File: path, then *** End Patch.";

/** The files of a patch, in order. Throws ToolError when there is none, or a line belongs to none. */
export function readPatch(text: string): FilePatch[] {
  const lines = withoutWrapping(text.replaceAll("\r\n", "\n").split("\n"));
  const starts = lines.flatMap((_line, index) => sectionAt(lines, index) ?? []);
  if (starts.length === 0) throw new ToolError(`There is no file in the patch. ${form}`);
  return starts.map((section, index) =>
    readSection(section, lines.slice(section.from, starts[index + 1]?.at)),
  );
}

/** Without code fences, a heredoc's first and last line, and the frame. */
function withoutWrapping(lines: readonly string[]): string[] {
  const begin = lines.findIndex((line) => /^\*\*\* ?Begin Patch\s*$/i.test(line.trim()));
  const end = lines.findIndex((line) => /^\*\*\* ?End Patch\s*$/i.test(line.trim()));
  const inner = lines.slice(begin + 1, end > begin ? end : undefined);
  if (end > begin) return inner.filter((line) => !/^\*\*\* (?:Begin|End) Patch\s*$/i.test(line));
  const tag = /<<-?\s*['"]?(\w+)['"]?\s*$/.exec(lines.find((line) => line.includes("<<")) ?? "")?.[1];
  while (inner.length > 0 && isWrapping(inner.at(-1) ?? "", tag)) inner.pop();
  return inner;
}

function isWrapping(line: string, tag: string | undefined): boolean {
  const text = line.trim();
  return text === "" || text === "```" || text === tag || text === "EOF";
}

interface Section {
  readonly type: FilePatch["type"];
  readonly path: string;
  /** Line of its title, and of what follows it. */
  readonly at: number;
  readonly from: number;
}

// Lines are without white space at their ends: a pattern that takes it off itself tries every place in a long run of it.
const title = /^\*\*\* ?(Add|Create|Update|Modify|Edit|Delete|Remove) File: *(.+)$/is;
const moveTitle = /^\*\*\* ?(?:Move|Rename)(?: to)?: *(\S.*)$/is;
const kinds: Readonly<Record<string, FilePatch["type"]>> = {
  add: "add",
  create: "add",
  delete: "delete",
  remove: "delete",
};

function sectionAt(lines: readonly string[], at: number): Section | null {
  const [, verb = "", path = ""] = title.exec((lines[at] ?? "").trimEnd()) ?? [];
  if (path !== "") {
    const from = at + (isUnifiedTitle(lines, at + 1) ? 3 : 1);
    return { type: kinds[verb.toLowerCase()] ?? "update", path, at, from };
  }
  const isOwn = isUnifiedTitle(lines, at) && !title.test(lines[at - 1] ?? "");
  return isOwn ? unifiedSection(lines, at) : null;
}

/** `--- a/x`, `+++ b/x` and a hunk: a removed line that begins with `--` is not followed by both. */
function isUnifiedTitle(lines: readonly string[], at: number): boolean {
  return (
    /^--- \S/.test(lines[at] ?? "") &&
    /^\+\+\+ \S/.test(lines[at + 1] ?? "") &&
    /^@@/.test(lines[at + 2] ?? "")
  );
}

function unifiedSection(lines: readonly string[], at: number): Section {
  const before = unifiedPath(lines[at] ?? "");
  const after = unifiedPath(lines[at + 1] ?? "");
  const common = { at, from: at + 2 };
  if (before === "/dev/null") return { ...common, type: "add", path: after };
  if (after === "/dev/null") return { ...common, type: "delete", path: before };
  return { ...common, type: "update", path: after };
}

function unifiedPath(line: string): string {
  const [path = ""] = line.slice(4).split("\t", 1);
  return path.trim().replace(/^[ab]\//, "");
}

function readSection(section: Section, lines: readonly string[]): FilePatch {
  const { type, path } = section;
  switch (type) {
    case "delete":
      return { type, path };
    case "add":
      return { type, path, lines: addedLines(path, lines) };
    case "update": {
      const move = moveTitle.exec((lines.find(isMove) ?? "").trimEnd())?.[1] ?? null;
      const chunks = readChunks(lines.filter((line) => !isMove(line) && !isGitLine(line)));
      refuseTooMany(path, chunks);
      if (chunks.length === 0 && move === null)
        throw new ToolError(`${path} has no changes in the patch; nothing was changed. ${form}`);
      return { type, path, moveTo: move, chunks };
    }
  }
}

function isMove(line: string): boolean {
  return moveTitle.test(line);
}

/** What git writes between the files of a diff. */
function isGitLine(line: string): boolean {
  return /^(?:diff --git |index [0-9a-f]+\.\.|(?:new|deleted) file mode |(?:old|new) mode |similarity index )/.test(
    line,
  );
}

/** The content of a new file: models leave the `+` out altogether, or only on empty lines. */
function addedLines(path: string, lines: readonly string[]): string[] {
  const own = lines.filter(
    (line) => !/^@@|^\\ No newline|^\*\*\* End of File/.test(line) && !isGitLine(line),
  );
  while (own.at(-1)?.trim() === "") own.pop();
  if (!own.some((line) => line.startsWith("+"))) return own;
  return own.map((line) => {
    if (line.startsWith("+")) return line.slice(1);
    if (line.trim() === "") return "";
    throw new ToolError(
      `In the new file ${path} the line "${line.slice(0, 80)}" does not begin with +; nothing was changed. Begin every line of a new file with +.`,
    );
  });
}

interface OpenChunk {
  headers: string[];
  lines: BareLine[];
  isAtEnd: boolean;
}

/** `isBare`: an empty line without the space that marks context; at an end of a chunk it is no line of the file. */
interface BareLine extends PatchLine {
  readonly isBare?: boolean;
}

function readChunks(lines: readonly string[]): PatchChunk[] {
  const chunks: OpenChunk[] = [];
  const fresh = (): OpenChunk => {
    const chunk = { headers: [], lines: [], isAtEnd: false };
    chunks.push(chunk);
    return chunk;
  };
  let open = fresh();
  for (const line of lines) {
    if (line.startsWith("\\ No newline")) continue;
    const isHeader = line.startsWith("@@");
    if (open.isAtEnd || (isHeader && open.lines.some((one) => one.isBare !== true))) open = fresh();
    if (isHeader) open.headers.push(...headerOf(line));
    else if (/^\*\*\* ?End of File\s*$/i.test(line)) open.isAtEnd = true;
    else open.lines.push(readLine(line));
  }
  return chunks
    .map((chunk) => ({ ...chunk, lines: withoutBareEnds(chunk.lines) }))
    .filter((chunk) => chunk.lines.length > 0);
}

/** Each is searched for in the whole file. */
function refuseTooMany(path: string, chunks: readonly PatchChunk[]): void {
  const headers = Math.max(0, ...chunks.slice(0, mostChunks).map((chunk) => chunk.headers.length));
  const fault =
    chunks.length > mostChunks
      ? `${chunks.length} chunks`
      : headers > mostHeaders
        ? `${headers} @@ lines in a row`
        : null;
  if (fault !== null)
    throw new ToolError(
      `${path} has ${fault} in the patch; nothing was changed. Make several smaller patches, or use write.`,
    );
}

/** The text after `@@`; line numbers are not believed. */
function headerOf(line: string): string[] {
  const numbered = /^@@ *-\d+(?:,\d+)? +\+\d+(?:,\d+)? *(?:@@)? ?(.*)$/s.exec(line)?.[1];
  const text = (numbered ?? withoutClosing(line.replace(/^@@ ?/, "").trimEnd())).trimEnd();
  return text.trim() === "" || text.trim() === "..." ? [] : [text];
}

function withoutClosing(text: string): string {
  return text.endsWith("@@") ? text.slice(0, -2) : text;
}

function readLine(line: string): BareLine {
  const mark = line.charAt(0);
  if (mark === "+" || mark === "-" || mark === " ") return { mark, text: line.slice(1) };
  // Anything else is context without its space: it must stand in the file in any case.
  return { mark: " ", text: line, isBare: line.trim() === "" };
}

function withoutBareEnds(lines: readonly BareLine[]): PatchLine[] {
  let start = 0;
  let end = lines.length;
  while (start < end && lines[start]?.isBare === true) start += 1;
  while (end > start && lines[end - 1]?.isBare === true) end -= 1;
  return lines.slice(start, end).map(({ mark, text }) => ({ mark, text }));
}
