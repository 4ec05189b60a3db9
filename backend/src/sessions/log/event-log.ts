/**
 * A session's log on disk: `log.jsonl`, one event a line, appended, never rewritten. Events get their seq when they are
 * queued and reach listeners, in order, once they are written; those that must last, once they are synced.
 */
import { stat } from "node:fs/promises";
import { setImmediate as endOfGo } from "node:timers/promises";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { setDamageAside } from "./damaged-lines.ts";
import { LogFile, logPath } from "./log-file.ts";
import { LogIndex } from "./log-index.ts";
import { lineOf } from "./log-line.ts";
import { type LogPage, type LogRange, type ReadableLog, readJoined, readPage } from "./log-pages.ts";
import { type LogScan, scanLog } from "./log-scan.ts";

/** An event before it has its place. */
export type LogEntry = Omit<SessionEvent, "seq" | "at" | "from">;

export interface EventLogOptions {
  /** Absolute; the session's own folder, which exists. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly now: () => Date;
  /** Streamed text is not decoded when the log is opened, and `onLoad` is told only of what is its very end. */
  readonly passesOverText?: true;
  /** Each event that is found when the log is opened. */
  readonly onLoad: (event: SessionEvent) => void;
}

/** Who is told of what happens to the log. */
export interface LogListener {
  /** Each event, in order, once it is written, with the very JSON of it. */
  onWritten(event: SessionEvent, json: string): void;
  /** Queued events were lost; the next one queued takes the seq of the first of them. */
  onFailed(error: unknown): void;
}

interface Batch {
  readonly events: readonly SessionEvent[];
  /** Who waits until it is on the disk; null: nobody, and it need not be. */
  readonly waiter: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null;
}

interface WrittenEvent {
  readonly event: SessionEvent;
  readonly json: string;
}

/** Text that streams in may be lost with the power for so long. */
const syncWithinMs = 1_000;

/** The only writer of one log. */
export class EventLog {
  /** Places that turned out damaged and that no notice in the log tells of yet. */
  readonly damagedCount: number;
  readonly #options: EventLogOptions;
  readonly #file: LogFile;
  readonly #index: LogIndex;
  #listener: LogListener | null = null;
  #queue: Batch[] = [];
  #draining: Promise<void> | null = null;
  #syncTimer: NodeJS.Timeout | null = null;
  #nextSeq: number;
  #writtenSeq: number;
  #readableSeq: number;
  #isFailing = false;

  private constructor(
    options: EventLogOptions,
    opened: { file: LogFile; index: LogIndex; scan: LogScan; damagedCount: number },
  ) {
    this.#options = options;
    this.#file = opened.file;
    this.#index = opened.index;
    this.damagedCount = opened.damagedCount;
    this.#writtenSeq = opened.scan.lastSeq;
    this.#readableSeq = opened.scan.lastReadableSeq;
    this.#nextSeq = opened.scan.lastSeq + 1;
  }

  /** Reads the log once through `onLoad`; what is damaged is set aside. A log that is not there is empty. */
  static async open(options: EventLogOptions): Promise<EventLog> {
    const path = logPath(options.directory);
    const index = new LogIndex();
    const found = await stat(path).catch(missingAsNull);
    let toldCount = 0;
    const scan = await scanLog(path, found?.size ?? 0, {
      onEvent({ offset, event }) {
        index.note({ seq: event.seq, offset });
        toldCount += damageToldBy(event);
        options.onLoad(event);
      },
      ...(options.passesOverText === true ? { onPassedOver: (place) => index.note(place) } : {}),
    });
    const aside = await setAside(options, scan);
    const file = new LogFile(options.files, {
      path,
      size: scan.completeSize,
      isTorn: scan.torn !== null,
      beforeChange: aside.again,
    });
    const damagedCount = Math.max(0, aside.damagedCount - toldCount);
    return new EventLog(options, { file, index, scan, damagedCount });
  }

  /** Names the one listener; before anything is appended. */
  listen(listener: LogListener): void {
    this.#listener = listener;
  }

  /** The last seq that is written. */
  get lastSeq(): number {
    return this.#writtenSeq;
  }

  /** The last seq that is given out, written or not. */
  get queuedSeq(): number {
    return this.#nextSeq - 1;
  }

  /** Bytes of all that was ever queued; null while something is on its way to the file, or has failed to get there. */
  get settledSize(): number | null {
    return this.#draining === null && !this.#isFailing ? this.#file.size : null;
  }

  /** False from a failed write or sync until one succeeds. */
  get isSaving(): boolean {
    return !this.#isFailing;
  }

  /** Queues events and returns them with their places. */
  append(entries: readonly LogEntry[]): SessionEvent[] {
    const events = this.#place(entries);
    // A failure is told through `onFailed`.
    this.#enqueue({ events, waiter: null });
    return events;
  }

