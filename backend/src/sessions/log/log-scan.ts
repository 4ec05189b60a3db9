/** Reads a session's log from its beginning: hands on each event, finds damage, and remembers where to read from. */

import type { SessionEvent } from "../../protocol/session-update.ts";
import { type Line, readLines } from "./line-stream.ts";
import { type DecodedLine, decodeLine, rescueLine } from "./log-line.ts";
import { quietSeq } from "./quiet-line.ts";

/** Something that the log once held and holds no more. `bytes` null: lines are missing altogether. */
export interface DamagedPlace {
  readonly offset: number;
  readonly bytes: Buffer | null;
}

/** An event and where its line begins. */
export interface PlacedEvent {
  readonly offset: number;
  readonly event: SessionEvent;
}

export interface LogScan {
  /** Bytes up to the last newline: what comes after was never complete. */
  readonly completeSize: number;
  readonly torn: Buffer | null;
  readonly damaged: readonly DamagedPlace[];
  /** The highest seq of any line, and of any that a reader gets. */
  readonly lastSeq: number;
  readonly lastReadableSeq: number;
}

/** Who is told of the lines of a log. */
export interface ScanListener {
  /** Each event, in order; of streamed text, when that is passed over, only what is the log's very end. */
  onEvent(placed: PlacedEvent): void;
  /** Lines of streamed text are told of here, and not decoded; without it they are events like any other. */
  onPassedOver?(place: { readonly seq: number; readonly offset: number }): void;
}

/** Goes once through the log at `path`, `size` bytes long. */
export async function scanLog(path: string, size: number, listener: ScanListener): Promise<LogScan> {
  const reader = new LogReader(listener);
  for await (const lines of readLines(path, { start: 0, end: size }))
    for (const line of lines) reader.take(line);
  return reader.finish();
}

/** What is known of a log up to the line that was taken last. */
class LogReader {
  readonly #listener: ScanListener;
  readonly #damaged: DamagedPlace[] = [];
  #completeSize = 0;
  #torn: Buffer | null = null;
  #lastSeq = 0;
  #lastReadableSeq = 0;
  /** Damaged lines whose seqs are not accounted for yet. */
  #unexplained = 0;
  #lastPassedOver: Line | null = null;

  constructor(listener: ScanListener) {
    this.#listener = listener;
  }

  take(line: Line): void {
    if (!line.isComplete) return this.#takeTorn(line);
    this.#completeSize = line.offset + line.bytes.byteLength + 1;
    if (!this.#passOver(line)) this.#takeDecoded(line);
  }

  finish(): LogScan {
    // The end of a log says when it was last written.
    const last = this.#lastPassedOver;
    const end = last === null ? null : decode(last).decoded;
    if (last !== null && end?.type === "event")
      this.#listener.onEvent({ offset: last.offset, event: end.event });
    return {
      completeSize: this.#completeSize,
      torn: this.#torn,
      damaged: this.#damaged,
      lastSeq: this.#lastSeq,
      lastReadableSeq: this.#lastReadableSeq,
    };
  }

  #takeTorn({ bytes, offset }: Line): void {
    this.#torn = bytes;
    // A record that was whole, and whose newline became something else: a loss, and no torn end.
    if (isWhole(bytes.subarray(0, -1))) this.#damaged.push({ offset, bytes });
  }

  /** Whether the line is the next one of streamed text, which need not be decoded. */
  #passOver(line: Line): boolean {
    if (this.#listener.onPassedOver === undefined || this.#unexplained > 0) return false;
    const seq = quietSeq(line.bytes);
    if (seq === null || seq !== this.#lastSeq + 1) return false;
    this.#lastSeq = seq;
    this.#lastReadableSeq = seq;
    this.#lastPassedOver = line;
    this.#listener.onPassedOver({ seq, offset: line.offset });
    return true;
  }

  #takeDecoded(line: Line): void {
    const { offset, bytes } = line;
    const { decoded, isIntact } = decode(line);
    const seq = seqOf(decoded);
    const isNew = seq !== null && seq > this.#lastSeq;
    if (!isIntact || !isNew) this.#damaged.push({ offset, bytes });
    if (!isIntact) this.#unexplained += 1;
    if (seq === null || !isNew) return;
    if (seq - this.#lastSeq - 1 > this.#unexplained) this.#damaged.push({ offset, bytes: null });
    this.#unexplained = 0;
    this.#lastSeq = seq;
    if (decoded.type !== "event") return;
    this.#lastReadableSeq = seq;
    this.#lastPassedOver = null;
    this.#listener.onEvent({ offset, event: decoded.event });
  }
}

/** The events of a part of the log, in order, each once; what is damaged or unknown is left out. */
export async function* readPlacedEvents(
  path: string,
  range: { start: number; end: number },
): AsyncGenerator<PlacedEvent[]> {
  let lastSeq = 0;
  for await (const lines of readLines(path, range)) {
    const events: PlacedEvent[] = [];
    for (const line of lines) {
      const { decoded } = decode(line);
      const seq = seqOf(decoded);
      if (seq === null || seq <= lastSeq) continue;
      lastSeq = seq;
      if (decoded.type === "event") events.push({ offset: line.offset, event: decoded.event });
    }
    yield events;
  }
}

/** The seq of a line that is exactly what was once written, also of a kind that this version does not know; else null. */
export function intactSeq(bytes: Buffer): number | null {
  return quietSeq(bytes) ?? seqOf(decodeLine(bytes.toString("utf8")));
}

function isWhole(bytes: Buffer): boolean {
  return decodeLine(bytes.toString("utf8")).type !== "damaged";
}

function decode(line: Line): { decoded: DecodedLine; isIntact: boolean } {
  const text = line.bytes.toString("utf8");
  const decoded = decodeLine(text);
  if (decoded.type !== "damaged") return { decoded, isIntact: true };
  const rescued = rescueLine(text);
  return { decoded: rescued === null ? decoded : decodeLine(rescued), isIntact: false };
}

function seqOf(decoded: DecodedLine): number | null {
  switch (decoded.type) {
    case "event":
      return decoded.event.seq;
    case "unknown":
      return decoded.seq;
    case "damaged":
      return null;
  }
}
