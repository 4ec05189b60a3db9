/**
 * Puts files of a project back as a kept tree has them. Each file is replaced whole and only when it still is as it was
 * seen; no link is followed, repositories inside the project and what git ignores stay as they are.
 */
import { createHash } from "node:crypto";
import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  removeEmptyFolder,
  removeFileUnsynced,
  replaceFileUnsynced,
  replaceLinkUnsynced,
  syncFolder,
} from "../files/open-file.ts";
import { isSecretPath } from "../files/protected-names.ts";
import type { GitPlace } from "../git/git.ts";
import { GitFailed } from "../git/git-process.ts";
import { keptBytes, type TreeChange } from "../git/tree-changes.ts";
import { type FileNow, fileNow, foldersAbove, isAsKept } from "./file-state.ts";
import { isGits, isInRepository, isNeverTouched } from "./staying-files.ts";

/** Why a file stayed: it is another one by now, its bytes are not kept, or the disk refused. */
export interface LeftFile {
  readonly path: string;
  readonly reason: "changed_since" | "not_kept" | "failed";
}

/** What became of the files that were to be put back. */
export interface PutBack {
  readonly done: string[];
  readonly skipped: LeftFile[];
}

/** A file on its way from what it is to what it was. */
export type FileChange = Pick<TreeChange, "path" | "from" | "to">;

const linkMode = "120000";
const runnableMode = "100755";

/** In a project: what is kept of its files, and what ends the work between two files. */
interface PutBackPlace {
  readonly place: GitPlace;
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes each path from what it is (`from`) to what it was (`to`); one that is so already counts as done. What goes, goes
 * first, so that a file and a folder can change places. Never rejects because of one file; rejects with GitFailed when it
 * is stopped, and when a folder cannot be made durable: some files have gone back then.
 */
export async function putBack(where: PutBackPlace, changes: readonly FileChange[]): Promise<PutBack> {
  const { place, root, signal } = where;
  const result: PutBack = { done: [], skipped: [] };
  const going = changes.filter(({ to }) => to === null);
  await eachOf(going, signal, (change) => settle(result, change, () => remove(root, change)));
  await removeEmptied(root, result.done);
  const coming = changes.filter(({ to }) => to !== null);
  const byObject = new Map<string, FileChange[]>();
  for (const change of coming) {
    const id = change.to?.objectId ?? "";
    const same = byObject.get(id);
    if (same === undefined) byObject.set(id, [change]);
    else same.push(change);
  }
  for await (const objects of keptBytes(place, [...byObject.keys()])) {
    const writes = [...objects].flatMap(([id, bytes]) =>
      (byObject.get(id) ?? []).map((change) => ({ change, bytes })),
    );
    await eachOf(writes, signal, ({ change, bytes }) =>
      settle(result, change, () => write(root, change, bytes)),
    );
  }
  await syncFolders(root, result.done);
  const settled = new Set([...result.done, ...result.skipped.map(({ path }) => path)]);
  for (const { path } of changes) if (!settled.has(path)) result.skipped.push({ path, reason: "not_kept" });
  return { done: result.done.sort(), skipped: result.skipped };
}

/** Beside each other: each waits for the disk most of its time. */
const filesAtOnce = 12;

async function eachOf<Item>(
  items: readonly Item[],
  signal: AbortSignal | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += filesAtOnce) {
    if (signal?.aborted) throw new GitFailed("aborted", "Putting files back was stopped.");
    await Promise.all(items.slice(start, start + filesAtOnce).map(work));
  }
}

/** The deepest first; one that cannot be removed stays, which harms nobody. */
async function removeEmptied(root: string, removed: readonly string[]): Promise<void> {
  const folders = [...new Set(removed.flatMap((path) => foldersAbove(root, path)))];
  folders.sort((one, other) => other.length - one.length);
  for (const folder of folders) await removeEmptyFolder(folder).catch(() => false);
}

