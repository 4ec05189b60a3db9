/** Finds text in files. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { searchText, type TextFound, type TextLine } from "../../workspace/search.ts";
import { WorkspaceError } from "../../workspace/workspace-error.ts";
import { asToolError, type Place, placeOf, searchPlace, searchPlan } from "../place.ts";

const otherModes: Readonly<Record<string, string>> = {
  content: "lines",
  files_with_matches: "files",
  filesWithMatches: "files",
  counts: "count",
};
const Mode = z
  .preprocess(
    (value) => (typeof value === "string" ? (otherModes[value] ?? value) : value),
    z.enum(["lines", "files", "count"]),
  )
  .meta({ type: "string", enum: ["lines", "files", "count"], description: "What to show; lines by default" });

const Input = z.object({
  pattern: z.string().min(1).describe("Regular expression (Rust)"),
  path: z.string().optional().describe("Folder or file; the project when left out"),
  glob: z.string().optional().describe("Only files like this, such as *.ts"),
  mode: Mode.optional(),
  context: z.number().min(0).optional().describe("Lines around each match"),
  ignore_case: z.boolean().optional(),
  literal: z.boolean().optional().describe("The pattern is plain text"),
});
type Input = z.infer<typeof Input>;

/** Files and counts take less room, so that they may cover more. */
const countedMatches = 10_000;
const mostContext = 20;

/** The `grep` tool. */
export const grepTool: Tool<Input> = {
  name: "grep",
  kind: "search",
  description:
    "Search file contents with a regular expression (Rust syntax), grouped by file with line numbers; of many matches the first. Ignored files, .git and files with secrets are left out.",
  brief: "Search file contents with a regular expression; mode lines, files or count.",
  input: Input,
  synonyms: {
    query: "pattern",
    regex: "pattern",
    search: "pattern",
    text: "pattern",
    search_pattern: "pattern",
    include: "glob",
    include_pattern: "glob",
    file_pattern: "glob",
    dir: "path",
    directory: "path",
    folder: "path",
    dir_path: "path",
    file_path: "path",
    filePath: "path",
    output_mode: "mode",
    outputMode: "mode",
    ignoreCase: "ignore_case",
    case_insensitive: "ignore_case",
    "-i": "ignore_case",
    "-C": "context",
    context_lines: "context",
    caseInsensitive: "ignore_case",
    fixed_strings: "literal",
    is_literal: "literal",
  },
  readOnly: true,
  title: (input) => input.pattern,
  async plan(input, context) {
    const place = await placeOf(context, input.path || ".");
    return searchPlan(place, input.pattern, (runContext) => grep(input, place, runContext));
  },
};

type Mode = z.infer<typeof Mode>;

/** One way to search; `note` says why it is not the way that was asked for. */
interface Search {
  readonly isLiteral: boolean;
  readonly mode: Mode;
  readonly note: string;
}

async function grep(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const target = await searchPlace(place, context);
  const asked: Search = { isLiteral: input.literal ?? false, mode: input.mode ?? "lines", note: "" };
  const find = (search: Search) => searchText({ ...target, ...searchOptions(input, search, context) });
  const { search, found } = await foundOrLiteral(find, asked);
  if (search.mode !== "lines" || !isTooLong(found, context))
    return result(input, { place, search, found }, context);
  const files: Search = { ...search, mode: "count", note: search.note + tooLongNote(found) };
  return result(input, { place, search: files, found: await find(files) }, context);
}

function searchOptions(input: Input, { isLiteral, mode }: Search, context: ToolContext) {
  const lines = Math.min(mostContext, Math.trunc(input.context ?? 0));
  return {
    pattern: input.pattern,
    isLiteral,
    ignoresCase: input.ignore_case ?? false,
    ...(input.glob === undefined || input.glob === "" ? {} : { glob: input.glob }),
    context: mode === "lines" ? lines : 0,
    limit: mode === "lines" ? context.limits.grepHits : countedMatches,
    signal: context.signal,
  };
}

/** What is no regular expression is looked for as plain text. */
async function foundOrLiteral(find: (search: Search) => Promise<TextFound>, search: Search) {
  try {
    return { search, found: await find(search) };
  } catch (error) {
    if (!isBadPattern(error) || search.isLiteral) throw searchFailure(error);
    const note = `The pattern is not a valid regular expression, so it was searched as plain text:\n${error.message}\n\n`;
    const literal: Search = { ...search, isLiteral: true, note };
    const found = await find(literal).catch((second: unknown) => {
      throw searchFailure(second);
    });
    return { search: literal, found };
  }
}

