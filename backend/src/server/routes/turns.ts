/** What a person tells a running conversation: prompts, decisions, stop, and taking a permission back. */
import * as z from "zod";
import { ClientId } from "../../protocol/identifiers.ts";
import { PermissionDecision, PermissionOutcome } from "../../protocol/permission.ts";
import { PatchPrompt, PromptReceipt, QueuedPrompt, SubmitPrompt } from "../../protocol/session.ts";
import { auditActor } from "../callers/audit-actor.ts";
import { actorOf, deviceOf } from "../callers/authorisation.ts";
import { assertMayDecide } from "../callers/decision-right.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";
import { sessionOf } from "./session-path.ts";

const byId = z.object({ id: z.string() });
const byPrompt = z.object({ id: z.string(), promptId: ClientId });
const byRequest = z.object({ id: z.string(), requestId: z.string() });

const CancelTurn = z.object({ turnId: z.string().optional() }).meta({ id: "CancelTurn" });
const Decided = z
  .object({ requestId: z.string(), outcome: PermissionOutcome })
  .meta({ id: "PermissionDecided" });

export const turnRoutes = [
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/prompts",
      right: "approve",
      summary: "Send a prompt: on disk before the 202, and the same id never runs twice",
      request: { params: byId, body: jsonBody(SubmitPrompt) },
      responses: { 202: { description: "Accepted.", content: jsonContent(PromptReceipt) } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      const receipt = await session.submitPrompt(context.req.valid("json"), actorOf(deviceOf(context)));
      return context.json(receipt, 202);
    },
  ),
  route(
    {
      method: "patch",
      path: "/api/sessions/{id}/prompts/{promptId}",
      right: "approve",
      summary: "Edit a prompt that is still queued, move it, or send it now; 409 once it is taken up",
      request: { params: byPrompt, body: jsonBody(PatchPrompt) },
      responses: { 200: { description: "The queue.", content: jsonContent(z.array(QueuedPrompt)) } },
    },
    async (context, parts) => {
      const { id, promptId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const change = context.req.valid("json");
      const queue = await session.changePrompt(promptId, change, actorOf(deviceOf(context)));
      return context.json(queue.map(waitingPrompt), 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/sessions/{id}/prompts/{promptId}",
      right: "approve",
      summary: "Remove a prompt that is still queued; 409 once it is taken up",
      request: { params: byPrompt },
      responses: { 204: { description: "Removed." } },
    },
    async (context, parts) => {
      const { id, promptId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      await session.removePrompt(promptId, actorOf(deviceOf(context)));
      return context.body(null, 204);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/permissions/{requestId}",
      right: "approve",
      summary: "Decide a question; 409 with the decision when someone was faster or the digest differs",
      request: { params: byRequest, body: jsonBody(PermissionDecision) },
      responses: { 200: { description: "Decided.", content: jsonContent(Decided) } },
    },
    async (context, parts) => {
      const { id, requestId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const decision = context.req.valid("json");
      assertMayDecide(context.get("authentication"), { session, requestId, decision });
      const outcome = await session.decide(requestId, decision, actorOf(deviceOf(context)));
      await parts.audit.record(auditActor(context, parts), {
        kind: "decision",
        session: id,
        requestId,
        digest: decision.digest,
        option: decision.optionId,
        grant: decision.grant?.scope ?? null,
      });
      return context.json({ requestId, outcome }, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/sessions/{id}/grants/{requestId}",
      right: "approve",
      summary: "Take back a permission that was given for the turn or the session",
      request: { params: byRequest },
      responses: { 204: { description: "It holds no longer." } },
    },
    async (context, parts) => {
      const { id, requestId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      await session.endGrant(requestId, actorOf(deviceOf(context)));
      await parts.audit.record(auditActor(context, parts), { kind: "grant_ended", session: id, requestId });
      return context.body(null, 204);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/cancel",
      right: "approve",
      summary: "Stop the running turn; 409 when another one runs",
      request: { params: byId, body: jsonBody(CancelTurn) },
      responses: { 202: { description: "It is being stopped." } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      await session.cancel(context.req.valid("json").turnId, actorOf(deviceOf(context)));
      return context.body(null, 202);
    },
  ),
];

/** Without what the session keeps beside it. */
function waitingPrompt({ promptId, content, delivery }: QueuedPrompt): QueuedPrompt {
  return { promptId, content, delivery };
}
