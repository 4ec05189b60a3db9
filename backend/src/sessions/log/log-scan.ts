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
  const damaged: DamagedPlace[] = [];
  let completeSize = 0;
  let torn: Buffer | null = null;
  let lastSeq = 0;
  let lastReadableSeq = 0;
  let unexplained = 0;
  let lastPassedOver: Line | null = null;
  for await (const lines of readLines(path, { start: 0, end: size })) {
    for (const line of lines) {
      if (!line.isComplete) {
        torn = line.bytes;
        // A record that was whole, and whose newline became something else: a loss, and no torn end.
        if (isWhole(line.bytes.subarray(0, -1))) damaged.push({ offset: line.offset, bytes: line.bytes });
        continue;
      }
      completeSize = line.offset + line.bytes.byteLength + 1;
      const quiet = listener.onPassedOver === undefined || unexplained > 0 ? null : quietSeq(line.bytes);
      if (quiet !== null && quiet === lastSeq + 1) {
        lastSeq = quiet;
        lastReadableSeq = quiet;
        lastPassedOver = line;
        listener.onPassedOver?.({ seq: quiet, offset: line.offset });
        continue;
      }
      const { decoded, isIntact } = decode(line);
      const seq = seqOf(decoded);
      const isNew = seq !== null && seq > lastSeq;
      if (!isIntact || !isNew) damaged.push({ offset: line.offset, bytes: line.bytes });
      if (!isIntact) unexplained += 1;
      if (seq === null || seq <= lastSeq) continue;
      if (seq - lastSeq - 1 > unexplained) damaged.push({ offset: line.offset, bytes: null });
      unexplained = 0;
      lastSeq = seq;
      if (decoded.type !== "event") continue;
      lastReadableSeq = seq;
      lastPassedOver = null;
      listener.onEvent({ offset: line.offset, event: decoded.event });
    }
  }
  // The end of a log says when it was last written.
  const end = lastPassedOver === null ? null : decode(lastPassedOver).decoded;
  if (lastPassedOver !== null && end?.type === "event")
    listener.onEvent({ offset: lastPassedOver.offset, event: end.event });
  return { completeSize, torn, damaged, lastSeq, lastReadableSeq };
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
