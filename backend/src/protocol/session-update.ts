/**
 * The vocabulary of a session: everything that can happen in one. Read this file first.
 * A session is an append-only log of these updates; what a person sees and what the model is told are folds of it.
 * Names are ACP v1's; what HTTP and a log need beside them is marked "ours".
 */
import * as z from "zod";
import { ContentBlock } from "./content.ts";
import { Seq, Timestamp } from "./identifiers.ts";
import { PermissionOutcome, PermissionRequest } from "./permission.ts";
import { RewindScope, SkippedFile } from "./rewind.ts";
import {
  ChangeSummary,
  Delivery,
  Effort,
  ForkOrigin,
  SessionMode,
  SessionState,
  StopReason,
  TurnProblem,
} from "./session.ts";
import { ToolCallPatch, UpdateMeta } from "./tool-call.ts";

const chunk = {
  messageId: z.string(),
  content: ContentBlock,
  /** On the first chunk of a step: which model speaks, and what it must be sent back. */
  _meta: UpdateMeta.optional(),
};

/** On the mode `auto`: when it goes back to `ask` by itself. */
const ModeMeta = z.object({ endsAt: Timestamp });

/** What a request is made of. */
export const ContextPart = z
  .enum(["system", "tools", "instructions", "notes", "messages", "results"])
  .meta({ id: "ContextPart" });
export type ContextPart = z.infer<typeof ContextPart>;

/** Which model answered a step, and what the same one must be sent back with it. */
export const StepMeta = z.object({
  /** `provider/model`. */
  model: z.string(),
  /** The field in which its thoughts came. */
  reasoningField: z.enum(["reasoning_content", "reasoning", "reasoning_text"]).optional(),
  /** Structured thoughts, as they came. */
  reasoningDetails: z.array(z.unknown()).optional(),
});
export type StepMeta = z.infer<typeof StepMeta>;

