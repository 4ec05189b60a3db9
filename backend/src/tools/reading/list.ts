/** Lists what is in a folder, some levels deep, without what is ignored. */
import * as z from "zod";
import type { Tool, ToolContext, ToolResult } from "../../agent/tool.ts";
import { ToolError } from "../../agent/tool.ts";
import { listFiles } from "../../workspace/search.ts";
import { asToolError, type Place, placeOf, searchPlace, searchPlan } from "../place.ts";

const Input = z.object({
  path: z.string().optional().describe("Folder; the project when left out"),
  depth: z.number().min(1).optional().describe("Levels, 2 by default"),
});
type Input = z.infer<typeof Input>;

const mostFiles = 50_000;

/** The `list` tool; in the small profile `read` lists folders. */
export const listTool: Tool<Input> = {
  name: "list",
  kind: "search",
  description:
    "List a folder, two levels deep or to depth, folders first, without ignored files and .git. Folders at the last level show how many files are in them.",
  brief: "List a folder, two levels deep or to depth.",
  input: Input,
  synonyms: {
    dir: "path",
    directory: "path",
    folder: "path",
    dir_path: "path",
    directory_path: "path",
    dirPath: "path",
    relative_workspace_path: "path",
    target_directory: "path",
    cwd: "path",
    max_depth: "depth",
    maxDepth: "depth",
    levels: "depth",
    recursive_depth: "depth",
  },
  readOnly: true,
  offer: "standard",
  title: (input) => input.path || ".",
  async plan(input, context) {
    const place = await placeOf(context, input.path || ".");
    return searchPlan(place, place.shown, (runContext) => list(input, place, runContext));
  },
};

async function list(input: Input, place: Place, context: ToolContext): Promise<ToolResult> {
  const target = await searchPlace(place, context);
  if (target.isFile) throw new ToolError(`${place.shown} is a file. Use read for it.`);
  const found = await listFiles({ ...target, limit: mostFiles, signal: context.signal }).catch(
    (error: unknown) => {
      throw asToolError(error, "List a folder further down.");
    },
  );
  const prefix = place.relative === "." ? "" : `${place.shown}/`;
  const root = new Folder();
  for (const path of found.paths) root.add(path.slice(prefix.length).split("/"));
  const lines = root.lines(Math.max(1, Math.trunc(input.depth ?? 2)));
  const shown = lines.slice(0, context.limits.listEntries);
  const left = lines.length - shown.length;
  const more = left > 0 ? `\n… and ${left} more: list a folder of these, or use glob` : "";
  const text =
    lines.length === 0
      ? "(empty folder: nothing that is not ignored)"
      : `${shown.join("\n")}${more}\n\n(${found.total} files)`;
  return { text, output: { type: "entries", count: found.total } };
}

/** A folder by what its files' paths say. */
class Folder {
  readonly #folders = new Map<string, Folder>();
  readonly #files: string[] = [];
  #count = 0;

  add(parts: readonly string[]): void {
    this.#count += 1;
    const [name = "", ...rest] = parts;
    if (rest.length === 0) {
      this.#files.push(name);
      return;
    }
    const folder = this.#folders.get(name) ?? new Folder();
    this.#folders.set(name, folder);
    folder.add(rest);
  }

  lines(depth: number): string[] {
    const folders = [...this.#folders]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, folder]) => {
        if (depth === 1) return [`${name}/ (${folder.#count} files)`];
        return [`${name}/`, ...folder.lines(depth - 1).map((line) => `  ${line}`)];
      });
    return [...folders, ...this.#files.sort()];
  }
}
