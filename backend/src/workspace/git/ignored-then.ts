/**
 * What git ignores now though a tree has it, and what it ignored when a tree was kept: a file that was there all the time,
 * though no tree has it. The rules lie in the tree, but for a person's private excludes, which are kept beside it.
 */
import { lstat, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { durableFiles } from "../durable-files.ts";
import { openFile } from "../files/open-file.ts";
import { type GitPlace, type OwnPlace, readGit } from "./git.ts";
import { findRepository } from "./repository.ts";
import { keptBytes, namesIn, type TreeChange } from "./tree-changes.ts";

/** Whether that file says what git ignores. */
function isIgnoreFile(path: string): boolean {
  return path === ".gitignore" || path.endsWith("/.gitignore");
}

/** The checkpoint of now, and the tree that it is compared with. */
interface Compared {
  readonly nowTree: string;
  readonly tree: string;
}

/** The changes without the files that the rules of `tree` ignore and that only came into sight since. */
export async function withoutIgnoredThen(
  place: OwnPlace,
  { nowTree, tree }: Compared,
  changes: readonly TreeChange[],
): Promise<readonly TreeChange[]> {
  if (changes.every(({ to }) => to !== null)) return changes;
  const excludes = await excludesOf(place, tree);
  // With the same rules as now, what was ignored then would be ignored still.
  if (excludes === null && !changes.some(({ path }) => isIgnoreFile(path))) return changes;
  const workTree = await mkdtemp(join(tmpdir(), "voxpilot-rules-"));
  try {
    await writeRules(place, tree, workTree);
    const ignored = await ignoredBeneath({ ...place, workTree }, nowTree, excludes);
    return changes.filter(({ path, to }) => to !== null || !ignored.has(path));
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}

/** Files that the checkpoint of now has, and that the rules of now ignore: they were there before the rules. */
export async function ignoredNow(place: OwnPlace, nowTree: string): Promise<ReadonlySet<string>> {
  return ignoredBeneath(place, nowTree, await privateExcludes(place.workTree));
}

/** The file of a person's excludes that are not in the project's files: plain patterns, which run nothing. */
export async function privateExcludes(root: string): Promise<string | null> {
  const repository = await findRepository(root);
  if (repository === null || repository.workTree !== root) return null;
  const path = join(repository.commonDirectory, "info", "exclude");
  const found = await lstat(path).catch(() => null);
  return found?.isFile() ? path : null;
}

/**
 * Of what the checkpoint of now holds, what the rules in that work tree ignore. In an index of its own: the one that
 * checkpoints are taken with may be of a later one by now, or be made again.
 */
async function ignoredBeneath(
  own: OwnPlace,
  nowTree: string,
  excludes: string | null,
): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), "voxpilot-index-"));
  try {
    const place = { ...own, indexFile: join(folder, "index") };
    await readGit(["read-tree", nowTree], { place });
    const excluding = excludes === null ? [] : [`--exclude-from=${excludes}`];
    const list = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard", ...excluding];
    return new Set(namesIn(await readGit(list, { place })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRules(place: OwnPlace, tree: string, workTree: string): Promise<void> {
  const listing = await readGit(["ls-tree", "-r", "-z", tree], { place });
  const rules = namesIn(listing).flatMap((entry) => {
    // A name may hold tabs too.
    const tab = entry.indexOf("\t");
    const path = entry.slice(tab + 1);
    const [mode = "", , objectId = ""] = entry.slice(0, tab).split(" ");
    return isIgnoreFile(path) && mode.startsWith("100") ? [{ path, objectId }] : [];
  });
  const ids = rules.map(({ objectId }) => objectId);
  for await (const objects of keptBytes(place, ids)) {
    for (const { path, objectId } of rules) {
      const bytes = objects.get(objectId);
      if (bytes === undefined) continue;
      await mkdir(dirname(join(workTree, path)), { recursive: true });
      await writeFile(join(workTree, path), bytes);
    }
  }
}

/** More than anybody writes by hand; the rest is not obeyed when files go back. */
const maxBytes = 256_000;

/** Keeps the patterns of the file `from` with a tree, beside those that this tree was taken with before. */
export async function keepExcludes(place: GitPlace, tree: string, from: string): Promise<void> {
  const patterns = patternsIn(await firstBytes(from));
  if (patterns === "") return;
  const path = pathFor(place, tree);
  const known = (await durableFiles.read(path))?.toString("latin1") ?? "";
  if (known.includes(patterns) || known.length > maxBytes) return;
  await durableFiles.makeDirectory(join(path, ".."));
  await durableFiles.writeAtomic(path, Buffer.from(`${known}${patterns}`, "latin1"));
}

/** The file with a tree's excludes; null: it was taken without any. */
async function excludesOf(place: GitPlace, tree: string): Promise<string | null> {
  const path = pathFor(place, tree);
  return (await durableFiles.read(path)) === null ? null : path;
}

function pathFor(place: GitPlace, tree: string): string {
  if (place.type !== "own") throw new TypeError("Kept trees lie in a git directory of our own.");
  return join(place.gitDirectory, "excludes", tree);
}

/** Read as bytes, one a character: names need not be UTF-8. */
async function firstBytes(path: string): Promise<string> {
  const { handle } = await openFile(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function patternsIn(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.map((line) => `${line}\n`).join("");
}