/** One thing that happened in a session, told apart by `sessionUpdate`. */
export const SessionUpdate = z
  .discriminatedUnion("sessionUpdate", [
    z.object({ sessionUpdate: z.literal("user_message_chunk"), ...chunk }),
    z.object({ sessionUpdate: z.literal("agent_message_chunk"), ...chunk }),
    z.object({ sessionUpdate: z.literal("agent_thought_chunk"), ...chunk }),
    z.object({ sessionUpdate: z.literal("tool_call"), ...ToolCallPatch.shape }),
    z.object({ sessionUpdate: z.literal("tool_call_update"), ...ToolCallPatch.shape }),
    z.object({
      sessionUpdate: z.literal("plan"),
      entries: z.array(
        z.object({
          content: z.string(),
          priority: z.enum(["high", "medium", "low"]),
          status: z.enum(["pending", "in_progress", "completed"]),
        }),
      ),
    }),
    z.object({
      sessionUpdate: z.literal("usage_update"),
      /** Tokens now in the model's window, and the window; null: unknown, never 0. */
      used: z.int().nullable(),
      size: z.int().nullable(),
      /** Of the step that just ended. `inputTokens` includes those read from a cache. */
      inputTokens: z.int().nullable(),
      outputTokens: z.int().nullable(),
      cachedInputTokens: z.int().nullable().optional(),
      /** US dollars for this step; null or absent: unknown, never 0. */
      cost: z.number().nullable().optional(),
      /** What fills the window, by estimate, in tokens. */
      parts: z.array(z.object({ name: ContextPart, tokens: z.int() })).optional(),
      _meta: StepMeta.optional(),
    }),
    /** ACP's own. What is older than `keepFrom` is told to the model as the summary; the log keeps all of it. */
    z.object({
      sessionUpdate: z.literal("compaction_update"),
      compactionId: z.string(),
      status: z.enum(["in_progress", "completed", "failed"]),
      /** Who wanted it: the loop before a request, an endpoint that refused one, a person. */
      trigger: z.enum(["budget", "overflow", "manual"]),
      /** On `completed`: the summary, and the first step or message that stays whole (its stepId or messageId). */
      summary: z.string().optional(),
      keepFrom: z.string().optional(),
      /** On `failed` where nothing went wrong: it would have been no shorter after it than before. */
      reason: z.literal("no_gain").optional(),
      /** Of the conversation as requests tell it. */
      beforeTokens: z.int().optional(),
      afterTokens: z.int().optional(),
      problem: TurnProblem.optional(),
    }),
    /** ACP's own. What can be written after `/`. */
    z.object({
      sessionUpdate: z.literal("available_commands_update"),
      availableCommands: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          input: z.object({ hint: z.string() }).nullable(),
        }),
      ),
    }),
    /** Ours. What the model is told beside a prompt: the text of its command, a file that it mentions. */
    z.object({
      sessionUpdate: z.literal("prompt_context"),
      promptId: z.string(),
      source: z.discriminatedUnion("type", [
        z.object({ type: z.literal("command"), name: z.string() }),
        z.object({ type: z.literal("file"), path: z.string() }),
      ]),
      text: z.string(),
    }),
    /** Ours. Instruction files that the model is told of from here on; `path` is relative to the project. */
    z.object({
      sessionUpdate: z.literal("instructions_update"),
      files: z.array(
        z.object({
          path: z.string(),
          bytes: z.int(),
          truncated: z.boolean(),
          hiddenCharacters: z.int(),
        }),
      ),
    }),
    /** What is absent stays. `pinned` and `archived` are ours. */
    z.object({
      sessionUpdate: z.literal("session_info_update"),
      title: z.string().nullable().optional(),
      pinned: z.boolean().optional(),
      archived: z.boolean().optional(),
    }),
    z.object({
      sessionUpdate: z.literal("current_mode_update"),
      currentModeId: SessionMode,
      _meta: ModeMeta.optional(),
    }),
    /** ACP's own, with what of it changed. A `thought_level` of "" is the model's own. */
    z.object({
      sessionUpdate: z.literal("config_option_update"),
      configOptions: z.array(
        z.discriminatedUnion("id", [
          z.object({ id: z.literal("model"), value: z.string() }),
          z.object({ id: z.literal("thought_level"), value: z.union([Effort, z.literal("")]) }),
        ]),
      ),
    }),
    z.object({
      sessionUpdate: z.literal("notice"),
      code: z.enum([
        "model_retry",
        "damaged_lines",
        "not_saving",
        "saving_again",
        "repeated_call",
        "repeated_text",
        "limit_learned",
        "job_ended",
      ]),
      data: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    }),

    /** Ours. Always seq 1. */
    z.object({
      sessionUpdate: z.literal("session_created"),
      formatVersion: z.literal(1),
      sessionId: z.string(),
      project: z.object({ id: z.string(), name: z.string(), path: z.string() }),
      engine: z.string(),
      model: z.string().nullable(),
      mode: SessionMode,
      title: z.string().nullable(),
      /** Digest of the creating request, so that the same id and body gives the same answer. */
      requestDigest: z.string(),
      forkedFrom: ForkOrigin.nullable().optional(),
      /** Absent: it was not imported. What such a log says happened elsewhere. */
      importedAt: Timestamp.optional(),
      _meta: ModeMeta.optional(),
    }),
    /** Ours. Every accepted prompt, also one that starts at once: durable before the 202. */
    z.object({
      sessionUpdate: z.literal("prompt_queued"),
      promptId: z.string(),
      content: z.array(ContentBlock),
      delivery: Delivery,
    }),
    /** Ours. The queue after an edit, a move or a removal: its order by promptId, and what changed of one of them. */
    z.object({
      sessionUpdate: z.literal("queue_update"),
      promptIds: z.array(z.string()),
      edited: z.object({ promptId: z.string(), content: z.array(ContentBlock) }).optional(),
      /** Sent now: how it is delivered from here on. */
      now: z.object({ promptId: z.string(), delivery: z.enum(["steer", "interrupt"]) }).optional(),
    }),
    /** Ours. Live output of a call; appended. */
    z.object({
      sessionUpdate: z.literal("tool_output_chunk"),
      toolCallId: z.string(),
      stream: z.enum(["stdout", "stderr"]),
      text: z.string(),
      skippedBytes: z.int().nonnegative().optional(),
    }),
    /** Ours. The work tree at the start or the end of a turn, as a git tree in our own git directory. */
    z.object({
      sessionUpdate: z.literal("checkpoint"),
      checkpointId: z.string(),
      phase: z.enum(["start", "end"]),
      tree: z.string(),
      /** Paths left out, the first 20: too large, or a repository of its own. */
      omitted: z.array(z.string()),
      /** On `end`: what changed since `start`. */
      changes: ChangeSummary.optional(),
    }),
    /**
     * Ours. The session went back, or forward again. The log keeps all; what a conversation is made of leaves out the
     * events after `keepThrough` and before this one.
     */
    z.object({
      sessionUpdate: z.literal("rewind"),
      /** Made by the client: the same id again gets the same answer. */
      rewindId: z.string(),
      /** Of what was asked under that id: another request under it is refused. Absent in older logs. */
      requestDigest: z.string().optional(),
      scope: RewindScope,
      /** The turn before which it goes back; null on an undo. */
      turnId: z.string().nullable(),
      /** When that turn began; absent on an undo, and in older logs. */
      turnAt: Timestamp.optional(),
      /** The last event that stays in the conversation; null: the conversation stays whole. */
      keepThrough: Seq.nullable(),
      files: z.object({ done: z.array(z.string()), skipped: z.array(SkippedFile) }),
      /** The files as they were right before this: what an undo goes back to. */
      tree: z.string().optional(),
      /** The seq of the rewind, or of the compaction_update that completed, that is taken back. */
      undoes: Seq.optional(),
    }),
    /** Ours. The turn's state; a turn has exactly one terminal one (`idle` or `interrupted`). */
    z.object({
      sessionUpdate: z.literal("state_update"),
      state: SessionState,
      promptId: z.string().nullable(),
      stopReason: StopReason.optional(),
      problem: TurnProblem.optional(),
    }),
    /** Ours. A question, as an event, so that every device sees it. */
    z.object({ sessionUpdate: z.literal("request_permission"), ...PermissionRequest.shape }),
    /** Ours. What became of a question, also when a rule, grant or mode answered it (then no question was put). */
    z.object({
      sessionUpdate: z.literal("permission_outcome"),
      requestId: z.string(),
      toolCallId: z.string(),
      outcome: PermissionOutcome,
    }),
  ])
  .meta({ id: "SessionUpdate" });
export type SessionUpdate = z.infer<typeof SessionUpdate>;

/** Who caused an event. */
export const Actor = z
  .object({
    kind: z.enum(["device", "rule", "grant", "mode", "engine", "server"]),
    id: z.string(),
    name: z.string(),
  })
  .meta({ id: "Actor" });
export type Actor = z.infer<typeof Actor>;

/** An update with its place in the log: one log line, one SSE message, one resume point. */
export const SessionEvent = z
  .object({
    seq: Seq,
    /** On replay, neighbouring chunks are joined: the first seq that this event stands for. */
    from: Seq.optional(),
    at: Timestamp,
    /** And its time: how long a thought took is known after a reload too. */
    fromAt: Timestamp.optional(),
    turnId: z.string().optional(),
    /** One model response: its text, thoughts and calls share it. */
    stepId: z.string().optional(),
    parentToolCallId: z.string().optional(),
    by: Actor.optional(),
    update: SessionUpdate,
  })
  .meta({ id: "SessionEvent" });
export type SessionEvent = z.infer<typeof SessionEvent>;
