/** A session as a whole: its modes, states, summary, and what may be asked of it over HTTP. */
import * as z from "zod";
import { ContentBlock } from "./content.ts";
import { ClientId, Seq, Timestamp } from "./identifiers.ts";
import { PermissionRequest } from "./permission.ts";
import { RewindMark } from "./rewind.ts";
import { ToolKind } from "./tool-call.ts";

/** plan: reads only. ask: edits and commands ask. edit: edits inside the project run. auto: what stays inside the project runs. */
export const SessionMode = z.enum(["plan", "ask", "edit", "auto"]).meta({ id: "SessionMode" });
export type SessionMode = z.infer<typeof SessionMode>;

/** How hard a model is to think, where it has the choice. ACP's `thought_level`. */
export const Effort = z.enum(["minimal", "low", "medium", "high"]).meta({ id: "Effort" });
export type Effort = z.infer<typeof Effort>;

/** ACP's stop reasons. */
export const StopReason = z
  .enum(["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"])
  .meta({ id: "StopReason" });
export type StopReason = z.infer<typeof StopReason>;

/**
 * running: a turn runs. requires_action: it waits for a person. idle: it ended; what is in `queue` begins by itself,
 * or rests until somebody sends it. interrupted: the server ended first.
 */
export const SessionState = z
  .enum(["running", "requires_action", "idle", "interrupted"])
  .meta({ id: "SessionState" });
export type SessionState = z.infer<typeof SessionState>;

/** Why a turn could not go on. The page has words for each `code`; `detail` is the other side's own text. */
export const TurnProblem = z
  .object({
    code: z.enum([
      "model_missing",
      "model_unreachable",
      "model_auth",
      "model_sign_in",
      "model_not_found",
      "model_gone",
      "model_rate_limit",
      "model_quota",
      "model_context_overflow",
      "compaction_stuck",
      "model_content_filter",
      "model_invalid_request",
      "model_unavailable",
      "model_truncated",
      "model_timeout",
      "model_invalid_response",
      "not_saving",
      "internal",
    ]),
    detail: z.string().optional(),
    provider: z.string().optional(),
    status: z.int().optional(),
    retryAt: Timestamp.optional(),
  })
  .meta({ id: "TurnProblem" });
export type TurnProblem = z.infer<typeof TurnProblem>;

/**
 * queue: after what waits. steer: into the running turn, before its next model request; where that cannot be, the next turn
 * begins with it (behind a turn that failed, once somebody goes on). interrupt: stops the running turn and goes first.
 */
export const Delivery = z.enum(["queue", "steer", "interrupt"]).meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

/** One file that changed; `path` is relative to the project. A binary file has no line counts (0). */
export const ChangedFile = z
  .object({
    path: z.string(),
    /** Where it was before a rename. */
    oldPath: z.string().optional(),
    status: z.enum(["added", "modified", "deleted", "renamed"]),
    added: z.int(),
    removed: z.int(),
    binary: z.boolean(),
  })
  .meta({ id: "ChangedFile" });
export type ChangedFile = z.infer<typeof ChangedFile>;

/** What git says changed between two checkpoints. `files` holds at most the first 50; `fileCount` counts all. */
export const ChangeSummary = z
  .object({ files: z.array(ChangedFile), fileCount: z.int(), added: z.int(), removed: z.int() })
  .meta({ id: "ChangeSummary" });
export type ChangeSummary = z.infer<typeof ChangeSummary>;

/** A prompt that waits for its turn; in lists and on the wire its pictures are empty. */
export const QueuedPrompt = z
  .object({ promptId: z.string(), content: z.array(ContentBlock), delivery: Delivery })
  .meta({ id: "QueuedPrompt" });
export type QueuedPrompt = z.infer<typeof QueuedPrompt>;

/** Where a session was copied from: another one, through the end of one of its turns; `title` is what that one was called then. */
export const ForkOrigin = z
  .object({ sessionId: z.string(), turnId: z.string(), title: z.string().nullable() })
  .meta({ id: "ForkOrigin" });
export type ForkOrigin = z.infer<typeof ForkOrigin>;

/** Tokens and US dollars of all steps that told them, and how many steps did not. */
export const Spent = z
  .object({
    tokens: z.int(),
    cost: z.number(),
    stepsWithoutTokens: z.int(),
    stepsWithoutCost: z.int(),
  })
  .meta({ id: "Spent" });
export type Spent = z.infer<typeof Spent>;

/** `day` is UTC, `2026-11-22`. */
export const SpentInDay = z.object({ day: z.string(), spent: Spent }).meta({ id: "SpentInDay" });
export type SpentInDay = z.infer<typeof SpentInDay>;

