/** Writes the events of a stream to a response: paced or as fast as the reader takes them, in whole events or in small pieces. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { holdEvent, type StreamEnd } from "./reply-events.ts";

export interface StreamManner {
  /** Default: as fast as possible. */
  readonly eventsPerSecond?: number | undefined;
  /** Cuts the stream into pieces of so many bytes. Default: whole events. */
  readonly wireBytes?: number | undefined;
  /** Resolves when a held stream may go on. */
  readonly released: (signal: AbortSignal) => Promise<void>;
  /** Aborted when the reader has left or the server closes. */
  readonly signal: AbortSignal;
}

const gatherCharacters = 16_384;

/** Resolves when the last event is handed to the socket. Rejects with an AbortError when the signal aborts. */
export async function writeStream(
  response: ServerResponse,
  events: Generator<string, StreamEnd>,
  manner: StreamManner,
): Promise<StreamEnd> {
  const pacing = manner.eventsPerSecond === undefined ? null : startPacing(manner.eventsPerSecond);
  let gathered = "";
  let next = events.next();
  while (!next.done) {
    gathered += next.value;
    const isHeld = next.value === holdEvent;
    if (pacing || isHeld || gathered.length >= gatherCharacters) {
      await write(response, gathered, manner);
      gathered = "";
    }
    if (isHeld) await manner.released(manner.signal);
    else if (pacing) await pacing(manner.signal);
    next = events.next();
  }
  await write(response, gathered, manner);
  return next.value;
}

/** Waits until the next event's time has come. */
function startPacing(eventsPerSecond: number): (signal: AbortSignal) => Promise<void> {
  let dueMs = performance.now();
  return async (signal) => {
    // Against the last due time, not the last event: late timers must not add up. A long hold is not caught up with.
    dueMs = Math.max(dueMs + 1000 / eventsPerSecond, performance.now() - 100);
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
  };
}

async function write(
  response: ServerResponse,
  text: string,
  { wireBytes, signal }: StreamManner,
): Promise<void> {
  signal.throwIfAborted();
  if (text === "") return;
  const bytes = Buffer.from(text);
  const pieceBytes = wireBytes ?? bytes.length;
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const hasRoom = response.write(bytes.subarray(start, start + pieceBytes));
    if (!hasRoom) await once(response, "drain", { signal });
  }
}
