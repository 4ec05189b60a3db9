/** Finds text in files. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../agent/tool.ts";
import { searchText, type TextFound, type TextLine } from "../workspace/search.ts";
import { WorkspaceError } from "../workspace/workspace-error.ts";
import { searchPlace } from "./glob.ts";
import { asToolError, type Place, placeOf, searchPlan } from "./place.ts";

const Input = z.object({
  pattern: z.string().min(1).describe("Regular expression (Rust)"),
  path: z.string().optional().describe("Folder or file; the project when left out"),
  glob: z.string().optional().describe("Only files like this, such as *.ts"),
  mode: z.enum(["lines", "files", "count"]).optional().describe("What to show; lines by default"),
  context: z.int().min(0).max(20).optional().describe("Lines around each match"),
  ignore_case: z.boolean().optional(),
  literal: z.boolean().optional().describe("The pattern is plain text"),
});
type Input = z.infer<typeof Input>;

const lineLimit = 100;
/** Files and counts take less room, so that they may cover more. */
const countedMatches = 10_000;
const shownFiles = 100;

/** The `grep` tool. */
export const grepTool: Tool<Input> = {
  name: "grep",
  kind: "search",
  description:
    "Search file contents with a regular expression (Rust syntax), grouped by file with line numbers, up to 100 matches. Ignored files, .git and files with secrets are left out.",
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
    ignoreCase: "ignore_case",
    case_insensitive: "ignore_case",
    "-i": "ignore_case",
    "-C": "context",
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

async function grep(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const target = await searchPlace(place, context);
  const mode = input.mode ?? "lines";
  const found = await searchText({
    ...target,
    pattern: input.pattern,
    isLiteral: input.literal ?? false,
    ignoresCase: input.ignore_case ?? false,
    ...(input.glob === undefined || input.glob === "" ? {} : { glob: input.glob }),
    context: mode === "lines" ? (input.context ?? 0) : 0,
    limit: mode === "lines" ? lineLimit : countedMatches,
    signal: context.signal,
  }).catch((error: unknown) => {
    throw searchFailure(error);
  });
  const matches = found.lines.filter((line) => line.isMatch);
  const byFile = grouped(found.lines);
  const text =
    matches.length === 0 ? nothing(input, place, found) : shown(mode, byFile) + footer(found, matches.length);
  return {
    text: text + hiddenNote(found),
    output: { type: "matches", count: matches.length, files: byFile.size },
  };
}

function searchFailure(error: unknown): unknown {
  if (!(error instanceof WorkspaceError)) return error;
  if (error.code === "bad_pattern") {
    return new ToolError(
      `The pattern or glob is not valid:\n${error.message}\nTo search for it as plain text, call grep again with literal: true.`,
    );
  }
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

function shown(mode: "lines" | "files" | "count", files: ReadonlyMap<string, readonly TextLine[]>): string {
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
