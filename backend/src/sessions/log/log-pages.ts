/** Pages of a session's log as readers get them: chunks joined, positions without gaps. */

import { joinChunks } from "../../../../transcript/join-chunks.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";
import { readPlacedEvents } from "./log-scan.ts";

/** Positions are exclusive. With `before` and `limit` the newest events before it are meant, else the oldest. */
export interface LogRange {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Counts joined events. */
  readonly limit?: number | undefined;
}

export interface LogPage {
  readonly events: SessionEvent[];
  /** The last seq of the log when it was read. */
  readonly lastSeq: number;
  /** More lie beyond this page, in the direction that was read. */
  readonly hasMore: boolean;
}

/** Where in the log's file to begin reading, in steps of 256 kB or so. */
export interface LogPlaces {
  /** An offset at or before the line of `seq`. */
  offsetFor(seq: number): number;
  /** The seq of the entry `steps` before that of `seq`; 1 is the log's beginning. */
  seqBefore(seq: number, steps: number): number | Promise<number>;
}

/** The log's file as it stands: complete lines up to `size`. */
export interface ReadableLog {
  readonly path: string;
  readonly size: number;
  readonly lastSeq: number;
  readonly index: LogPlaces;
}

/** Reads one page. A join never starts before `after`; an event's `from` covers what could not be read before it. */
export async function readPage(log: ReadableLog, range: LogRange): Promise<LogPage> {
  const { after, before, limit } = range;
  if (before === undefined || limit === undefined) return readDownward(log, range);
  return readUpward(log, { after, before, limit });
}

/** All joined events of the range, one by one; `limit` is not looked at. */
export async function* readJoined(
  log: Omit<ReadableLog, "lastSeq">,
  range: LogRange,
): AsyncGenerator<SessionEvent> {
  const after = range.after ?? 0;
  const before = range.before ?? Number.POSITIVE_INFINITY;
  let last = after;
  let open: SessionEvent | null = null;
  const bytes = { start: log.index.offsetFor(after + 1), end: log.size };
  reading: for await (const placed of readPlacedEvents(log.path, bytes)) {
    for (const { event } of placed) {
      if (event.seq <= after) continue;
      if (event.seq >= before) break reading;
      const gapless: SessionEvent = event.seq === last + 1 ? event : { ...event, from: last + 1 };
      last = event.seq;
      const joined: SessionEvent | null = open === null ? null : joinChunks(open, gapless);
      if (open !== null && joined === null) yield open;
      open = joined ?? gapless;
    }
  }
  if (open !== null) yield open;
}

async function readDownward(log: ReadableLog, range: LogRange): Promise<LogPage> {
  const limit = range.limit ?? Number.POSITIVE_INFINITY;
  const events: SessionEvent[] = [];
  for await (const event of readJoined(log, range)) {
    if (events.length >= limit) return { events, lastSeq: log.lastSeq, hasMore: true };
    events.push(event);
  }
  return { events, lastSeq: log.lastSeq, hasMore: false };
}

interface UpwardRange {
  readonly after: number | undefined;
  readonly before: number;
  readonly limit: number;
}

/** Reads larger and larger parts before the position until one holds enough. */
async function readUpward(log: ReadableLog, range: UpwardRange, steps = 1): Promise<LogPage> {
  const { before, limit } = range;
  const after = Math.max(range.after ?? 0, (await log.index.seqBefore(before, steps)) - 1);
  const { events } = await readDownward(log, { after, before });
  const isAll = after <= (range.after ?? 0);
  // The first of a part may be the end of a join, so one more than asked must be there.
  if (!isAll && events.length <= limit) return readUpward(log, range, steps * 2);
  return { events: events.slice(-limit), lastSeq: log.lastSeq, hasMore: events.length > limit };
}
