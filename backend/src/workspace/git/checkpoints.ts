/**
 * The state of a project's files at a moment, kept as git trees in a git directory of our own outside the project.
 * Works without a repository in the project, writes nothing there, and obeys none of its settings.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FileDiff } from "../../protocol/changes.ts";
import type { ChangeSummary } from "../../protocol/session.ts";
import { type FileChange, type PutBack, putBack } from "../put-back/put-back.ts";
import { type StayReason, stayingFiles } from "../put-back/staying-files.ts";
import { parseChangedFiles, summariseFiles } from "./changed-files.ts";
import { type GitPlace, type OwnPlace, readGit, runGit } from "./git.ts";
import { makeGitDirectory } from "./git-directory.ts";
import { GitFailed } from "./git-process.ts";
import { keepExcludes, privateExcludes, withoutIgnoredThen } from "./ignored-then.ts";
import { dropDamaged, syncTree } from "./kept-durably.ts";
import { joinNul, listedFiles, sortOut } from "./listed-files.ts";
import { changedPaths, type TreeChange, treeChanges } from "./tree-changes.ts";
import { parsePatch } from "./unified-diff.ts";

/** A project as far as its files go: `root` is absolute and resolved. */
export interface CheckpointedProject {
  readonly id: string;
  readonly root: string;
}

export interface Checkpoint {
  /** Object id of a git tree. */
  readonly tree: string;
  /** Left out: repositories inside the project (with a trailing slash), files over 5 MB, files that cannot be read. */
  readonly omitted: string[];
}

const maxDiffLines = 2_000;
const maxPatchBytes = 32_000_000;

const showPlainly = ["-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color"];

/** Takes checkpoints and compares them. Calls for one project wait for each other. */
export class Checkpoints {
  readonly #directory: string;
  readonly #prepared = new Map<string, Promise<OwnPlace>>();
  readonly #waiting = new Map<string, Promise<unknown>>();
  /** Asked for and not begun: who asks meanwhile gets the same one. */
  readonly #nextTaken = new Map<string, Promise<Checkpoint>>();

  /** The trees of each project that are not known to be durable, in their order. */
  readonly #unsynced = new Map<string, Set<string>>();
  readonly #syncAfterMs: number;

  /** `directory` (absolute) is ours alone: one git directory a project lies in it. */
  constructor(options: { readonly directory: string; readonly syncAfterMs?: number }) {
    this.#directory = options.directory;
    this.#syncAfterMs = options.syncAfterMs ?? 1_000;
  }

  /** Keeps the files as they are now; rejects with GitFailed when that is not possible or `signal` is aborted. */
  async take(project: CheckpointedProject, signal?: AbortSignal): Promise<Checkpoint> {
    throwIfStopped(signal);
    const taken = this.#nextTaken.get(project.id) ?? this.#takeNext(project);
    await settledOrStopped(taken.then(ignore, ignore), signal);
    throwIfStopped(signal);
    return taken;
  }

