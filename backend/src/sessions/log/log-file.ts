/** The bytes of a log on disk: what is promised, what is only written, and how to get back there after a failure. */
import { join } from "node:path";
import type { AppendFile, DurableFiles } from "../../workspace/durable-files.ts";

const maxUnsyncedBytes = 4_000_000;

/** Where the log of the session lies whose own folder this is. */
export function logPath(directory: string): string {
  return join(directory, "log.jsonl");
}

export interface LogFileStart {
  readonly path: string;
  readonly size: number;
  readonly isTorn: boolean;
  /** Runs before the file is changed for the first time, and again as long as it rejects. */
  readonly beforeChange: (() => Promise<unknown>) | null;
}

/** One writer; calls must not overlap. */
export class LogFile {
  readonly path: string;
  readonly #files: DurableFiles;
  #file: AppendFile | null = null;
  #size: number;
  #syncedSize: number;
  /** Written but not yet synced: written again should a sync fail. */
  #unsynced: Uint8Array[] = [];
  #needsRepair: boolean;
  /** What must be on the disk before the file is changed for the first time; null once it is. */
  #beforeChange: (() => Promise<unknown>) | null;

  /** `size` is where the last complete line ends; what lies behind it, if anything, is cut off before the first append. */
  constructor(files: DurableFiles, given: LogFileStart) {
    this.#files = files;
    this.path = given.path;
    this.#size = given.size;
    this.#syncedSize = given.size;
    this.#needsRepair = given.isTorn;
    this.#beforeChange = given.beforeChange;
  }

  /** Bytes that are written. */
  get size(): number {
    return this.#size;
  }

  get isSynced(): boolean {
    return this.#unsynced.length === 0;
  }

  /** Appends whole lines; when `isDurable`, all that was ever appended is on the disk when it resolves. */
  async append(data: Uint8Array, { isDurable }: { isDurable: boolean }): Promise<void> {
    const isReady = this.#beforeChange === null && !this.#needsRepair;
    const file = (isReady ? this.#file : null) ?? (await this.#repaired());
    if (data.byteLength > 0) await file.append(data);
    const unsyncedBytes = this.#size + data.byteLength - this.#syncedSize;
    const mustSync = isDurable || unsyncedBytes > maxUnsyncedBytes;
    if (mustSync && unsyncedBytes > 0) await file.sync();
    this.#size += data.byteLength;
    if (mustSync) {
      this.#syncedSize = this.#size;
      this.#unsynced = [];
    } else if (data.byteLength > 0) {
      this.#unsynced.push(data);
    }
  }

  /** After a failed append: takes away what it may have left. */
  async rollBack(): Promise<void> {
    this.#needsRepair = true;
    // What the repair did not get to write again is not there: cutting to a size that lies behind the end would add zeros.
    if (this.#file === null || this.#file.size < this.#size) return;
    try {
      await this.#file.truncate(this.#size);
    } catch {
      // The disk is failing: the repair before the next append does it again.
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  /** The open file, ending exactly where it is known to be good. */
  async #repaired(): Promise<AppendFile> {
    await this.#beforeChange?.();
    this.#beforeChange = null;
    this.#file ??= await this.#files.openAppend(this.path);
    const file = this.#file;
    if (!this.#needsRepair) return file;
    // After a failed sync nobody knows which of the bytes since the last one are on disk: they are written again.
    await file.truncate(this.#syncedSize);
    const again = Buffer.concat(this.#unsynced);
    if (again.byteLength > 0) await file.append(again);
    this.#needsRepair = false;
    return file;
  }
}
