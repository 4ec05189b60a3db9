/** Finds the git repository around a folder by reading files alone: nothing is run, no setting is obeyed. */
import { open, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

export interface Repository {
  /** Of this work tree: HEAD and the index are here. */
  readonly gitDirectory: string;
  /** Shared by all work trees: the config and `info` are here. */
  readonly commonDirectory: string;
  /** The topmost folder of the work tree. */
  readonly workTree: string;
  /** The config files that git would read, those that exist. */
  readonly configFiles: readonly string[];
  /** Null when no branch is checked out. */
  readonly branch: string | null;
}

const longestText = 8_192;

/** The repository that `folder` (absolute) lies in, or null. */
export async function findRepository(folder: string): Promise<Repository | null> {
  const gitDirectory = await gitDirectoryOf(folder);
  if (gitDirectory !== null) return describe(gitDirectory, folder);
  const above = dirname(folder);
  return above === folder ? null : findRepository(above);
}

async function gitDirectoryOf(folder: string): Promise<string | null> {
  const candidate = join(folder, ".git");
  const kind = await kindOf(candidate);
  if (kind === "directory") return (await readText(join(candidate, "HEAD"))) === null ? null : candidate;
  if (kind !== "file") return null;
  // A linked work tree or a submodule: the file names the real place.
  const target = /^gitdir: (.+)$/m.exec((await readText(candidate)) ?? "")?.[1];
  return target === undefined ? null : resolve(folder, target.trim());
}

async function describe(gitDirectory: string, workTree: string): Promise<Repository> {
  const common = await readText(join(gitDirectory, "commondir"));
  const commonDirectory = common === null ? gitDirectory : resolve(gitDirectory, common.trim());
  const candidates = [join(commonDirectory, "config"), join(gitDirectory, "config.worktree")];
  const exists = await Promise.all(candidates.map(async (path) => (await kindOf(path)) !== null));
  const head = (await readText(join(gitDirectory, "HEAD"))) ?? "";
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? null;
  return {
    gitDirectory,
    commonDirectory,
    workTree,
    configFiles: candidates.filter((_, index) => exists[index]),
    // Repositories with reference tables put this placeholder into the HEAD file.
    branch: branch === ".invalid" ? null : branch,
  };
}

async function kindOf(path: string): Promise<"file" | "directory" | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return "directory";
    return found.isFile() ? "file" : null;
  } catch {
    // Not there, or not readable: no repository for us.
    return null;
  }
}

/** The beginning: what git keeps there is one line, and what a stranger put there may have no end. */
async function readText(path: string): Promise<string | null> {
  if ((await kindOf(path)) !== "file") return null;
  const handle = await open(path).catch(() => null);
  // Gone in between, or not readable: as if it were not there.
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestText), 0, longestText, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    // As above.
    return null;
  } finally {
    await handle.close();
  }
}