  /** Nobody stops it: others may wait for it too, and it has a time limit. */
  #takeNext(project: CheckpointedProject): Promise<Checkpoint> {
    const taken = this.#inTurn(project, (place) => {
      this.#nextTaken.delete(project.id);
      return takeCheckpoint(place, project.root);
    });
    this.#nextTaken.set(project.id, taken);
    taken.then(
      ({ tree }) => this.#syncSoon(project, tree),
      () => this.#nextTaken.delete(project.id),
    );
    return taken;
  }

  /** No turn waits for the disk: a while after a checkpoint it is synced, with those that came meanwhile. */
  #syncSoon(project: CheckpointedProject, tree: string): void {
    const waiting = this.#unsynced.get(project.id);
    if (waiting !== undefined) return void waiting.add(tree);
    const trees = new Set([tree]);
    this.#unsynced.set(project.id, trees);
    const timer = setTimeout(() => {
      this.#unsynced.delete(project.id);
      void this.#syncAll(project, trees);
    }, this.#syncAfterMs);
    timer.unref();
  }

  /** Whoever needs one for sure has it synced again, and hears of it when that fails. */
  async #syncAll(project: CheckpointedProject, trees: ReadonlySet<string>): Promise<void> {
    for (const tree of trees)
      await this.makeDurable(project, tree).catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        process.emitWarning(`A checkpoint of ${project.root} is not sure to survive a power cut: ${detail}`);
      });
  }

  /**
   * Resolves once a tree and all that is behind it are on the disk. Rejects with GitFailed when something of it is gone, as
   * after a power cut: the next checkpoint then keeps all anew. Others need not wait for it.
   */
  async makeDurable(project: CheckpointedProject, tree: string): Promise<void> {
    try {
      await syncTree(await this.#prepare(project), tree);
    } catch (error) {
      if (error instanceof GitFailed && error.reason === "failed") await this.#inTurn(project, dropDamaged);
      throw error;
    }
  }

  /** What changed from one tree to the other, in numbers. */
  async summarise(project: CheckpointedProject, fromTree: string, toTree: string): Promise<ChangeSummary> {
    if (fromTree === toTree) return summariseFiles([]);
    return this.#inTurn(project, async (place) =>
      summariseFiles(await changedFiles(place, { fromTree, toTree })),
    );
  }

  /** What changed, line by line: of every file, or of `path` alone (its new name, or its old one when it is gone). */
  async diff(
    project: CheckpointedProject,
    between: { readonly fromTree: string; readonly toTree: string; readonly path?: string | undefined },
  ): Promise<FileDiff[]> {
    if (between.fromTree === between.toTree) return [];
    return this.#inTurn(project, (place) => readDiffs(place, between));
  }

  /** What differs file by file. */
  async differences(
    project: CheckpointedProject,
    fromTree: string,
    toTree: string,
  ): Promise<readonly TreeChange[]> {
    return this.#inTurn(project, (place) => treeChanges(place, fromTree, toTree));
  }

  /** As `differences`, but for what the rules of `toTree` ignore: that was there without being kept. */
  async compare(
    project: CheckpointedProject,
    fromTree: string,
    toTree: string,
  ): Promise<readonly TreeChange[]> {
    return this.#inTurn(project, async (place) =>
      withoutIgnoredThen(
        place,
        { nowTree: fromTree, tree: toTree },
        await treeChanges(place, fromTree, toTree),
      ),
    );
  }

  /** The paths that differ between each two trees. */
  async changedPaths(
    project: CheckpointedProject,
    pairs: readonly { readonly fromTree: string; readonly toTree: string }[],
  ): Promise<readonly string[][]> {
    if (pairs.every(({ fromTree, toTree }) => fromTree === toTree)) return pairs.map(() => []);
    return this.#inTurn(project, (place) => changedPaths(place, pairs));
  }

  /** Which of these files `putBack` would leave alone, as far as that can be told before; `from` is as `nowTree` has them. */
  async staying(
    project: CheckpointedProject,
    nowTree: string,
    changes: readonly FileChange[],
  ): Promise<ReadonlyMap<string, StayReason>> {
    return this.#inTurn(project, (place) => stayingFiles({ place, root: project.root, nowTree }, changes));
  }

  /** Takes files from what they are (`from`) to what they were (`to`); see `putBack`. */
  async putBack(
    project: CheckpointedProject,
    changes: readonly FileChange[],
    signal?: AbortSignal,
  ): Promise<PutBack> {
    return this.#inTurn(project, (place) => putBack({ place, root: project.root, signal }, changes));
  }

  async #inTurn<Result>(
    project: CheckpointedProject,
    work: (place: OwnPlace) => Promise<Result>,
  ): Promise<Result> {
    const before = this.#waiting.get(project.id) ?? Promise.resolve();
    const result = before.then(async () => work(await this.#prepare(project)));
    const settled = result.then(ignore, ignore);
    this.#waiting.set(project.id, settled);
    void settled.then(() => {
      if (this.#waiting.get(project.id) === settled) this.#waiting.delete(project.id);
    });
    return result;
  }

  async #prepare(project: CheckpointedProject): Promise<OwnPlace> {
    const known = this.#prepared.get(project.id);
    if (known !== undefined) return known;
    const gitDirectory = join(this.#directory, `${project.id}.git`);
    const place = makeGitDirectory(gitDirectory).then(() => {
      return { type: "own", gitDirectory, workTree: project.root } as const;
    });
    this.#prepared.set(project.id, place);
    place.catch(() => this.#prepared.delete(project.id));
    return place;
  }
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new GitFailed("aborted", "The checkpoint was stopped.");
}

/** Whoever is stopped does not wait for the others' work, which goes on. */
async function settledOrStopped(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void (await work);
  const over = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true, signal: over.signal });
    if (signal.aborted) resolve();
  });
  await Promise.race([work, stopped]);
  over.abort();
}

