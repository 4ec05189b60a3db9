/** The log over HTTP: one session's events as a stream or in pages, one event whole, and the stream of a whole device. */

import * as z from "zod";
import { Seq } from "../../../protocol/identifiers.ts";
import { SessionSummary } from "../../../protocol/session.ts";
import { SessionEvent } from "../../../protocol/session-update.ts";
import { deviceOf } from "../../callers/authorisation.ts";
import { ApiError } from "../../errors.ts";
import { jsonContent, route } from "../../route-table.ts";
import { compressedJson } from "../../streams/content-encoding.ts";
import { parsePositions, streamDevice } from "../../streams/device-stream.ts";
import { followingStream } from "../../streams/open-event-stream.ts";
import { elidedPage, positionOf, streamSession } from "../../streams/session-stream.ts";
import { found, sessionOf } from "./session-path.ts";

export const EventPage = z
  .object({
    events: z.array(SessionEvent),
    /** The last seq that the log has now. */
    lastSeq: z.int().nonnegative(),
    /** More lie beyond this page, in the direction that was read. */
    hasMore: z.boolean(),
  })
  .meta({ id: "EventPage" });

const eventQuery = z.object({
  after: z.coerce.number().int().nonnegative().optional(),
  /** Pages upward: events before this seq, the newest of them. JSON only. */
  before: z.coerce.number().int().positive().optional(),
  /** How many joined events a page holds. JSON only. */
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});

const DeviceSnapshot = z.object({ sessions: z.array(SessionSummary) }).meta({ id: "DeviceSnapshot" });
const DeviceUpdate = z.object({ sessionId: z.string(), ...SessionEvent.shape }).meta({ id: "DeviceUpdate" });
/** The session is gone. */
const DeviceRemoval = z.object({ sessionId: z.string() }).meta({ id: "DeviceRemoval" });
/** The log has no such position: the session comes again, from its first event. */
const DeviceReset = z
  .object({ sessionId: z.string(), lastSeq: z.int().nonnegative() })
  .meta({ id: "DeviceReset" });
/** The device has opened more than so many streams: its oldest, this one, ends, and is not to be opened again by itself. */
const DeviceCrowded = z.object({ maxStreams: z.int() }).meta({ id: "DeviceCrowded" });
const DeviceMessage = z
  .union([DeviceSnapshot, SessionSummary, DeviceUpdate, DeviceRemoval, DeviceReset, DeviceCrowded])
  .meta({ id: "DeviceMessage" });

export const eventRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/events",
      right: "read",
      summary: "A session's events after a position: server-sent events, or a page as JSON",
      request: { params: z.object({ id: z.string() }), query: eventQuery },
      responses: {
        200: {
          description:
            "`id:` is the seq; `Last-Event-ID` wins over `after`. `event: reset` (`{lastSeq}`): the log has no such position, and comes from its first event.",
          content: { ...jsonContent(EventPage), "text/event-stream": { schema: SessionEvent } },
        },
      },
    },
    async (context, parts) => {
      const query = context.req.valid("query");
      const { id } = context.req.valid("param");
      if (wantsJson(context.req.header("accept"))) {
        const page = found(await parts.sessions.readEvents(id, query));
        return compressedJson(elidedPage(page), context.req.header("accept-encoding"));
      }
      const session = await sessionOf(id, parts);
      const after = positionOf(context.req.header("last-event-id"), session.id) ?? query.after ?? 0;
      return streamSession(followingStream(context, parts), session, after);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/events/{seq}",
      right: "read",
      summary: "One event whole, also where the stream cuts it",
      request: { params: z.object({ id: z.string(), seq: z.coerce.number().pipe(Seq) }) },
      responses: { 200: { description: "The event as it was logged.", content: jsonContent(SessionEvent) } },
    },
    async (context, parts) => {
      const { id, seq } = context.req.valid("param");
      const event = await (await sessionOf(id, parts)).readEvent(seq);
      if (event === null)
        throw new ApiError(404, "not_found", { detail: "The session has no event of that seq." });
      return context.json(event, 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/events",
      right: "read",
      summary:
        "Everything for one device: a snapshot, then summaries, and the updates of the sessions asked for",
      request: { query: z.object({ session: z.union([z.string(), z.array(z.string())]).optional() }) },
      responses: {
        200: {
          description:
            "`event: snapshot` first, then `event: summary` (whole, no id), `event: removed` (`{sessionId}`, no id) and, for each `session={id}:{after}`, `event: update` with `id: {sessionId}:{seq}`. `event: reset` (`{sessionId, lastSeq}`): that log has no such position, and comes from its first event. `event: crowded` (`{maxStreams}`) before the end: this was the oldest of too many; come back when somebody looks.",
          content: { "text/event-stream": { schema: DeviceMessage } },
        },
      },
    },
    (context, parts) => {
      const lastEventId = context.req.header("last-event-id");
      const positions = parsePositions(context.req.queries("session") ?? [], lastEventId);
      return streamDevice({
        stream: followingStream(context, parts),
        deviceId: deviceOf(context).id,
        positions,
        parts,
      });
    },
  ),
];

function wantsJson(accept: string | undefined): boolean {
  return accept?.includes("application/json") === true && !accept.includes("text/event-stream");
}