/** One row of the session list: always sent whole, so applying it twice changes nothing. */
export const SessionSummary = z
  .object({
    id: z.string(),
    /** Null until the first prompt names it. */
    title: z.string().nullable(),
    /** Kept at the top of the list. */
    pinned: z.boolean(),
    /** Put away; the next prompt takes it out again. */
    archived: z.boolean(),
    /** Null: it was not forked. */
    forkedFrom: ForkOrigin.nullable(),
    /** Absent: it was not imported. What it says happened elsewhere. */
    importedAt: Timestamp.optional(),
    project: z.object({ id: z.string(), name: z.string(), path: z.string(), branch: z.string().nullable() }),
    engine: z.string(),
    /** `provider/model`, or null: the default one. */
    model: z.string().nullable(),
    /** Null: as the model does by itself. */
    effort: Effort.nullable(),
    mode: SessionMode,
    /** When `auto` goes back to `ask` by itself; null in every other mode. */
    modeEndsAt: Timestamp.nullable(),
    state: SessionState,
    turnId: z.string().nullable(),
    turnStartedAt: Timestamp.nullable(),
    stopReason: StopReason.nullable(),
    problem: TurnProblem.nullable(),
    /** What happens now, or came last. */
    activity: z
      .object({
        /** Absent: kept by an older machine. */
        toolCallId: z.string().optional(),
        kind: ToolKind,
        title: z.string(),
        running: z.boolean(),
      })
      .nullable(),
    pending: z.array(PermissionRequest),
    queue: z.array(QueuedPrompt),
    changes: z.object({ files: z.int(), added: z.int(), removed: z.int() }).nullable(),
    /** What the last turns changed, by their checkpoints, to go back to; absent: nothing. */
    turnChanges: z.array(z.object({ seq: Seq, files: z.int(), added: z.int(), removed: z.int() })).optional(),
    spent: Spent,
    /** Of the newest day on which anything was asked. */
    spentInDay: SpentInDay.nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    lastSeq: z.int().nonnegative(),
    /** What this device has read. */
    seenSeq: z.int().nonnegative(),
    /** The log cannot be written at present. */
    notSaving: z.boolean(),
    /** Absent: nothing was ever rewound. */
    rewinds: z.array(RewindMark).optional(),
  })
  .meta({ id: "SessionSummary" });
export type SessionSummary = z.infer<typeof SessionSummary>;

/** Starts a session. The same id with the same body gives the same session; what is absent gets its default. */
export const CreateSession = z
  .object({
    id: ClientId.optional(),
    /** An id from `GET /api/projects`, or an absolute path. */
    project: z.string().min(1),
    title: z.string().trim().min(1).max(200).optional(),
    engine: z.string().optional(),
    model: z.string().min(1).optional(),
    mode: SessionMode.optional(),
    /** With `auto` only: when it ends, at most 24 hours from now; absent: 12 hours from now. */
    modeEndsAt: Timestamp.optional(),
  })
  .meta({ id: "CreateSession" });
export type CreateSession = z.infer<typeof CreateSession>;

/** Changes a session; what is absent stays. */
export const PatchSession = z
  .object({
    title: z.string().trim().min(1).max(200).optional(),
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
    model: z.string().min(1).optional(),
    /** Null: as the model does by itself. */
    effort: Effort.nullable().optional(),
    mode: SessionMode.optional(),
    /** As in `CreateSession`; needs `mode: "auto"` beside it, also to move the end of a session that is in it. */
    modeEndsAt: Timestamp.optional(),
  })
  .meta({ id: "PatchSession" });
export type PatchSession = z.infer<typeof PatchSession>;

/** Copies a session through the end of a turn. The same id with the same body gives the same session. */
export const ForkSession = z.object({ id: ClientId, turnId: z.string().min(1) }).meta({ id: "ForkSession" });
export type ForkSession = z.infer<typeof ForkSession>;

/** Makes a session of an exported one; `session` is the file of `GET …/export?format=json`, as it is. */
export const ImportSession = z
  .object({ id: ClientId.optional(), project: z.string().min(1), session: z.unknown() })
  .meta({ id: "ImportSession" });
export type ImportSession = z.infer<typeof ImportSession>;

function hasWholePictures(content: readonly ContentBlock[]): boolean {
  return content.every((block) => block.type !== "image" || block.data !== "");
}

/** An accepted prompt runs once. Empty content continues an interrupted turn. */
export const SubmitPrompt = z
  .object({
    id: ClientId,
    content: z.array(ContentBlock).max(100).refine(hasWholePictures, "A picture is empty. Attach it again."),
    delivery: Delivery.default("queue"),
  })
  .meta({ id: "SubmitPrompt" });
export type SubmitPrompt = z.infer<typeof SubmitPrompt>;

/** Changes a prompt that still waits: what it says, where it stands, whether it goes now. What is absent stays. */
export const PatchPrompt = z
  .object({
    /** An empty picture stands for the one that was there, in order: lists do not carry them. */
    content: z.array(ContentBlock).min(1).max(100).optional(),
    /** The prompt that it is to stand before; null: at the end. */
    before: ClientId.nullable().optional(),
    /** steer: the running turn takes it in; interrupt: stops that turn. Without one it starts a turn, before all others. */
    now: z.enum(["steer", "interrupt"]).optional(),
  })
  .refine((change) => Object.values(change).some((field) => field !== undefined), "Nothing is to be changed.")
  .meta({ id: "PatchPrompt" });
export type PatchPrompt = z.infer<typeof PatchPrompt>;

/** The prompt is on disk, at this place in the log. */
export const PromptReceipt = z.object({ id: z.string(), seq: Seq }).meta({ id: "PromptReceipt" });
export type PromptReceipt = z.infer<typeof PromptReceipt>;
