/**
 * The one door to the disk for everything that must not be lost: state, logs, settings.
 * Handed in wherever something durable is written, so that full disks and failing syncs can be played.
 */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { quickWrite } from "./quick-write.ts";
import { systemErrorCode } from "./workspace-error.ts";

/** A file that only grows, except for `truncate`. One writer. */
export interface AppendFile {
  /** Bytes in the file as far as this handle knows. */
  readonly size: number;
  /** Writes all of `data` at the end, or leaves the file as it was and rejects. Not yet durable. */
  append(data: Uint8Array): Promise<void>;
  /** Resolves once everything appended is on the disk (fdatasync). */
  sync(): Promise<void>;
  /** Cuts the file back to `size` bytes. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Reads and durable writes of state files: 0600, in folders of 0700. Paths are absolute. */
export interface DurableFiles {
  /** The whole file, or null when there is none. */
  read(path: string): Promise<Buffer | null>;
  /** Opens for appending, and makes the file when there is none. */
  openAppend(path: string): Promise<AppendFile>;
  /** Replaces the file whole: after a crash it holds the old or the new bytes, never a mixture. */
  writeAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  /** Makes the folder and those above it; nothing happens when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Gives a file or a folder another name on the same disk: after a crash it has the old one or the new one. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a folder with all that is in it; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

/** The real disk. */
export const durableFiles: DurableFiles = {
  read: readIfPresent,
  openAppend,
  writeAtomic,
  makeDirectory,
  async move(from, to) {
    await rename(from, to);
    // The new name first: what has two names after a power loss is not lost.
    await syncDirectory(dirname(to));
    if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true });
    await syncDirectory(dirname(path));
  },
};

async function readIfPresent(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function openAppend(path: string): Promise<AppendFile> {
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    // Also for a file that was there: who made it may have died, or failed, before its name was durable.
    await syncDirectory(dirname(path));
    return appendFileOver(handle, (await handle.stat()).size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function appendFileOver(handle: FileHandle, sizeNow: number): AppendFile {
  let size = sizeNow;
  let appending: Promise<void> = Promise.resolve();
  return {
    get size() {
      return size;
    },
    async append(data) {
      const written = appendAll(handle, data);
      appending = written.catch(() => undefined);
      try {
        await written;
      } catch (error) {
        await handle.truncate(size);
        throw error;
      }
      size += data.byteLength;
    },
    sync: () => handle.datasync(),
    async truncate(newSize) {
      await handle.truncate(newSize);
      size = newSize;
    },
    async close() {
      // The system gives a number that is free again to the next file that is opened.
      await appending;
      await handle.close();
    },
  };
}

/** As `writeAll`, at the end. The streams of a hundred sessions come here. */
async function appendAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  if (handle.fd < 0) throw new Error("The file is closed.");
  const writtenBytes = await quickWrite(handle.fd, data);
  if (writtenBytes === data.byteLength) return;
  if (writtenBytes === 0) throw new Error("The disk took no more bytes.");
  await appendAll(handle, data.subarray(writtenBytes));
}

/** A full disk may take a part of the bytes without an error; the rest then fails with one. */
async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  let written = 0;
  while (written < data.byteLength) {
    const { bytesWritten } = await handle.write(data, written, data.byteLength - written);
    if (bytesWritten === 0) throw new Error("The disk took no more bytes.");
    written += bytesWritten;
  }
}

/** The names of files that a `writeAtomic` has not finished. */
const unfinishedName = /^\.[0-9a-f]{24}\.tmp$/;

async function writeAtomic(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  await replaceWhole(path, data, { mode });
  await syncDirectory(dirname(path));
}

/** How a file is replaced whole. */
export interface Replacement {
  /** Exactly these rights. */
  readonly mode: number;
  /** Under which name its bytes are written first, so that it is found after a kill; absent: any. */
  readonly temporaryName?: string;
}

/** A name of a file whose bytes are still being written. */
export function anyTemporaryName(): string {
  return `.${randomBytes(12).toString("hex")}.tmp`;
}

/** As `writeAtomic`; the new bytes are on the disk, the name is once its folder is synced. */
export async function replaceWhole(
  path: string,
  data: string | Uint8Array,
  { mode, temporaryName = anyTemporaryName() }: Replacement,
): Promise<void> {
  const temporary = join(dirname(path), temporaryName);
  const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
  try {
    const handle = await open(temporary, "wx", mode & 0o777);
    try {
      await writeAll(handle, bytes);
      // By the handle: a name may lead elsewhere by then.
      if (((await handle.stat()).mode & 0o7777) !== mode) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes from a folder what a `writeAtomic` of a process that was killed left there. Nobody may be writing in it. */
export async function removeUnfinished(files: Pick<DurableFiles, "remove">, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const unfinished = entries.filter((entry) => entry.isFile() && unfinishedName.test(entry.name));
  for (const { name } of unfinished) await files.remove(join(folder, name));
}

async function makeDirectory(path: string): Promise<void> {
  const firstMade = await makeMissing(path);
  // A umask may only have taken rights away; what is asked for is exactly 0700.
  if (firstMade !== undefined) await chmod(path, 0o700);
  // Also for a folder that was there: who made it may have died, or failed, before its name was durable.
  const lastSynced = dirname(firstMade ?? path);
  let folder = path;
  do {
    folder = dirname(folder);
    await syncDirectory(folder);
  } while (folder !== lastSynced);
}

/**
 * Makes a folder and those above it, 0700 each; resolves to the first that it made. One by one, since Node's own recursive
 * `mkdir` never ends where no folder can be made, as in /proc.
 */
async function makeMissing(path: string): Promise<string | undefined> {
  const isMade = await makeOne(path).catch((error: unknown) => {
    if (isMissing(error) && dirname(path) !== path) return null;
    throw error;
  });
  if (isMade !== null) return isMade ? path : undefined;
  const firstMade = await makeMissing(dirname(path));
  const isMadeThen = await makeOne(path);
  return firstMade ?? (isMadeThen ? path : undefined);
}

/** False: it was there. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const found = isMissing(error) ? null : await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return false;
    throw error;
  }
}

/** A new name is durable once its folder is synced. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return systemErrorCode(error) === "ENOENT";
}
