/** Which of the files that a kept tree has otherwise are never touched, whatever is asked: so that a person is told before. */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { OwnPlace } from "../git/git.ts";
import { ignoredNow } from "../git/ignored-then.ts";
import { type KeptFile, missingObjects, type TreeChange } from "../git/tree-changes.ts";
import { foldersAbove } from "./file-state.ts";

/** not_kept: what lies there, or what lay there, is in no tree. ignored: git ignores it by the rules of now. */
export type StayReason = "not_kept" | "ignored";

type FileChange = Pick<TreeChange, "path" | "from" | "to">;

interface Project {
  readonly place: OwnPlace;
  readonly root: string;
  /** Of a checkpoint that was taken just before. */
  readonly nowTree: string;
}

const filesAtOnce = 64;
const holdable: ReadonlySet<string> = new Set(["100644", "100755", "120000"]);

/** By path; `from` is as the checkpoint of now has it. */
export async function stayingFiles(
  { place, root, nowTree }: Project,
  changes: readonly FileChange[],
): Promise<ReadonlyMap<string, StayReason>> {
  const staying = new Map<string, StayReason>();
  const present = changes.filter(({ from }) => from !== null);
  const ignored = present.length === 0 ? new Set<string>() : await ignoredNow(place, nowTree);
  const missing = await missingObjects(
    place,
    changes.flatMap(({ to }) => to?.objectId ?? []),
  );
  const isMissing = ({ to }: FileChange): boolean => to !== null && missing.has(to.objectId);
  for (let start = 0; start < changes.length; start += filesAtOnce) {
    const some = changes.slice(start, start + filesAtOnce);
    const notKept = await Promise.all(
      some.map(
        async (change) => isNeverTouched(change) || isMissing(change) || (await isInTheWay(root, change)),
      ),
    );
    for (const [index, { path, from }] of some.entries()) {
      if (notKept[index]) staying.set(path, "not_kept");
      else if (from !== null && ignored.has(path)) staying.set(path, "ignored");
    }
  }
  return staying;
}

/** Git's own files, and what is no file. */
export function isNeverTouched({ path, from, to }: FileChange): boolean {
  return !canBeHeld(from) || !canBeHeld(to) || isGits(path);
}

/** Whether the path leads to git's own files, or out of the project. */
export function isGits(path: string): boolean {
  return path.split("/").some((part) => part === ".." || part.toLowerCase() === ".git");
}

/** Whether the file lies in a repository of its own inside the project. */
export async function isInRepository(root: string, path: string): Promise<boolean> {
  const found = await Promise.all(
    foldersAbove(root, path).map((folder) =>
      lstat(join(folder, ".git")).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** In another repository; or no tree has it and something lies there: too large, unreadable or ignored. */
async function isInTheWay(root: string, { path, from }: FileChange): Promise<boolean> {
  if (await isInRepository(root, path)) return true;
  if (from !== null) return false;
  const found = await lstat(join(root, path)).catch(() => null);
  // A folder may be gone by the time that the file comes.
  return found !== null && !found.isDirectory();
}

function canBeHeld(file: KeptFile | null): boolean {
  return file === null || holdable.has(file.mode);
}
