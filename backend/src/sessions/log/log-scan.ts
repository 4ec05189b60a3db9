/** Reads a session's log from its beginning: hands on each event, finds damage, and remembers where to read from. */

import type { SessionEvent } from "../../protocol/session-update.ts";
import { type Line, readLines } from "./line-stream.ts";
import { type DecodedLine, decodeLine, rescueLine } from "./log-line.ts";

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

/** Goes once through the log at `path`, `size` bytes long. */
export async function scanLog(
  path: string,
  size: number,
  onEvent: (placed: PlacedEvent) => void,
): Promise<LogScan> {
  const damaged: DamagedPlace[] = [];
  let completeSize = 0;
  let torn: Buffer | null = null;
  let lastSeq = 0;
  let lastReadableSeq = 0;
  let unexplained = 0;
  for await (const lines of readLines(path, { start: 0, end: size })) {
    for (const line of lines) {
      if (!line.isComplete) {
        torn = line.bytes;
        continue;
      }
      completeSize = line.offset + line.bytes.byteLength + 1;
      const { decoded, isWhole } = decode(line);
      const seq = seqOf(decoded);
      const isNew = seq !== null && seq > lastSeq;
      if (!isWhole || !isNew) damaged.push({ offset: line.offset, bytes: line.bytes });
      if (!isWhole) unexplained += 1;
      if (seq === null || seq <= lastSeq) continue;
      if (seq - lastSeq - 1 > unexplained) damaged.push({ offset: line.offset, bytes: null });
      unexplained = 0;
      lastSeq = seq;
      if (decoded.type !== "event") continue;
      lastReadableSeq = seq;
      onEvent({ offset: line.offset, event: decoded.event });
    }
  }
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

function decode(line: Line): { decoded: DecodedLine; isWhole: boolean } {
  const text = line.bytes.toString("utf8");
  const decoded = decodeLine(text);
  if (decoded.type !== "damaged") return { decoded, isWhole: true };
  const rescued = rescueLine(text);
  return { decoded: rescued === null ? decoded : decodeLine(rescued), isWhole: false };
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
