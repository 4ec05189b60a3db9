/** What lies at a path now, in the words of a kept tree. */
import { createHash } from "node:crypto";
import { type FileHandle, lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openFile } from "../files/open-file.ts";
import { maxFileBytes } from "../git/listed-files.ts";
import type { KeptFile } from "../git/tree-changes.ts";
import { systemErrorCode } from "../workspace-error.ts";

/** `mode` is the file's own, with all its bits; 0 of a link. */
export type FileNow =
  | { readonly type: "none" }
  | { readonly type: "file"; readonly kept: KeptFile; readonly mode: number }
  /** More bytes than are ever kept; they were not read. */
  | { readonly type: "large" }
  /** A folder, a device: nothing that a tree holds. */
  | { readonly type: "other" };

const linkMode = "120000";

/** Reads the file; `absolute` is resolved up to its last part, which is not followed. Rejects when it cannot be read. */
export async function fileNow(absolute: string): Promise<FileNow> {
  const found = await lstat(absolute).catch((error: unknown) => {
    if (isNothing(error)) return null;
    throw error;
  });
  if (found === null) return { type: "none" };
  if (found.isSymbolicLink()) {
    const target = await readlink(absolute, { encoding: "buffer" });
    return { type: "file", mode: 0, kept: { mode: linkMode, objectId: objectIdOf(target) } };
  }
  if (!found.isFile()) return { type: "other" };
  const { handle, status } = await openFile(absolute);
  try {
    const bytes = status.size > maxFileBytes ? null : await readAtMost(handle, maxFileBytes);
    if (bytes === null) return { type: "large" };
    const mode = (status.mode & 0o100) === 0 ? "100644" : "100755";
    return { type: "file", mode: status.mode & 0o7777, kept: { mode, objectId: objectIdOf(bytes) } };
  } finally {
    await handle.close();
  }
}

/** Whether that is what a tree has; null in a tree is nothing on the disk. */
export function isAsKept(now: FileNow, kept: KeptFile | null): boolean {
  if (kept === null) return now.type === "none";
  return now.type === "file" && now.kept.mode === kept.mode && now.kept.objectId === kept.objectId;
}

/** How far the clock that stamps files may be behind. */
const clockStepMs = 20;

/** Whether a file was made, and last written, before that time; false: nothing is there. */
export async function isOlderThan(absolute: string, time: Date): Promise<boolean> {
  const found = await lstat(absolute).catch((error: unknown) => {
    if (isNothing(error)) return null;
    throw error;
  });
  if (found === null) return false;
  return Math.max(found.birthtimeMs, found.mtimeMs) < time.getTime() - clockStepMs;
}

/** The folders between the project and the file, the nearest first. */
export function foldersAbove(root: string, path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.push(join(root, folder));
  return folders;
}

/** Null: there is more, also when it grew while it was read. */
async function readAtMost(handle: FileHandle, maxBytes: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(pieces, size);
    size += bytesRead;
    if (size > maxBytes) return null;
    pieces.push(buffer.subarray(0, bytesRead));
  }
}

/** As git names bytes. */
function objectIdOf(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}

function isNothing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
