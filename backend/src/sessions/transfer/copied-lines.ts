/** Events of one log as the lines of another one. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import { encodeLine } from "../log/log-line.ts";

/** An event on its way into another log, where it gets a place of its own. */
export type CopiedEvent = Omit<SessionEvent, "seq" | "from">;

/** So much is written at a time, however long the log is. */
const batchCharacters = 256_000;

/** Bytes of whole lines, numbered from 2 on: the first one is the new session's own. */
export async function* copiedLines(events: AsyncIterable<CopiedEvent>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let seq = 1;
  let batch = "";
  for await (const event of events) {
    seq += 1;
    batch += encodeLine({ seq, ...event });
    if (batch.length < batchCharacters) continue;
    yield encoder.encode(batch);
    batch = "";
  }
  if (batch !== "") yield encoder.encode(batch);
}