  /** Queues events; `saved` resolves once they are on disk (fdatasync) and rejects when they cannot be. */
  appendDurable(entries: readonly LogEntry[]): { events: SessionEvent[]; saved: Promise<void> } {
    const events = this.#place(entries);
    return { events, saved: this.#saved(events) };
  }

  /** A page of what is written. */
  read(range: LogRange): Promise<LogPage> {
    return readPage(this.#readable(), range);
  }

  /** All that is written after a position, joined, one by one. */
  stream(range: Omit<LogRange, "limit">): AsyncGenerator<SessionEvent> {
    return readJoined(this.#readable(), range);
  }

  /** Resolves once all that is queued is written and synced, or has failed. */
  async flush(): Promise<void> {
    if (this.#draining === null && this.#file.isSynced) return;
    // A failure is told through `onFailed` and to those who wait for their own events.
    await this.#saved([]).catch(() => undefined);
  }

  /** Flushes and lets go of the file. Nothing may be appended afterwards. */
  async close(): Promise<void> {
    await this.flush();
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
    await this.#file.close();
  }

  #readable(): ReadableLog {
    return { path: this.#file.path, size: this.#file.size, lastSeq: this.#writtenSeq, index: this.#index };
  }

  #place(entries: readonly LogEntry[]): SessionEvent[] {
    const at = this.#options.now().toISOString();
    return entries.map((entry) => ({ seq: this.#nextSeq++, at, ...entry }));
  }

  #saved(events: readonly SessionEvent[]): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ events, waiter: { resolve, reject } }));
  }

  #enqueue(batch: Batch): void {
    this.#queue.push(batch);
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // What is queued in the same go leaves together; a go in which nobody waits for the disk lasts one turn of the event loop.
    if (this.#queue.every(({ waiter }) => waiter === null)) await endOfGo();
    else await Promise.resolve();
    while (this.#queue.length > 0) {
      const batches = this.#queue.splice(0);
      try {
        const placed = await this.#write(batches);
        // Before anybody reads of it, and also while there is always more to write.
        this.#syncSoon();
        this.#publish(placed);
      } catch (error) {
        await this.#fail([...batches, ...this.#queue.splice(0)], error);
        continue;
      }
      for (const { waiter } of batches) waiter?.resolve();
    }
    this.#draining = null;
    this.#syncSoon();
  }

  async #write(batches: readonly Batch[]): Promise<readonly WrittenEvent[]> {
    const placed = batches.flatMap(({ events }) => events.map(withJson));
    const lines = placed.map(({ json }) => Buffer.from(lineOf(json), "utf8"));
    let offset = this.#file.size;
    await this.#file.append(joined(lines), { isDurable: batches.some(({ waiter }) => waiter !== null) });
    for (const [position, { event }] of placed.entries()) {
      this.#index.note({ seq: event.seq, offset });
      offset += lines[position]?.byteLength ?? 0;
    }
    this.#writtenSeq = placed.at(-1)?.event.seq ?? this.#writtenSeq;
    return placed;
  }

  #publish(placed: readonly WrittenEvent[]): void {
    this.#isFailing = false;
    for (const { event, json } of placed) {
      // After damaged or unknown lines the first live event stands for their places too.
      const from = this.#readableSeq + 1;
      this.#readableSeq = event.seq;
      if (event.seq === from) this.#tell((listener) => listener.onWritten(event, json));
      else this.#tellOf({ ...event, from });
    }
  }

  #tellOf(event: SessionEvent): void {
    this.#tell((listener) => listener.onWritten(event, JSON.stringify(event)));
  }

  async #fail(batches: readonly Batch[], error: unknown): Promise<void> {
    this.#isFailing = true;
    this.#nextSeq = this.#writtenSeq + 1;
    await this.#file.rollBack();
    this.#tell((listener) => listener.onFailed(error));
    for (const { waiter } of batches) waiter?.reject(error);
  }

  /** What a listener makes of an event is its own: a failure there must not stop the log. */
  #tell(tell: (listener: LogListener) => void): void {
    if (this.#listener === null) return;
    try {
      tell(this.#listener);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  #syncSoon(): void {
    if (this.#file.isSynced || this.#syncTimer !== null) return;
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = null;
      void this.flush();
    }, syncWithinMs).unref();
  }
}

function withJson(event: SessionEvent): WrittenEvent {
  return { event, json: JSON.stringify(event) };
}

function joined(lines: readonly Buffer[]): Buffer {
  const [first] = lines;
  return lines.length === 1 && first !== undefined ? first : Buffer.concat(lines);
}

/** How many damaged places a notice tells of. */
function damageToldBy({ update }: SessionEvent): number {
  if (update.sessionUpdate !== "notice" || update.code !== "damaged_lines") return 0;
  const { count } = update.data ?? {};
  return typeof count === "number" ? count : 0;
}

/** A disk that takes nothing keeps nobody from reading: then what is damaged is set aside before the log is changed. */
async function setAside(
  { files, directory }: EventLogOptions,
  { damaged, torn, completeSize }: LogScan,
): Promise<{ damagedCount: number; again: (() => Promise<number>) | null }> {
  const found = { damaged, torn: torn === null ? null : { offset: completeSize, bytes: torn } };
  const again = () => setDamageAside(files, directory, found);
  try {
    return { damagedCount: await again(), again: null };
  } catch {
    // The first change of the log says so: until it is set aside, nothing is written.
    return { damagedCount: damaged.length, again };
  }
}

/** A log that is there and cannot be looked at must not be taken for an empty one. */
function missingAsNull(error: unknown): null {
  if (systemErrorCode(error) === "ENOENT") return null;
  throw error;
}
