/** Questions to a person before something happens, and what was decided. Options and kinds are ACP v1's. */
import * as z from "zod";
import { ToolCallContent } from "./tool-call.ts";

/** What an answer means. ACP's own. */
export const PermissionOptionKind = z
  .enum(["allow_once", "allow_always", "reject_once", "reject_always"])
  .meta({ id: "PermissionOptionKind" });
export type PermissionOptionKind = z.infer<typeof PermissionOptionKind>;

/** An answer that can be chosen; `name` is the engine's own word for it. */
export const PermissionOption = z
  .object({ optionId: z.string(), kind: PermissionOptionKind, name: z.string() })
  .meta({ id: "PermissionOption" });
export type PermissionOption = z.infer<typeof PermissionOption>;

/** How far an action reaches. The page shows every one of them in words. */
export const Reach = z
  .enum([
    "writes_files",
    "deletes_files",
    "leaves_project",
    "uses_network",
    "installs_packages",
    "pushes",
    "touches_secrets",
    "touches_protected",
    "controls_voxpilot",
    "cannot_be_undone",
    "not_understood",
    "inside_project",
    "can_be_undone",
    "reads_only",
  ])
  .meta({ id: "Reach" });
export type Reach = z.infer<typeof Reach>;

/** The thing that is asked about, as data: the page makes the question's words. */
export const PermissionSubject = z
  .discriminatedUnion("type", [
    /** `background`: it goes on when the turn does, until somebody ends it. */
    z.object({
      type: z.literal("command"),
      command: z.string(),
      cwd: z.string(),
      background: z.boolean().optional(),
    }),
    z.object({
      type: z.literal("edit"),
      path: z.string(),
      added: z.int(),
      removed: z.int(),
      created: z.boolean(),
      /** A file is taken away: nothing of it is left, or it has another name. */
      deleted: z.boolean().optional(),
      moved: z.boolean().optional(),
    }),
    z.object({ type: z.literal("read"), path: z.string() }),
    z.object({ type: z.literal("fetch"), url: z.string() }),
    /** The model asks the person something; `options` are answers to choose from, any text is an answer too. */
    z.object({ type: z.literal("question"), question: z.string(), options: z.array(z.string()) }),
    /** A plan, in Markdown, that waits to be accepted; an accepted one may come back edited. */
    z.object({ type: z.literal("plan"), plan: z.string() }),
    /** From engines other than ours: the agent's own title. */
    z.object({ type: z.literal("other"), title: z.string() }),
  ])
  .meta({ id: "PermissionSubject" });
export type PermissionSubject = z.infer<typeof PermissionSubject>;

/** A question, with everything that is needed to decide it. `digest` names exactly what would run. */
export const PermissionRequest = z
  .object({
    requestId: z.string(),
    toolCallId: z.string(),
    subject: PermissionSubject,
    /** Diffs of an edit; empty for a command, which stands whole in `subject`. */
    content: z.array(ToolCallContent),
    reach: z.array(Reach),
    dangerous: z.boolean(),
    options: z.array(PermissionOption),
    digest: z.string(),
  })
  .meta({ id: "PermissionRequest" });
export type PermissionRequest = z.infer<typeof PermissionRequest>;

/** How long "allow always" holds: until the turn or the session ends. Covers exactly the same thing again, nothing wider. */
export const GrantScope = z.enum(["turn", "session"]).meta({ id: "GrantScope" });
export type GrantScope = z.infer<typeof GrantScope>;

/** A person's answer. `digest` must be the question's own, so that nobody allows what they did not see. */
export const PermissionDecision = z
  .object({
    optionId: z.string(),
    digest: z.string(),
    /** Needed with an `allow_always` option. */
    grant: z.object({ scope: GrantScope }).optional(),
    /** Words for the agent: why it was refused, the answer to a question, the plan as the person edited it. */
    feedback: z.string().max(20_000).optional(),
  })
  .meta({ id: "PermissionDecision" });
export type PermissionDecision = z.infer<typeof PermissionDecision>;

/** Why a question has no answer, or a grant holds no longer. */
export const CancelReason = z.enum(["turn_ended", "restart", "grant_ended"]).meta({ id: "CancelReason" });
export type CancelReason = z.infer<typeof CancelReason>;

/** What became of a question. `grant_ended` on a request that was granted takes that grant back. */
export const PermissionOutcome = z
  .discriminatedUnion("outcome", [
    z.object({
      outcome: z.literal("selected"),
      optionId: z.string(),
      kind: PermissionOptionKind,
      grant: z.object({ scope: GrantScope }).optional(),
      feedback: z.string().optional(),
    }),
    z.object({ outcome: z.literal("cancelled"), reason: CancelReason }),
  ])
  .meta({ id: "PermissionOutcome" });
export type PermissionOutcome = z.infer<typeof PermissionOutcome>;
