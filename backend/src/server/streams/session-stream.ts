/** One session's log as server-sent events, and as pages. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { Session } from "../../sessions/session.ts";
import { elideEvent } from "./elision.ts";
import { type EventStream, eventFrame } from "./event-stream.ts";
import { followSession } from "./session-follow.ts";

/** Sends a session's events after a position, `id:` being the seq. */
export function streamSession(stream: EventStream, session: Session, after: number): Response {
  const frame = (event: SessionEvent) => eventFrame({ id: String(event.seq), data: JSON.stringify(event) });
  // A log that cannot be read ends the stream; the reader comes back for the rest.
  followSession({ session, after, stream, frame }).catch(() => stream.close());
  return stream.response;
}

export interface EventPageQuery {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** A page of joined events: after a position, or the newest before one. */
export async function readEventPage(
  session: Session,
  query: EventPageQuery,
): Promise<{ events: SessionEvent[]; lastSeq: number; hasMore: boolean }> {
  const { events, lastSeq, hasMore } = await session.readEvents(query);
  return { events: events.map(elideEvent), lastSeq, hasMore };
}
