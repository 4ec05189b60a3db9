/** Conversations: list, make, look at, change, delete; and what a device has read of one. */
import * as z from "zod";
import type { AuditRecord } from "../../../protocol/audit.ts";
import { Seq, Timestamp } from "../../../protocol/identifiers.ts";
import { CreateSession, PatchSession, SessionSummary } from "../../../protocol/session.ts";
import { auditActor } from "../../callers/audit-actor.ts";
import { actorOf, assertRight, deviceOf } from "../../callers/authorisation.ts";
import type { ServerParts } from "../../parts.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";
import { found, isKnownProject, sessionOf } from "./session-path.ts";

export const SessionPage = z
  .object({ sessions: z.array(SessionSummary), hasMore: z.boolean() })
  .meta({ id: "SessionPage" });
const pageQuery = z
  .object({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** Only sessions that come behind this time: updated earlier; with `beforeId`, behind that row of the list. */
    before: Timestamp.optional(),
    /** The session that `before` is of: of those that share its time the ones with a later id come too. */
    beforeId: z.string().optional(),
    archived: z.stringbool({ truthy: ["true"], falsy: ["false"] }).optional(),
    pinned: z.stringbool({ truthy: ["true"], falsy: ["false"] }).optional(),
  })
  .refine(({ before, beforeId }) => before !== undefined || beforeId === undefined, {
    message: "needs `before`",
    path: ["beforeId"],
  });
const byId = z.object({ id: z.string() });

export const sessionRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions",
      right: "read",
      summary: "Sessions, most recently updated first",
      request: { query: pageQuery },
      responses: { 200: { description: "A page of them.", content: jsonContent(SessionPage) } },
    },
    async (context, parts) => {
      const { limit, before, beforeId, archived, pinned } = context.req.valid("query");
      const all = await parts.sessions.list(deviceOf(context).id);
      const wanted = all.filter(
        (session) =>
          (before === undefined || isBehind(session, before, beforeId)) &&
          (archived === undefined || session.archived === archived) &&
          (pinned === undefined || session.pinned === pinned),
      );
      return context.json({ sessions: wanted.slice(0, limit), hasMore: wanted.length > limit }, 200);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/sessions",
      right: "approve",
      summary: "Start a session; the same id and body gives the same answer, another body 422",
      request: { body: jsonBody(CreateSession) },
      responses: { 201: { description: "The session.", content: jsonContent(SessionSummary) } },
    },
    async (context, parts) => {
      const request = await withNamedModel(context.req.valid("json"), parts);
      const device = assertRight(context.get("authentication"), rightForMode(request.mode));
      if (!(await isKnownProject(request.project, parts))) assertRight(context.get("authentication"), "full");
      const session = await parts.sessions.create(request, actorOf(device));
      const summary = session.summary(device.id);
      if (request.mode !== undefined && request.mode !== "ask")
        await parts.audit.record(auditActor(context, parts), modeRecord(summary));
      return context.json(summary, 201);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/sessions/{id}",
      right: "read",
      summary: "One session",
      request: { params: byId },
      responses: { 200: { description: "The session.", content: jsonContent(SessionSummary) } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      return context.json(found(await parts.sessions.summary(id, deviceOf(context).id)), 200);
    },
  ),
  route(
    {
      method: "patch",
      path: "/api/sessions/{id}",
      right: "approve",
      summary: "Rename a session, pin it, put it away, or change its model or mode",
      request: { params: byId, body: jsonBody(PatchSession) },
      responses: { 200: { description: "As it is now.", content: jsonContent(SessionSummary) } },
    },
    async (context, parts) => {
      const change = await withNamedModel(context.req.valid("json"), parts);
      // Whoever may only approve stays in the mode that somebody with full rights chose.
      const device = assertRight(
        context.get("authentication"),
        change.mode === undefined && change.modeEndsAt === undefined ? "approve" : "full",
      );
      const session = await sessionOf(context.req.valid("param").id, parts);
      await session.patch(change, actorOf(device));
      const summary = session.summary(device.id);
      if (change.mode !== undefined)
        await parts.audit.record(auditActor(context, parts), modeRecord(summary));
      return context.json(summary, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/sessions/{id}",
      right: "full",
      summary: "Delete a session for good; what runs in it is stopped",
      request: { params: byId },
      responses: { 204: { description: "It is gone." } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      await parts.sessions.delete(id);
      await parts.audit.record(auditActor(context, parts), { kind: "session_deleted", session: id });
      return context.body(null, 204);
    },
  ),
  route(
    {
      method: "put",
      path: "/api/sessions/{id}/seen",
      right: "read",
      summary: "Note what this device has read; never goes back",
      request: { params: byId, body: jsonBody(z.object({ seq: Seq }).meta({ id: "Seen" })) },
      responses: { 204: { description: "Noted." } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      await session.markSeen(deviceOf(context).id, context.req.valid("json").seq);
      return context.body(null, 204);
    },
  ),
];

/** The provider of a model is settled when it is chosen: what is kept never moves to another one. */
async function withNamedModel<Body extends { readonly model?: string | null | undefined }>(
  body: Body,
  { catalogue }: Pick<ServerParts, "catalogue">,
): Promise<Body> {
  return body.model == null ? body : { ...body, model: await catalogue.named(body.model) };
}

/** Whether it comes later in the list, which goes by time downwards, then by id. */
function isBehind({ updatedAt, id }: SessionSummary, before: string, beforeId: string | undefined): boolean {
  return updatedAt < before || (updatedAt === before && beforeId !== undefined && id > beforeId);
}

function modeRecord({ id, mode, modeEndsAt }: z.infer<typeof SessionSummary>): AuditRecord {
  return { kind: "mode_changed", session: id, mode, endsAt: modeEndsAt };
}

/** `plan` and `ask` keep a person in the loop; the other two let the agent act alone. */
function rightForMode(mode: z.infer<typeof PatchSession>["mode"]): "approve" | "full" {
  return mode === "edit" || mode === "auto" ? "full" : "approve";
}
