/**
 * The system calls that change a folder, one by one, so that a test can fail any of them or freeze the process before it,
 * and so that a played disk (`played-disk.ts`) hears of them. A test file puts this under all of our code:
 * `vi.mock("node:fs/promises", async (original) => (await import("./played-calls.ts")).playedCalls(await original()))`,
 * and the same with `node:fs` and `playedWrites`, which a log is appended with, and `quick-write.ts` and `playedQuickWrite`.
 */
import type { FileHandle } from "node:fs/promises";

type Files = typeof import("node:fs/promises");
type CallbackFiles = typeof import("node:fs");
type QuickWrites = typeof import("../../src/workspace/quick-write.ts");

/** What is about to be done, or was done, below the watched folder. */
export type Call =
  | { readonly type: "open"; readonly path: string; readonly creates: boolean }
  | { readonly type: "write"; readonly path: string; readonly bytes: Uint8Array; readonly handle: number }
  | { readonly type: "sync" | "close"; readonly path: string; readonly handle: number }
  | { readonly type: "truncate"; readonly path: string; readonly size: number; readonly handle: number }
  | { readonly type: "mkdir" | "remove" | "read" | "look"; readonly path: string }
  | { readonly type: "rename"; readonly path: string; readonly to: string };

/** What the test does about the calls. Rejecting in `before` fails the call; `failed` tells which sync failed. */
export interface Watch {
  /** Absolute; calls elsewhere are none of it. */
  readonly folder: string;
  before(call: Call): Promise<void>;
  /** The call was done; `handle` names what an `open` gave. */
  after(call: Call, handle: number | null): void;
  /** The call was failed by `before`. */
  failed(call: Call): void;
}

let watch: Watch | null = null;
let handles = 0;

/** Watches from now on; null ends it. */
export function watchCalls(given: Watch | null): void {
  watch = given;
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: played`), { code });
}

/** A promise that is never settled: the process is gone. */
export function frozen(): Promise<never> {
  return new Promise(() => undefined);
}

/** Files that are open below the watched folder, by the system's number. */
const openFiles = new Map<number, { readonly path: string; readonly handle: number }>();

async function around<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
  const watching = watch;
  if (watching === null || !call.path.startsWith(watching.folder)) return work();
  try {
    await watching.before(call);
  } catch (error) {
    // A close that fails has closed all the same.
    if (call.type === "close") await work();
    watching.failed(call);
    throw error;
  }
  const result = await work();
  if (call.type !== "open") watching.after(call, null);
  return result;
}

/** `node:fs` with the watch before each write by number. */
export function playedWrites(real: CallbackFiles): CallbackFiles {
  type Done = (error: NodeJS.ErrnoException | null, writtenBytes: number) => void;
  const write = (number: number, bytes: Uint8Array, ...rest: [number, number, number | null, Done]) => {
    const [offset, length, position, done] = rest;
    const file = openFiles.get(number);
    const work = () =>
      new Promise<number>((resolve, reject) => {
        real.write(number, bytes, offset, length, position, (error, writtenBytes) =>
          error === null ? resolve(writtenBytes) : reject(error),
        );
      });
    const written =
      file === undefined
        ? work()
        : around({ type: "write", ...file, bytes: bytes.slice(offset, offset + length) }, work);
    written.then(
      (writtenBytes) => done(null, writtenBytes),
      (error: NodeJS.ErrnoException) => done(error, 0),
    );
  };
  const played = { ...real, write: write as CallbackFiles["write"] };
  return { ...played, default: played } as CallbackFiles;
}

/** Every write as on a busy disk, by a call that can be held up. */
export function playedQuickWrite(real: QuickWrites): QuickWrites {
  return { ...real, quickWrite: real.writeAside };
}

/** `node:fs/promises` with the watch before each call. */
export function playedCalls(real: Files): Files {
  const played: Partial<Files> = {
    open: (async (path, flags, mode) => {
      const isNumber = typeof flags === "number";
      const creates = isNumber ? (flags & real.constants.O_CREAT) !== 0 : flags === "wx" || flags === "a";
      const call: Call = { type: "open", path: String(path), creates };
      const file = await around(call, () => real.open(path, flags, mode));
      handles += 1;
      if (watch !== null && call.path.startsWith(watch.folder)) watch.after(call, handles);
      openFiles.set(file.fd, { path: call.path, handle: handles });
      return playedHandle(file, { path: call.path, handle: handles });
    }) as Files["open"],
    mkdir: ((path: string, options: never) =>
      around({ type: "mkdir", path: String(path) }, () => real.mkdir(path, options))) as Files["mkdir"],
    rename: (from, to) =>
      around({ type: "rename", path: String(from), to: String(to) }, () => real.rename(from, to)),
    rm: (path, options) => around({ type: "remove", path: String(path) }, () => real.rm(path, options)),
    readFile: ((path: string, options: never) =>
      around({ type: "read", path: String(path) }, () => real.readFile(path, options))) as Files["readFile"],
    stat: ((path: string) =>
      around({ type: "look", path: String(path) }, () => real.stat(path))) as Files["stat"],
    readdir: ((path: string, options: never) =>
      around({ type: "look", path: String(path) }, () => real.readdir(path, options))) as Files["readdir"],
  };
  return { ...real, ...played };
}

function playedHandle(
  file: FileHandle,
  { path, handle }: { readonly path: string; readonly handle: number },
): FileHandle {
  const changed: Partial<FileHandle> = {
    write: ((bytes: Uint8Array, offset: number, length: number) =>
      around({ type: "write", path, handle, bytes: bytes.slice(offset, offset + length) }, () =>
        file.write(bytes, offset, length),
      )) as FileHandle["write"],
    sync: () => around({ type: "sync", path, handle }, () => file.sync()),
    datasync: () => around({ type: "sync", path, handle }, () => file.datasync()),
    truncate: (size = 0) => around({ type: "truncate", path, handle, size }, () => file.truncate(size)),
    close: () => {
      openFiles.delete(file.fd);
      return around({ type: "close", path, handle }, () => file.close());
    },
  };
  return new Proxy(file, {
    get(target, name) {
      const played: unknown = Reflect.get(changed, name);
      if (played !== undefined) return played;
      const own: unknown = Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}
