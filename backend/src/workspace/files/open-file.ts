/**
 * Opens and replaces files so that what was checked is what is used (security requirement FS-02): the opened descriptor is
 * asked where it leads, and a file is replaced through a descriptor of its folder.
 */
import { constants, type Stats } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { anyTemporaryName, type Replacement, replaceWhole } from "../durable-files.ts";
import { systemErrorCode, WorkspaceError } from "../workspace-error.ts";

/** Linux names descriptors under /proc; elsewhere the path is resolved again and compared by device and inode. */
const descriptors = process.platform === "linux" ? "/proc/self/fd" : null;

/** A file that is open, with what was found out about it. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly status: Stats;
}

/**
 * Opens a regular file for reading. `absolute` is resolved (no links left in it). The caller closes the handle.
 * Throws WorkspaceError: `not_found`, `is_a_folder`, `not_a_file` (a device, pipe or socket), `not_allowed`, `changed`.
 */
export async function openFile(absolute: string): Promise<OpenedFile> {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
  const handle = await opened(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const [found, place] = await Promise.allSettled([handle.stat(), checkPlace(handle, absolute)]);
    if (found.status === "rejected") throw found.reason;
    const status = found.value;
    if (status.isDirectory()) throw new WorkspaceError("is_a_folder", `${absolute} is a folder.`);
    if (!status.isFile()) throw new WorkspaceError("not_a_file", `${absolute} is a device, pipe or socket.`);
    if (place.status === "rejected") throw place.reason;
    return { handle, status };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Replaces or makes a file whole (see `DurableFiles.writeAtomic`), with its folders. `absolute` is resolved.
 * Throws WorkspaceError `changed` when a folder on the way has become a link since.
 */
export async function replaceFile(absolute: string, data: Uint8Array, mode: number): Promise<void> {
  await replaceFileUnsynced(absolute, data, { mode });
  await syncFolder(dirname(absolute));
}

/** As `replaceFile`; the name is durable once `syncFolder` was called for its folder. */
export async function replaceFileUnsynced(
  absolute: string,
  data: Uint8Array,
  how: Replacement,
): Promise<void> {
  const folder = await openFolder(dirname(absolute));
  try {
    await replaceWhole(below(folder, absolute), data, how);
  } finally {
    await folder.close();
  }
}

/** Removes a file, never a folder; the same rules as `replaceFile`. */
export async function removeFile(absolute: string): Promise<void> {
  await removeFileUnsynced(absolute);
  await syncFolder(dirname(absolute));
}

/** As `removeFile`; durable once `syncFolder` was called for its folder. */
export async function removeFileUnsynced(absolute: string): Promise<void> {
  const folder = await openFolder(dirname(absolute));
  try {
    await unlink(below(folder, absolute));
  } catch (error) {
    throw inWords(error, absolute);
  } finally {
    await folder.close();
  }
}

/** Replaces or makes a link whole, which nothing follows; the same rules as `replaceFileUnsynced`. */
export async function replaceLinkUnsynced(
  absolute: string,
  target: Uint8Array,
  temporaryName = anyTemporaryName(),
): Promise<void> {
  const folder = await openFolder(dirname(absolute));
  const temporary = join(dirname(absolute), temporaryName);
  try {
    await symlink(Buffer.from(target), below(folder, temporary));
    await rename(below(folder, temporary), below(folder, absolute));
  } catch (error) {
    await rm(below(folder, temporary), { force: true });
    throw inWords(error, absolute);
  } finally {
    await folder.close();
  }
}

/** Makes the names in a folder durable; one that is gone, or has become something else, has none. */
export async function syncFolder(absolute: string): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const folder = await open(absolute, flags).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw inWords(error, absolute);
  });
  if (folder === null) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes a folder that holds nothing; false: it holds something, or is gone. The same rules as `replaceFile`. */
export async function removeEmptyFolder(absolute: string): Promise<boolean> {
  const folder = await openIfFolder(dirname(absolute));
  if (folder === null) return false;
  try {
    await checkPlace(folder, dirname(absolute));
    await rmdir(below(folder, absolute));
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOENT" || code === "ENOTDIR") return false;
    throw inWords(error, absolute);
  } finally {
    await folder.close();
  }
}

/** Opens a folder, and makes it and those above it where they are missing, each through the one above it. */
async function openFolder(absolute: string): Promise<FileHandle> {
  const handle = await openIfFolder(absolute);
  if (handle === null) {
    const above = await openFolder(dirname(absolute));
    try {
      await mkdir(below(above, absolute));
    } catch (error) {
      if (systemErrorCode(error) !== "EEXIST") throw inWords(error, absolute);
    } finally {
      await above.close();
    }
    return openFolder(absolute);
  }
  try {
    await checkPlace(handle, absolute);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Null: it does not exist. */
async function openIfFolder(absolute: string): Promise<FileHandle | null> {
  try {
    return await open(absolute, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    if (systemErrorCode(error) !== "ENOTDIR") throw inWords(error, absolute);
    throw (await isLink(absolute))
      ? changed(absolute)
      : new WorkspaceError("bad_path", `${absolute} is not a folder.`);
  }
}

async function isLink(absolute: string): Promise<boolean> {
  try {
    return (await lstat(absolute)).isSymbolicLink();
  } catch {
    // It lies beneath a file, or is gone: no link in any case.
    return false;
  }
}

/** A path of something in an opened folder, which stays there wherever the folder's name leads. */
function below(folder: FileHandle, absolute: string): string {
  return descriptors === null ? absolute : join(descriptors, String(folder.fd), basename(absolute));
}

async function opened(absolute: string, flags: number): Promise<FileHandle> {
  try {
    return await open(absolute, flags);
  } catch (error) {
    throw inWords(error, absolute);
  }
}

async function checkPlace(handle: FileHandle, absolute: string): Promise<void> {
  if (descriptors !== null) {
    const place = await readlink(join(descriptors, String(handle.fd)));
    if (place !== absolute) throw changed(absolute);
    return;
  }
  const [here, there, real] = await Promise.all([handle.stat(), stat(absolute), realpath(absolute)]);
  if (real !== absolute || here.dev !== there.dev || here.ino !== there.ino) throw changed(absolute);
}

function changed(absolute: string): WorkspaceError {
  return new WorkspaceError("changed", `${absolute} was moved or replaced by a link in this moment.`);
}

function inWords(error: unknown, absolute: string): unknown {
  switch (systemErrorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return new WorkspaceError("not_found", `There is no file ${absolute}.`);
    case "EACCES":
    case "EPERM":
      return new WorkspaceError("not_allowed", `The system does not allow opening ${absolute}.`);
    case "ENXIO":
      return new WorkspaceError("not_a_file", `${absolute} is a device, pipe or socket.`);
    case "ELOOP":
      return changed(absolute);
    default:
      return error;
  }
}
