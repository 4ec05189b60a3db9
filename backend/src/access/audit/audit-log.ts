/** The record of who came in and who decided what: `<state>/audit.jsonl`, one entry a line, each chained to the one before. */
import { createReadStream } from "node:fs";
import type { AuditActor, AuditEntry, AuditRecord } from "../../protocol/audit.ts";
import type { AppendFile, DurableFiles } from "../../workspace/durable-files.ts";
import { writeState } from "../../workspace/state-file.ts";
import { type ChainEnd, chainLine, readLine } from "./audit-chain.ts";
import { auditPaths, linesBackward } from "./audit-files.ts";
import { type FoundEnd, findEnd } from "./audit-tail.ts";
import { RefusalGathering, type RefusedTry } from "./refusal-gathering.ts";

export interface AuditLogOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly now?: () => Date;
  /** Hears of what went wrong: entries that cannot be written, a torn end that was cut back, entries that are missing. */
  readonly report?: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Newest first; `before` is a seq. */
export interface AuditQuery {
  readonly before?: number | undefined;
  readonly limit: number;
  readonly kind?: AuditRecord["kind"] | undefined;
}

export interface AuditPage {
  readonly entries: AuditEntry[];
  /** Older ones that fit the question lie beyond. */
  readonly hasMore: boolean;
}

type Waiting = Pick<AuditEntry, "at" | "actor" | "record">;

const retryEveryMs = 5_000;
/** What the disk does not take is kept for later; more than this is not. */
const mostWaiting = 1_000;
/** Strangers must not take the place of what devices decided. */
const mostRefusalsWaiting = 500;

/** The only writer of the log. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #refusals: RefusalGathering;
  /** Bytes that are known to be good: whatever lies behind them is cut off before the next write. */
  #size: number;
  #end: ChainEnd;
  #file: AppendFile | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  #isFailing = false;
  #isClosed = false;

  private constructor(options: AuditLogOptions, { end, size }: FoundEnd) {
    this.#options = options;
    this.#size = size;
    this.#end = end;
    const write = ({ actor, record }: RefusedTry): void => void this.#add(actor, record);
    this.#refusals = new RefusalGathering(write, () => this.#now().getTime());
  }

  /** Finds the end of the chain from the end of the file; what was torn there is cut back, and reported. */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const found = await findEnd(options.files, options.directory);
    reportFound(found, options.report);
    const log = new AuditLog(options, found);
    if (found.head === null) await log.#noteEnd();
    return log;
  }

  /**
   * Writes an entry down; on the disk when it resolves. Refusals are gathered instead, and resolve at once.
   * Never rejects: what the disk does not take is reported, kept, and tried again.
   */
  record(actor: AuditActor, record: AuditRecord): Promise<void> {
    if (record.kind !== "refused") return this.#add(actor, record);
    if (!this.#isClosed) this.#refusals.add({ actor, record });
    return Promise.resolve();
  }

  /** A page of entries. Reads back from the end as far as it must. */
  async page({ before = Number.POSITIVE_INFINITY, limit, kind }: AuditQuery): Promise<AuditPage> {
    await this.#writing;
    const entries: AuditEntry[] = [];
    for await (const line of linesBackward(this.#path, this.#size)) {
      if (!mayFit(line.text, before, kind)) continue;
      const entry = readLine(line.text)?.entry;
      if (entry === undefined || (kind !== undefined && entry.record.kind !== kind)) continue;
      if (entries.length === limit) return { entries, hasMore: true };
      entries.push(entry);
    }
    return { entries, hasMore: false };
  }

  /** The bytes of the whole log as it is now. */
  async *export(): AsyncGenerator<Uint8Array> {
    await this.#writing;
    if (this.#size > 0) yield* createReadStream(this.#path, { end: this.#size - 1 });
  }

  /** Writes what is gathered and lets go of the file. */
  async close(): Promise<void> {
    this.#refusals.flush();
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#writeSoon();
    await this.#file?.close();
    this.#file = null;
  }

  get #path(): string {
    return auditPaths(this.#options.directory).log;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #report(message: string, facts: Readonly<Record<string, unknown>>): void {
    this.#options.report?.(message, facts);
  }

  #add(actor: AuditActor, record: AuditRecord): Promise<void> {
    const most = record.kind === "refused" ? mostRefusalsWaiting : mostWaiting;
    if (this.#isClosed || this.#waiting.length >= most) {
      this.#report("an audit entry is lost", { kind: record.kind });
      return Promise.resolve();
    }
    this.#waiting.push({ at: this.#now().toISOString(), actor, record });
    return this.#writeSoon();
  }

  /** Entries that come while others are being written go to the disk together, in the next write. */
  #writeSoon(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeWaiting());
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    const entries = this.#waiting;
    if (entries.length === 0) return;
    this.#waiting = [];
    try {
      await this.#write(entries);
      this.#isFailing = false;
    } catch (error) {
      this.#waiting = [...entries, ...this.#waiting];
      if (!this.#isFailing) this.#report("the audit log cannot be written", { error });
      this.#isFailing = true;
      this.#retryLater();
    }
  }

  async #write(entries: readonly Waiting[]): Promise<void> {
    let end = this.#end;
    const lines = entries.map((entry) => {
      const made = chainLine(end, entry);
      end = made.end;
      return `${made.line}\n`;
    });
    const bytes = Buffer.from(lines.join(""));
    try {
      const file = await this.#openFile();
      await file.append(bytes);
      await file.sync();
    } catch (error) {
      await this.#letGo();
      throw error;
    }
    this.#end = end;
    this.#size += bytes.byteLength;
    await this.#noteEnd();
  }

  /** The file, ending exactly where it is known to be good. */
  async #openFile(): Promise<AppendFile> {
    if (this.#file !== null) return this.#file;
    const file = await this.#options.files.openAppend(this.#path);
    this.#file = file;
    if (file.size > this.#size) await file.truncate(this.#size);
    return file;
  }

  /** After a failed sync nobody knows which bytes are on the disk: the next write begins again at the last good one. */
  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => undefined);
  }

  /** The entries themselves are safe by now: a note that lags behind them is put right by the next one. */
  async #noteEnd(): Promise<void> {
    const { files, directory } = this.#options;
    try {
      await writeState(files, auditPaths(directory).head, { version: 1, ...this.#end });
    } catch (error) {
      this.#report("the end of the audit log cannot be noted", { error });
    }
  }

  #retryLater(): void {
    if (this.#isClosed) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      void this.#writeSoon();
    }, retryEveryMs).unref();
  }
}

const seqPattern = /^\{"seq":(\d+),/;

/** A look at the text alone, so that a page far back does not take every line apart. */
function mayFit(line: string, before: number, kind: AuditRecord["kind"] | undefined): boolean {
  const seq = Number(seqPattern.exec(line)?.[1] ?? Number.NaN);
  return seq < before && (kind === undefined || line.includes(`"kind":"${kind}"`));
}

function reportFound(found: FoundEnd, report: AuditLogOptions["report"]): void {
  if (found.tornBytes > 0)
    report?.("the last line of the audit log was torn and is cut off", { bytes: found.tornBytes });
  if (found.missing > 0)
    report?.("entries are missing from the end of the audit log", { count: found.missing });
  if (found.damagedLines > 0)
    report?.("the last lines of the audit log are damaged", { count: found.damagedLines });
  if (found.head === null && found.size > 0)
    report?.("the note of the audit log's end is gone: nobody can tell whether entries are", {});
}
