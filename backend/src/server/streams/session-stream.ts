/** One session's log as server-sent events, and as pages. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { LogPage } from "../../sessions/log/log-pages.ts";
import type { Session } from "../../sessions/session.ts";
import { elideEvent } from "./elision.ts";
import { type EventStream, eventFrame } from "./event-stream.ts";
import { followSession } from "./session-follow.ts";

/** Sends a session's events after a position, `id:` being the seq; after `event: reset` all from the first, when the log has no such position. */
export function streamSession(stream: EventStream, session: Session, after: number): Response {
  const frame = (event: SessionEvent, json: string) => eventFrame({ id: String(event.seq), data: json });
  const resetFrame = (lastSeq: number) => eventFrame({ event: "reset", data: JSON.stringify({ lastSeq }) });
  // A log that cannot be read ends the stream; the reader comes back for the rest.
  followSession({ session, after, stream, frame, resetFrame }).catch(() => stream.close());
  stream.closed.addEventListener(
    "abort",
    session.onEnded(() => stream.close()),
  );
  return stream.response;
}

/**
 * The position that `Last-Event-ID` names: `{seq}`, or `{sessionId}:{seq}` as the stream of a device has it. Null without
 * one. An id of another log, or of none, is beyond the end of every log.
 */
export function positionOf(header: string | undefined, sessionId: string): number | null {
  if (header === undefined || header === "") return null;
  const seq = header.startsWith(`${sessionId}:`) ? header.slice(sessionId.length + 1) : header;
  return /^\d{1,15}$/.test(seq) ? Number(seq) : Number.POSITIVE_INFINITY;
}

/** A page as it is sent: long results cut as in the stream. */
export function elidedPage({ events, lastSeq, hasMore }: LogPage): LogPage {
  return { events: events.map(elideEvent), lastSeq, hasMore };
}