function isBadPattern(error: unknown): error is WorkspaceError {
  return error instanceof WorkspaceError && error.code === "bad_pattern" && !/glob/i.test(error.message);
}

/** With little room, the names of many files say more than the lines of the first ones. */
function isTooLong(found: TextFound, { limits }: ToolContext): boolean {
  if (new Set(found.lines.map((line) => line.path)).size < 2) return false;
  const length = found.lines.reduce((sum, line) => sum + line.text.length + 6, 0);
  return length > limits.readBytes || (found.hasMore && limits.profile === "small");
}

function tooLongNote(found: TextFound): string {
  const count = found.lines.filter((line) => line.isMatch).length;
  return `The lines of ${count}${found.hasMore ? " and more" : ""} matches would be too long; here are the files. Narrow the search with path or glob to see lines.\n\n`;
}

function result(
  input: Input,
  { place, search, found }: { place: Place; search: Search; found: TextFound },
  context: ToolContext,
): ToolResult {
  const matches = found.lines.filter((line) => line.isMatch);
  const byFile = grouped(found.lines);
  const text =
    matches.length === 0
      ? nothing(input, place, found)
      : shown(search.mode, byFile, context.limits.globPaths) + footer(found, matches.length);
  return {
    text: search.note + text + hiddenNote(found),
    output: { type: "matches", count: matches.length, files: byFile.size },
  };
}

function searchFailure(error: unknown): unknown {
  if (!(error instanceof WorkspaceError)) return error;
  if (error.code === "bad_pattern")
    return new ToolError(`The pattern or glob is not valid:\n${error.message}\nCorrect it and try again.`);
  return asToolError(
    error,
    error.code === "missing_program"
      ? "Until then use shell with grep -n."
      : "Narrow the search with path or glob.",
  );
}

function grouped(lines: readonly TextLine[]): Map<string, TextLine[]> {
  const files = new Map<string, TextLine[]>();
  for (const line of lines) {
    const own = files.get(line.path);
    if (own === undefined) files.set(line.path, [line]);
    else own.push(line);
  }
  return files;
}

function shown(mode: Mode, files: ReadonlyMap<string, readonly TextLine[]>, shownFiles: number): string {
  const entries = [...files];
  const left = entries.length - shownFiles;
  const more = left > 0 ? `\n… and ${left} more files` : "";
  switch (mode) {
    case "lines":
      return entries.map(([path, lines]) => `${path}\n${linesText(lines)}`).join("\n\n");
    case "files":
      return (
        entries
          .slice(0, shownFiles)
          .map(([path]) => path)
          .join("\n") + more
      );
    case "count":
      return (
        entries
          .slice(0, shownFiles)
          .map(([path, lines]) => `${path}: ${lines.length}`)
          .join("\n") + more
      );
  }
}

/** `12: a match`, `13- a line around it`, and an empty line where lines are left out. */
function linesText(lines: readonly TextLine[]): string {
  const hasContext = lines.some((line) => !line.isMatch);
  return lines
    .map((line, index) => {
      const previous = lines[index - 1]?.line;
      const gap = hasContext && previous !== undefined && line.line > previous + 1 ? "\n" : "";
      return `${gap}${line.line}${line.isMatch ? ":" : "-"} ${line.text}`;
    })
    .join("\n");
}

function footer(found: TextFound, count: number): string {
  return found.hasMore
    ? `\n\n(the first ${count} matches; there are more: narrow the search with path or glob)`
    : "";
}

function nothing(input: Input, place: Place, found: TextFound): string {
  const where = place.relative === "." ? "the project" : place.shown;
  const like = input.glob === undefined || input.glob === "" ? "" : `, files like ${input.glob}`;
  const files = found.searched === null ? "" : ` (${found.searched} files searched)`;
  return `No match for ${input.pattern} in ${where}${like}${files}. Ignored files are not searched. Try a shorter pattern or ignore_case.`;
}

function hiddenNote(found: TextFound): string {
  return found.hidden === 0
    ? ""
    : `\n\n(${found.hidden} matches in files with secrets are not shown; give such a file as path to ask for it)`;
}
