/** What going back to before a turn comes to: which files, which of them somebody else changed, and a digest of it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RewindFile, RewindPreview } from "../../protocol/rewind.ts";
import { GitFailed } from "../../workspace/git/git-process.ts";
import type { TreeChange } from "../../workspace/git/tree-changes.ts";
import { isOlderThan } from "../../workspace/put-back/file-state.ts";
import type { StayReason } from "../../workspace/put-back/staying-files.ts";
import { changedByOthers, type PlanParts } from "./changed-by-others.ts";
import type { RewindPlace } from "./rewind-book.ts";

/** A file that would go back, and whether it stays unless it is named. */
export interface PlannedFile extends TreeChange {
  readonly changedSince: boolean;
  /** Why it stays whatever is chosen. not_kept: it may have been there before though no tree has it, or nothing could be undone. */
  readonly stays: StayReason | null;
}

/** The files as they are now, and what would become of them. */
export interface FilePlan {
  readonly nowTree: string;
  readonly files: readonly PlannedFile[];
}

export interface RewindPlan {
  readonly place: RewindPlace;
  /** Null: what the files were is not known. */
  readonly files: FilePlan | null;
}

/** How many files go back at once: with more, a person could not look through them, and the others wait too long. */
export const maxFiles = 5_000;

/** Takes a checkpoint of now and compares; changes nothing in the project. */
export async function planOf(place: RewindPlace, parts: PlanParts): Promise<RewindPlan> {
  return { place, files: await filePlan(place, parts) };
}

/** In the words of the protocol. */
export function previewOf(plan: RewindPlan): RewindPreview {
  const { turnId, at, keepThrough, turns } = plan.place;
  return {
    turnId,
    at,
    keepThrough,
    turns,
    files: plan.files?.files.slice(0, maxFiles).map(asRewindFile) ?? [],
    ...((plan.files?.files.length ?? 0) > maxFiles ? { fileCount: plan.files?.files.length } : {}),
    filesKnown: plan.files !== null,
    digest: `${conversationDigest(plan.place)}.${filesDigest(plan.files)}`,
  };
}

/** Whether what a person saw, under this digest, is still so as far as it matters. */
export function isAsSeen(
  digest: string,
  plan: { readonly place: RewindPlace; readonly files?: FilePlan | null },
): boolean {
  const [conversation, files] = digest.split(".");
  if (conversation !== conversationDigest(plan.place)) return false;
  return plan.files === undefined || files === filesDigest(plan.files);
}

async function filePlan(place: RewindPlace, parts: PlanParts): Promise<FilePlan | null> {
  const { files } = place;
  if (files === "unknown") return null;
  const { project, checkpoints, signal } = parts;
  try {
    if (files === "unchanged") return { nowTree: "", files: [] };
    const { tree: nowTree } = await checkpoints.take(project, signal);
    const changes = await checkpoints.compare(project, nowTree, files.tree);
    const foreign = await changedByOthers({ turnId: place.turnId, since: files.at, nowTree }, parts);
    const staying = await checkpoints.staying(project, nowTree, changes);
    const wereThere = await thereBefore(
      { at: place.at, omitted: files.omitted, root: project.root },
      changes,
    );
    return {
      nowTree,
      files: changes.map((change) => ({
        ...change,
        changedSince: foreign.has(change.path),
        stays: wereThere.has(change.path) ? "not_kept" : (staying.get(change.path) ?? null),
      })),
    };
  } catch (error) {
    // No git, no room, or the trees are gone: the conversation can go back all the same.
    if (error instanceof GitFailed && !signal.aborted) return null;
    throw error;
  }
}

/** Of the files that would be removed, those that the turn and what followed need not have made. */
async function thereBefore(
  { at, omitted, root }: { readonly at: string; readonly omitted: readonly string[]; readonly root: string },
  changes: readonly TreeChange[],
): Promise<ReadonlySet<string>> {
  const names = new Set(omitted);
  const folders = omitted.filter((name) => name.endsWith("/"));
  // What comes back under its old name was moved.
  const comingBack = new Set(changes.map(({ to }) => to?.objectId));
  const found = new Set<string>();
  const going = changes.filter(({ to }) => to === null);
  for (let start = 0; start < going.length; start += 64) {
    const some = going.slice(start, start + 64);
    const areOlder = await Promise.all(some.map(({ path }) => isOlderThan(join(root, path), new Date(at))));
    for (const [index, { path, from }] of some.entries()) {
      const isOlder = areOlder[index] === true && !comingBack.has(from?.objectId);
      if (isOlder || names.has(path) || folders.some((folder) => path.startsWith(folder))) found.add(path);
    }
  }
  return found;
}

function asRewindFile(file: PlannedFile): RewindFile {
  const { path, from, to, additions, deletions, changedSince, stays } = file;
  const change = to === null ? "deleted" : from === null ? "recreated" : "restored";
  return { path, change, additions, deletions, changedSince, ...(stays === null ? {} : { stays }) };
}

function conversationDigest({ turnId, keepThrough, turns }: RewindPlace): string {
  return digestOf([turnId, keepThrough, turns]);
}

/** Of the bytes of each file, as it is and as it was. */
function filesDigest(plan: FilePlan | null): string {
  return digestOf(
    plan?.files.map(({ path, from, to, changedSince, stays }) => [path, from, to, changedSince, stays]) ??
      null,
  );
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
