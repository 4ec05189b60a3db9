/**
 * Every automatic call of git goes through here. A repository's own settings can make git run programs, so inside a
 * person's repository the wrapper refuses when its config names anything beyond a short list of harmless keys.
 */
import { GitFailed, type GitResult, gitEnvironment, runGitProcess } from "./git-process.ts";
import { findRepository, type Repository } from "./repository.ts";

/** Where a git command works. */
export type GitPlace =
  /** A folder of a person's project: its repository is found, checked, then named explicitly. */
  | { readonly type: "repository"; readonly root: string }
  /** A git directory of our own over somebody's files; `indexFile`: another index than its own. */
  | {
      readonly type: "own";
      readonly gitDirectory: string;
      readonly workTree: string;
      readonly indexFile?: string;
    };

/** A git directory of our own. */
export type OwnPlace = Extract<GitPlace, { type: "own" }>;

export interface GitOptions {
  readonly place: GitPlace;
  readonly input?: string | Uint8Array;
  /** Default 30,000. */
  readonly timeoutMs?: number;
  /** Standard output beyond this is cut; default 64 MB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The repository's config names keys that could run programs or read elsewhere. */
export class UnsafeGitConfig extends Error {
  override readonly name = "UnsafeGitConfig";
  readonly keys: readonly string[];

  constructor(keys: readonly string[]) {
    super(`This repository's git settings could run programs: ${keys.join(", ")}.`);
    this.keys = keys;
  }
}

const hardening = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.pager=cat",
  "-c",
  "log.showSignature=false",
  "-c",
  "diff.autoRefreshIndex=false",
  "-c",
  "protocol.allow=never",
  "--no-optional-locks",
  "--no-pager",
];

const withoutUserConfig = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

const safeKeys: readonly RegExp[] = [
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks)$/,
  /^remote\..*\.(url|fetch)$/s,
  /^branch\./,
  /^user\./,
  /^extensions\./,
  /^submodule\..*\.(url|active)$/s,
];

/**
 * Runs git with `args` and resolves with its exit code, whatever it is. Hooks, pagers, prompts, file monitors and
 * transports are off; commands that show differences still need `--no-ext-diff --no-textconv`.
 * Rejects with UnsafeGitConfig or GitFailed.
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const environment = { ...gitEnvironment(), ...(await placeEnvironment(options.place)) };
  return runGitProcess([...hardening, ...args], {
    directory: options.place.type === "own" ? options.place.workTree : options.place.root,
    environment,
    input: options.input,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBytes: options.maxBytes ?? 64_000_000,
    signal: options.signal,
  });
}

/** As `runGit`, for its output alone: rejects with GitFailed when the exit code is not 0. */
export async function readGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(args, options);
  if (result.exitCode === 0 && !result.truncated) return result.stdout;
  const why = result.truncated ? "said too much" : `ended with ${result.exitCode}: ${result.stderr.trim()}`;
  throw new GitFailed("failed", `git ${args[0] ?? ""} ${why}`);
}

/** Config keys of the repository around `root` that are not known to be harmless; empty without a repository. */
export async function unsafeConfigKeys(root: string): Promise<string[]> {
  const repository = await findRepository(root);
  return repository === null ? [] : unsafeKeysOf(repository);
}

/** The branch checked out around `root`, read from HEAD without running anything; null: none, or a detached HEAD. */
export async function currentBranch(root: string): Promise<string | null> {
  return (await findRepository(root))?.branch ?? null;
}

async function placeEnvironment(place: GitPlace): Promise<Record<string, string>> {
  switch (place.type) {
    case "own": {
      const index = place.indexFile === undefined ? {} : { GIT_INDEX_FILE: place.indexFile };
      return { ...withoutUserConfig, ...index, GIT_DIR: place.gitDirectory, GIT_WORK_TREE: place.workTree };
    }
    case "repository": {
      const repository = await findRepository(place.root);
      if (repository === null) throw new GitFailed("no_repository", "This folder is in no git repository.");
      const keys = await unsafeKeysOf(repository);
      if (keys.length > 0) throw new UnsafeGitConfig(keys);
      // Named explicitly: a folder that merely looks like a bare repository must not be taken for one.
      return { GIT_DIR: repository.gitDirectory, GIT_WORK_TREE: repository.workTree };
    }
  }
}

async function unsafeKeysOf(repository: Repository): Promise<string[]> {
  const keys = await Promise.all(repository.configFiles.map(configKeys));
  const unsafe = keys.flat().filter((key) => !safeKeys.some((safe) => safe.test(key)));
  return [...new Set(unsafe)].sort();
}

/** Read from outside the repository and without following includes: a listing alone runs nothing. */
async function configKeys(file: string): Promise<string[]> {
  const listing = await runGitProcess(
    [...hardening, "config", "--file", file, "--no-includes", "--list", "-z"],
    {
      directory: "/",
      environment: { ...gitEnvironment(), ...withoutUserConfig },
      timeoutMs: 5_000,
      maxBytes: 1_000_000,
    },
  );
  // What cannot be read cannot be called harmless; the name stands in for the keys.
  if (listing.exitCode !== 0 || listing.truncated) return [`unreadable:${file}`];
  const entries = listing.stdout.toString("utf8").split("\0");
  return entries.filter((entry) => entry !== "").map((entry) => entry.split("\n", 1)[0] ?? "");
}
