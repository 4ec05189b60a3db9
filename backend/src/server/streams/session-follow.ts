/** Replays a session's log from a position and follows it live: every event once, in order, without a gap between. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { Session } from "../../sessions/session.ts";
import { elideEvent } from "./elision.ts";
import type { EventStream } from "./event-stream.ts";

const replayPage = 500;

interface Following {
  readonly session: Session;
  /** The last seq that the reader has. */
  readonly after: number;
  readonly stream: EventStream;
  /** Makes the frame of an event, already elided for the wire, from its JSON. */
  frame(event: SessionEvent, json: string): string;
  /** The frame that tells a reader to forget what it has: its position is none of this log, which now comes from its beginning. */
  resetFrame(lastSeq: number): string;
}

/**
 * Resolves when the replay has met the live events, or the reader has gone; the following itself ends with the stream.
 * Rejects when the log cannot be read, and follows no more.
 */
export async function followSession(following: Following): Promise<void> {
  const { session, stream, frame } = following;
  if (stream.closed.aborted) return;
  let position = startOf(following);
  const deliver = (event: SessionEvent, json?: string) => {
    // The replay and the live events overlap: what has been sent is not sent again.
    if (event.seq <= position) return;
    position = event.seq;
    const sent = elideEvent(event);
    stream.send(frame(sent, sent === event && json !== undefined ? json : JSON.stringify(sent)));
  };
  let take: (event: SessionEvent, json: string) => void = leaveInLog;
  // Subscribed before the first read, so that nothing falls between the two.
  const unsubscribe = session.subscribe((event, json) => take(event, json));
  stream.closed.addEventListener("abort", unsubscribe);
  while (!stream.closed.aborted) {
    const held: SessionEvent[] = [];
    take = (event) => held.push(event);
    const page = await session.readEvents({ after: position, limit: replayPage }).catch((error: unknown) => {
      unsubscribe();
      throw error;
    });
    const isLast = !page.hasMore && stream.isReady;
    // A reader that stands still must not make us keep what the log has: the next page brings it.
    if (!isLast) take = leaveInLog;
    for (const event of page.events) {
      if (!stream.isReady) {
        take = leaveInLog;
        await stream.ready();
      }
      deliver(event);
    }
    if (take !== leaveInLog) {
      for (const event of held) deliver(event);
      take = deliver;
      return;
    }
  }
}

/** Beyond the end of the log lies nothing that could ever be sent. */
function startOf({ session, after, stream, resetFrame }: Following): number {
  const { lastSeq } = session;
  if (after <= lastSeq) return after;
  stream.send(resetFrame(lastSeq));
  return 0;
}

function leaveInLog(): void {
  // The log has it.
}
