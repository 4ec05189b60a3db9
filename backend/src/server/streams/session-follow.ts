/** Replays a session's log from a position and follows it live: every event once, in order, without a gap between. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { Session } from "../../sessions/session.ts";
import { elideEvent } from "./elision.ts";
import type { EventStream } from "./event-stream.ts";

const replayPage = 500;

export interface Following {
  readonly session: Session;
  /** The last seq that the reader has. */
  readonly after: number;
  readonly stream: EventStream;
  /** Makes the frame of an event, already elided for the wire. */
  frame(event: SessionEvent): string;
}

/** Resolves when the replay has met the live events, or the reader has gone; the following itself ends with the stream. */
export async function followSession({ session, after, stream, frame }: Following): Promise<void> {
  let position = after;
  let held: SessionEvent[] | null = [];
  const deliver = (event: SessionEvent) => {
    // The replay and the live events overlap: what has been sent is not sent again.
    if (event.seq <= position) return;
    position = event.seq;
    stream.send(frame(elideEvent(event)));
  };
  // Subscribed before the first read, so that nothing falls between the two.
  const unsubscribe = session.subscribe((event) => (held === null ? deliver(event) : held.push(event)));
  stream.closed.addEventListener("abort", unsubscribe);
  while (!stream.closed.aborted) {
    // Each page covers what came before it was read, so older held events need not be kept.
    held = [];
    const page = await session.readEvents({ after: position, limit: replayPage });
    for (const event of page.events) deliver(event);
    if (!page.hasMore) break;
    await stream.ready();
  }
  for (const event of held ?? []) deliver(event);
  held = null;
}
