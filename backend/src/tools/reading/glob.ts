/** Finds files by name. */
import { join } from "node:path";
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { listFiles } from "../../workspace/search.ts";
import { asToolError, type Place, placeOf, searchPlace, searchPlan } from "../place.ts";

const Input = z.object({
  pattern: z.string().min(1).describe("Such as *.ts or src/**/*.test.ts"),
  path: z.string().optional().describe("Folder to look in; the project when left out"),
});
type Input = z.infer<typeof Input>;

/** The `glob` tool. */
export const globTool: Tool<Input> = {
  name: "glob",
  kind: "search",
  description:
    "Find files by a glob pattern, newest first; of many the newest. Ignored files and .git are left out.",
  brief: "Find files by a glob pattern such as src/**/*.ts, newest first.",
  input: Input,
  synonyms: {
    glob: "pattern",
    query: "pattern",
    glob_pattern: "pattern",
    globPattern: "pattern",
    file_pattern: "pattern",
    dir: "path",
    directory: "path",
    folder: "path",
    cwd: "path",
    search_directory: "path",
    include: "pattern",
    dir_path: "path",
    target_directory: "path",
  },
  readOnly: true,
  title: (input) => input.pattern,
  async plan(input, context) {
    const place = await placeOf(context, input.path || ".");
    return searchPlan(place, input.pattern, (runContext) => glob(input, place, runContext));
  },
};

async function glob(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const target = await searchPlace(place, context);
  if (target.isFile) throw new ToolError(`${place.shown} is a file. Give a folder as path, or use read.`);
  const pattern = ownPattern(input.pattern, place.absolute);
  const found = await listFiles({
    ...target,
    glob: pattern,
    limit: context.limits.globPaths,
    signal: context.signal,
  }).catch((error: unknown) => {
    throw asToolError(error, "Correct the pattern and try again.");
  });
  const more = found.total - found.paths.length;
  const text = found.total === 0 ? nothing(input, place) : found.paths.join("\n");
  const footer =
    more > 0
      ? `\n\n(the newest ${found.paths.length} of ${found.total} files; narrow the pattern to see the others)`
      : "";
  return { text: text + footer, output: { type: "entries", count: found.total } };
}

function nothing(input: Input, place: Place): string {
  const where = place.relative === "." ? "the project" : place.shown;
  return `No file matches ${input.pattern} in ${where}. Ignored files are not listed. Try a wider pattern such as **/*name*.`;
}

/** Models also give the pattern as a whole path. */
function ownPattern(pattern: string, folder: string): string {
  const prefix = join(folder, "/");
  const inner = pattern.startsWith(prefix) ? pattern.slice(prefix.length) : pattern;
  return inner.replace(/^\.\//, "");
}
