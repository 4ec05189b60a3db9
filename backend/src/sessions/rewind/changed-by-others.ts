/** Which files somebody else changed since a turn: between the session's own turns, and another session beside them. */
import type { CheckpointedProject, Checkpoints } from "../../workspace/git/checkpoints.ts";
import { GitFailed } from "../../workspace/git/git-process.ts";
import type { Gap, RewindBook, Work } from "./rewind-book.ts";

/** What a look at the files of a turn needs. */
export interface PlanParts {
  readonly project: CheckpointedProject;
  readonly checkpoints: Checkpoints;
  readonly book: RewindBook;
  /** What other sessions may have done to these files since a time. */
  othersWork(since: string): Promise<readonly Work[]>;
  readonly signal: AbortSignal;
}

interface Since {
  readonly turnId: string;
  /** When its first checkpoint was taken. */
  readonly since: string;
  readonly nowTree: string;
}

/** Their paths. Where two sessions worked at once, what neither of them named counts as the other's. */
export async function changedByOthers(
  { turnId, since, nowTree }: Since,
  parts: PlanParts,
): Promise<ReadonlySet<string>> {
  const { book } = parts;
  const inGaps = await changedInGaps(book.gapsSince(turnId, nowTree), parts);
  // A copy of a session tells of the same turns.
  const work = (await parts.othersWork(since)).filter((one) => !book.has(one.turnId));
  const changed = new Set(inGaps);
  const own = book.namedSince(turnId);
  const pairs = work.map(({ fromTree, toTree }) => ({ fromTree, toTree: toTree ?? nowTree }));
  const differing = await pathsBetween(pairs, parts);
  for (const [index, { paths }] of work.entries())
    for (const path of differing[index] ?? []) if (paths?.has(path) ?? !own.has(path)) changed.add(path);
  return changed;
}

interface Pair {
  readonly fromTree: string;
  readonly toTree: string;
}

/** All at once; where trees of a session are gone each pair for itself, and those tell nothing. */
async function pathsBetween(
  pairs: readonly Pair[],
  parts: PlanParts,
): Promise<readonly (readonly string[])[]> {
  const { project, checkpoints, signal } = parts;
  try {
    return await checkpoints.changedPaths(project, pairs);
  } catch (error) {
    if (!(error instanceof GitFailed) || signal.aborted) throw error;
    if (pairs.length === 1) return [[]];
    const found: (readonly string[])[] = [];
    for (const pair of pairs) found.push(...(await pathsBetween([pair], parts)));
    return found;
  }
}

/** Between the session's own turns. */
async function changedInGaps(
  gaps: readonly Gap[],
  { project, checkpoints }: PlanParts,
): Promise<ReadonlySet<string>> {
  const pairs = gaps.flatMap(({ fromTree, toTree, putBack }) => [
    { fromTree, toTree },
    { fromTree: putBack?.tree ?? toTree, toTree },
  ]);
  const found = await checkpoints.changedPaths(project, pairs);
  const changed = gaps.flatMap(({ putBack }, index) => {
    const sinceTree = found[2 * index] ?? [];
    const isPutBack = new Set(putBack?.paths);
    const sincePutBack = (found[2 * index + 1] ?? []).filter((path) => isPutBack.has(path));
    return [...sinceTree.filter((path) => !isPutBack.has(path)), ...sincePutBack];
  });
  return new Set(changed);
}