/** Each once: that costs as much as a file does. */
async function syncFolders(root: string, touched: readonly string[]): Promise<void> {
  const folders = touched.flatMap((path) => [root, ...foldersAbove(root, path)]);
  await eachOf([...new Set(folders)], undefined, syncFolder);
}

/** Whether every one of the files is still as it was, as it is to be, or something else. */
export async function standing(
  root: string,
  changes: readonly FileChange[],
): Promise<ReadonlyMap<string, "before" | "after" | "other">> {
  const found = new Map<string, "before" | "after" | "other">();
  for (const { path, from, to } of changes) {
    const now = await fileNow(join(root, path)).catch(() => ({ type: "other" }) as const);
    found.set(path, isAsKept(now, to) ? "after" : isAsKept(now, from) ? "before" : "other");
  }
  return found;
}

type Settled = "done" | LeftFile["reason"];

async function settle(result: PutBack, { path }: FileChange, work: () => Promise<Settled>): Promise<void> {
  // The disk's word for one file is that file's own: the others are put back all the same.
  const settled = await work().catch(() => "failed" as const);
  if (settled === "done") result.done.push(path);
  else result.skipped.push({ path, reason: settled });
}

async function remove(root: string, change: FileChange): Promise<Settled> {
  const absolute = join(root, change.path);
  const obstacle = await obstacleOf(root, change);
  if (obstacle !== null) return obstacle;
  await removeFileUnsynced(absolute);
  return "done";
}

async function write(root: string, change: FileChange, bytes: Buffer): Promise<Settled> {
  const { path, to } = change;
  if (to === null) return "not_kept";
  const absolute = join(root, path);
  const obstacle = await obstacleOf(root, change);
  if (obstacle !== null) return obstacle;
  const now = await fileNow(absolute);
  const temporaryName = temporaryNameOf(change);
  if (to.mode === linkMode) await replaceLinkUnsynced(absolute, bytes, temporaryName);
  else await replaceFileUnsynced(absolute, bytes, { mode: modeFor(change, now), temporaryName });
  return "done";
}

/** The same for the same change: what a killed process has left half written is known by it. */
function temporaryNameOf({ path, to }: FileChange): string {
  const digest = createHash("sha256")
    .update(`${path}\0${to?.objectId ?? ""}`)
    .digest("hex");
  return `.${digest.slice(0, 24)}.tmp`;
}

/** Removes what a `putBack` of these changes left half written when its process was killed. */
export async function removeHalfWritten(root: string, changes: readonly FileChange[]): Promise<void> {
  for (const change of changes) {
    if (change.to === null || isGits(change.path)) continue;
    const absolute = join(root, dirname(change.path), temporaryNameOf(change));
    const isThere = await lstat(absolute).then(
      () => true,
      () => false,
    );
    // One that cannot be removed harms nothing.
    if (isThere) await removeFileUnsynced(absolute).catch(() => undefined);
  }
}

/** Why the file cannot be touched, or "done" when nothing needs doing; null: go on. */
async function obstacleOf(root: string, { path, from, to }: FileChange): Promise<Settled | null> {
  if (isNeverTouched({ path, from, to }) || (await isInRepository(root, path))) return "not_kept";
  const now = await fileNow(join(root, path));
  if (isAsKept(now, to)) return "done";
  if (isAsKept(now, from)) return null;
  // Seen as missing, and there all the same: too large or unreadable for a checkpoint, so it could not be given back.
  if (from === null) return now.type === "other" ? "failed" : "not_kept";
  return "changed_since";
}

/** The rights that the file has, as far as there is one; git knows only whether it can be run. */
function modeFor({ path, to }: FileChange, now: FileNow): number {
  const usual = (isSecretPath(path) ? 0o600 : 0o666) & ~process.umask();
  // Never what lets other bytes run as somebody else.
  const bits = now.type === "file" && now.mode !== 0 ? now.mode & 0o777 : usual;
  return to?.mode === runnableMode ? bits | ((bits & 0o444) >> 2) : bits & ~0o111;
}