function ignore(): void {
  // The caller hears of its own failure; whoever comes next must not inherit it.
}

async function takeCheckpoint(place: OwnPlace, root: string): Promise<Checkpoint> {
  // Only we use this index, one call at a time: a lock is what a killed git left behind.
  await rm(join(place.gitDirectory, "index.lock"), { force: true });
  try {
    return await addAndWrite(place, root);
  } catch (error) {
    if (!(error instanceof GitFailed) || error.reason !== "failed") throw error;
    // The index is only a cache of the work tree: a damaged one is made again.
    await rm(join(place.gitDirectory, "index"), { force: true });
    await rm(join(place.gitDirectory, "index.lock"), { force: true });
    return addAndWrite(place, root);
  }
}

async function addAndWrite(place: GitPlace, root: string): Promise<Checkpoint> {
  const options = { place, timeoutMs: 120_000 };
  const excludes = await privateExcludes(root);
  const excluding = excludes === null ? [] : [`--exclude-from=${excludes}`];
  const listing = await readGit(
    ["ls-files", "-z", "-t", "--others", "--modified", "--deleted", "--exclude-standard", ...excluding],
    options,
  );
  const { kept, omitted } = await sortOut(listedFiles(listing), root);
  if (kept.length > 0) {
    await readGit(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], {
      ...options,
      input: joinNul(kept),
    });
  }
  // What has grown too large since is taken out again.
  const known = omitted.filter((file) => file.isKnown);
  if (known.length > 0) {
    await readGit(["update-index", "-z", "--force-remove", "--stdin"], { ...options, input: joinNul(known) });
  }
  const tree = (await readGit(["write-tree"], options)).toString("latin1").trim();
  if (excludes !== null) await keepExcludes(place, tree, excludes);
  return { tree, omitted: omitted.map((file) => file.path.toString("utf8")).sort() };
}

type Between = { readonly fromTree: string; readonly toTree: string; readonly path?: string | undefined };

async function changedFiles(place: GitPlace, between: Between) {
  const trees = [between.fromTree, between.toTree];
  return parseChangedFiles(
    await readGit(["diff-tree", ...showPlainly, "--raw", "--numstat", "-z", ...trees], { place }),
  );
}

async function readDiffs(place: GitPlace, between: Between): Promise<FileDiff[]> {
  const all = await changedFiles(place, between);
  const { path } = between;
  const entries = path === undefined ? all : all.filter(({ file }) => file.path === path);
  if (entries.length === 0) return [];
  // Both names of a renamed file are given, else git would see a new one.
  const paths =
    path === undefined ? [] : entries.flatMap(({ file }) => [file.path, file.oldPath ?? file.path]);
  const patch = await runGit(
    ["diff-tree", ...showPlainly, "-p", between.fromTree, between.toTree, "--", ...paths],
    {
      place,
      maxBytes: maxPatchBytes,
    },
  );
  if (patch.exitCode !== 0 && !patch.truncated)
    throw new GitFailed("failed", `git diff-tree: ${patch.stderr.trim()}`);
  const sections = parsePatch(patch.stdout.toString("utf8"), maxDiffLines);
  // The last one that arrived may be incomplete.
  const complete = patch.truncated ? sections.slice(0, -1) : sections;
  let next = 0;
  return entries.map(({ file, sectionCount }) => {
    const own = complete.slice(next, next + sectionCount);
    next += sectionCount;
    return {
      file,
      hunks: own.flatMap((section) => [...section.hunks]),
      truncated: own.length < sectionCount || own.some((section) => section.truncated),
    };
  });
}
