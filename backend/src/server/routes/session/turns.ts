/** What a person tells a running conversation: prompts, decisions, stop, and taking a permission back. */
import type { Context } from "hono";
import * as z from "zod";
import { ClientId } from "../../../protocol/identifiers.ts";
import { PermissionDecision, PermissionOutcome } from "../../../protocol/permission.ts";
import { PatchPrompt, PromptReceipt, QueuedPrompt, SubmitPrompt } from "../../../protocol/session.ts";
import { auditActor } from "../../callers/audit-actor.ts";
import { actorOf, deviceOf } from "../../callers/authorisation.ts";
import { assertMayDecide } from "../../callers/decision-right.ts";
import type { ServerEnvironment, ServerParts } from "../../parts.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";
import type { PaidPrompt } from "../../sign-in/personal-keys.ts";
import { signedInToken } from "../../sign-in/signed-in-token.ts";
import { sessionOf } from "./session-path.ts";

const byId = z.object({ id: z.string() });
const byPrompt = z.object({ id: z.string(), promptId: ClientId });
const byRequest = z.object({ id: z.string(), requestId: z.string() });

/** With pictures, from a phone on a train. */
const promptLimit = {
  maxBytes: 8 * 1024 * 1024,
  withinMs: 120_000,
  advice: "Send fewer or smaller pictures.",
} as const;

/** A turn of its own that sums up what came before. */
const CompactSession = z.object({ id: ClientId }).meta({ id: "CompactSession" });
const compactPrompt = { content: [{ type: "text" as const, text: "/compact" }], delivery: "queue" as const };

const CancelTurn = z
  .object({
    turnId: z.string().optional(),
    /** kill: whoever waited for a stop waits no longer, neither for the agent nor for the list of what changed. */
    how: z.enum(["stop", "kill"]).default("stop"),
  })
  .meta({ id: "CancelTurn" });
const Decided = z
  .object({ requestId: z.string(), outcome: PermissionOutcome })
  .meta({ id: "PermissionDecided" });

export const turnRoutes = [
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/prompts",
      right: "approve",
      bodyLimit: promptLimit,
      summary: "Send a prompt: on disk before the 202, and the same id never runs twice",
      request: { params: byId, body: jsonBody(SubmitPrompt) },
      responses: { 202: { description: "Accepted.", content: jsonContent(PromptReceipt) } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const prompt = context.req.valid("json");
      await holdKey(context, parts, { sessionId: id, promptId: prompt.id });
      const receipt = await session.submitPrompt(prompt, actorOf(deviceOf(context)));
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
      // Other words are another person's: the first one does not pay for them.
      if (change.content !== undefined) await holdKey(context, parts, { sessionId: id, promptId });
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
      assertMayDecide(context.get("authentication"), { session, requestId, decision }, parts);
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
      path: "/api/sessions/{id}/compact",
      right: "approve",
      summary: "Sum up what came before, after what waits; the same id never runs twice",
      request: { params: byId, body: jsonBody(CompactSession) },
      responses: { 202: { description: "Accepted.", content: jsonContent(PromptReceipt) } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const prompt = { id: context.req.valid("json").id, ...compactPrompt };
      await holdKey(context, parts, { sessionId: id, promptId: prompt.id });
      return context.json(await session.submitPrompt(prompt, actorOf(deviceOf(context))), 202);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/cancel",
      right: "approve",
      summary: "Stop the running turn, and let rest what waits; 409 when another one runs",
      request: { params: byId, body: jsonBody(CancelTurn) },
      responses: { 202: { description: "It is being stopped." } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      const { turnId, how } = context.req.valid("json");
      const by = actorOf(deviceOf(context));
      await (how === "kill" ? session.kill(turnId, by) : session.cancel(turnId, by));
      return context.body(null, 202);
    },
  ),
];

/** What the model may be asked with for this person; before the turn begins, which it may at once. */
async function holdKey(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
  prompt: PaidPrompt,
): Promise<void> {
  parts.personalKeys.hold(prompt, await signedInToken(context, parts));
}

/** Without what the session keeps beside it. */
function waitingPrompt({ promptId, content, delivery }: QueuedPrompt): QueuedPrompt {
  return { promptId, content, delivery };
}
