/** Which of a project's files have changed, as git lists them, and which of those a checkpoint can hold. */
import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { systemErrorCode } from "../workspace-error.ts";

/** What is larger is not kept. */
export const maxFileBytes = 5_000_000;
const nul = Buffer.from([0]);

/** A file that is not as the checkpoint before has it. */
export interface ListedFile {
  /** Names are bytes: they need not be UTF-8. */
  readonly path: Buffer;
  /** The checkpoint before this one had it. */
  readonly isKnown: boolean;
}

/** What goes into a checkpoint, and what is left out: repositories, files over 5 MB, files that cannot be read. */
export async function sortOut(
  files: readonly ListedFile[],
  root: string,
): Promise<{ kept: ListedFile[]; omitted: ListedFile[] }> {
  const kept: ListedFile[] = [];
  const omitted: ListedFile[] = [];
  for (let start = 0; start < files.length; start += 256) {
    const some = files.slice(start, start + 256);
    const canKeep = await Promise.all(some.map((file) => isKept(root, file.path)));
    for (const [index, file] of some.entries()) (canKeep[index] ? kept : omitted).push(file);
  }
  return { kept, omitted };
}

const slash = "/".charCodeAt(0);

async function isKept(root: string, path: Buffer): Promise<boolean> {
  if (path.at(-1) === slash) return false;
  const absolute = Buffer.concat([Buffer.from(`${root}/`), path]);
  try {
    const found = await lstat(absolute);
    if (found.size > maxFileBytes) return false;
    if (found.isFile()) await access(absolute, constants.R_OK);
    return true;
  } catch (error) {
    // Deleted: it is taken out of the tree. Anything else cannot be read, so it cannot be kept.
    const code = systemErrorCode(error);
    return code === "ENOENT" || code === "ENOTDIR";
  }
}

/** The names as git reads them with `-z --stdin`. */
export function joinNul(files: readonly ListedFile[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [file.path, nul]));
}

/** Reads `git ls-files -z -t`. Each record is a letter, a space and the name; `?` stands for a file that is new. */
export function listedFiles(listing: Buffer): ListedFile[] {
  const files = new Map<string, ListedFile>();
  let start = 0;
  for (let end = listing.indexOf(0); end !== -1; end = listing.indexOf(0, start)) {
    const path = listing.subarray(start + 2, end);
    // A deleted file is listed twice: as modified and as deleted.
    files.set(path.toString("latin1"), { path, isKnown: listing[start] !== questionMark });
    start = end + 1;
  }
  return [...files.values()];
}

const questionMark = "?".charCodeAt(0);
