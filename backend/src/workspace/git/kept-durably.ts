/**
 * Makes kept trees durable: git writes its objects without waiting for the disk, so after a power cut they may be gone, or
 * empty. Only what came since the last tree that was made durable is synced; its name lies beside the objects.
 */
import { constants } from "node:fs";
import { lstat, open, readdir, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { durableFiles } from "../durable-files.ts";
import { syncFolder } from "../files/open-file.ts";
import { systemErrorCode } from "../workspace-error.ts";
import { type OwnPlace, readGit } from "./git.ts";
import { GitFailed } from "./git-process.ts";
import { missingObjects } from "./tree-changes.ts";

const treeName = /^[0-9a-f]{40,64}$/;
const objectName = /[0-9a-f]{40,64}/g;
/** Beside each other: of the four threads that files are written with, two are left to the logs, whose writers are waited for. */
const filesAtOnce = 2;

/**
 * Resolves with how many objects it had to sync, once the tree and all that is behind it are on the disk. Rejects with
 * GitFailed when something of it is gone or empty: `dropDamaged` comes next.
 */
export async function syncTree(place: OwnPlace, tree: string): Promise<number> {
  const marker = markerIn(place.gitDirectory);
  const last = await lastSynced(marker);
  if (last === tree) return 0;
  const ids = await objectsSince(place, last, tree);
  const found = await eachOf(ids, (id) => syncObject(pathOf(place, id)));
  const packed = ids.filter((_, index) => found[index] === "none");
  const isGone = found.includes("empty") || (await missingObjects(place, packed)).size > 0;
  if (isGone)
    throw new GitFailed("failed", "What was kept of the files is damaged, as by a power cut: try again.");
  const folders = new Set(ids.map((id) => dirname(pathOf(place, id))));
  await eachOf([...folders, join(place.gitDirectory, "objects")], syncFolder);
  // The names of the git directory itself, once.
  if (last === null) await durableFiles.makeDirectory(join(place.gitDirectory, "objects"));
  if (last === null) await durableFiles.makeDirectory(place.gitDirectory);
  await durableFiles.writeAtomic(marker, `${tree}\n`);
  return ids.length;
}

function markerIn(gitDirectory: string): string {
  return join(gitDirectory, "synced");
}

async function lastSynced(marker: string): Promise<string | null> {
  const tree = (await durableFiles.read(marker))?.toString("latin1").trim() ?? "";
  return treeName.test(tree) ? tree : null;
}

/** The trees and files that the one tree has and the other has not at the same place; all when there is no other. */
async function objectsSince(place: OwnPlace, last: string | null, tree: string): Promise<readonly string[]> {
  const listing = await listed(place, last, tree).catch((error: unknown) => {
    if (last === null || !(error instanceof GitFailed) || error.reason !== "failed") throw error;
    // The other one is gone, or damaged.
    return listed(place, null, tree);
  });
  return [...new Set([tree, ...listing])].filter((id) => !/^0+$/.test(id));
}

async function listed(place: OwnPlace, last: string | null, tree: string): Promise<readonly string[]> {
  if (last === null) return namesOf(await readGit(["ls-tree", "-r", "-t", "-z", tree], { place }));
  const formats = ["-r", "-t", "--raw", "--no-renames", "--no-abbrev", "-z"];
  return namesOf(await readGit(["diff-tree", ...formats, last, tree], { place }));
}

/** The new side of a difference, or the id in a list: the last one before the name; what stands in a field alone is a name. */
function namesOf(listing: Buffer): readonly string[] {
  const heads = listing.toString("latin1").split("\0");
  return heads.flatMap((head) => {
    const isRecord = head.startsWith(":") || /^[0-7]{6} (blob|tree) /.test(head);
    return isRecord ? (head.split("\t", 1)[0]?.match(objectName)?.at(-1) ?? []) : [];
  });
}

function pathOf({ gitDirectory }: OwnPlace, id: string): string {
  return join(gitDirectory, "objects", id.slice(0, 2), id.slice(2));
}

/** none: it is in a pack, or gone. empty: that is what a power cut leaves. */
async function syncObject(path: string): Promise<"synced" | "none" | "empty"> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  });
  if (handle === null) return "none";
  try {
    if ((await handle.stat()).size === 0) return "empty";
    await handle.datasync();
    return "synced";
  } finally {
    await handle.close();
  }
}

/**
 * Has the next checkpoint write again what is empty or gone. Git takes an empty object for one that it has, for ever, and
 * its index says which are there: both are made again. Nobody may be using the index.
 */
export async function dropDamaged({ gitDirectory }: OwnPlace): Promise<void> {
  // What is written again is not on the disk, whatever was synced at its place.
  await durableFiles.remove(markerIn(gitDirectory));
  const entries = await readdir(join(gitDirectory, "objects"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await eachOf(files, async (path) => {
    if ((await lstat(path)).size === 0) await unlink(path);
  });
  await rm(join(gitDirectory, "index"), { force: true });
}

async function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += filesAtOnce)
    results.push(...(await Promise.all(items.slice(start, start + filesAtOnce).map(work))));
  return results;
}
