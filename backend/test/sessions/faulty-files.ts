/** A disk that fails when the test says so; everything else is the real one. */
import { type AppendFile, type DurableFiles, durableFiles } from "../../src/workspace/durable-files.ts";

export type FailingCall = "append" | "sync" | "truncate";

export interface FaultyFiles extends DurableFiles {
  /** The calls that fail from now on. */
  failing: ReadonlySet<FailingCall>;
  /** Every call on an open file, in order. */
  readonly calls: FailingCall[];
  /** Files that are open for appending. */
  openFiles: number;
}

/** Fails nothing at first. */
export function faultyFiles(): FaultyFiles {
  const files: FaultyFiles = {
    ...durableFiles,
    failing: new Set(),
    calls: [],
    openFiles: 0,
    openAppend: async (path) => {
      const file = faultyFile(await durableFiles.openAppend(path), files);
      files.openFiles += 1;
      return file;
    },
  };
  return files;
}

function faultyFile(file: AppendFile, files: FaultyFiles): AppendFile {
  const attempt = async (call: FailingCall, work: () => Promise<void>): Promise<void> => {
    files.calls.push(call);
    if (files.failing.has(call))
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    await work();
  };
  return {
    get size() {
      return file.size;
    },
    append: (data) => attempt("append", () => file.append(data)),
    sync: () => attempt("sync", () => file.sync()),
    truncate: (size) => attempt("truncate", () => file.truncate(size)),
    close: async () => {
      await file.close();
      files.openFiles -= 1;
    },
  };
}
