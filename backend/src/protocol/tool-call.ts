/** One use of a tool. ACP v1's ToolCall: created once, then patched by `toolCallId` (omitted = unchanged, null = cleared). */
import * as z from "zod";
import { ContentBlock } from "./content.ts";

/** What sort of thing a call does: the page's verb and icon. ACP's own. */
export const ToolKind = z
  .enum(["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "switch_mode", "other"])
  .meta({ id: "ToolKind" });
export type ToolKind = z.infer<typeof ToolKind>;

/** pending: asked for, not begun. completed and failed are final. */
export const ToolCallStatus = z
  .enum(["pending", "in_progress", "completed", "failed"])
  .meta({ id: "ToolCallStatus" });
export type ToolCallStatus = z.infer<typeof ToolCallStatus>;

/**
 * A changed region of one file, with a few lines of context: not the whole file.
 * `oldText` null: the file is new. `line` is where the region begins, 1-based, in both versions' own numbering.
 */
export const DiffContent = z
  .object({
    type: z.literal("diff"),
    path: z.string(),
    oldText: z.string().nullable(),
    newText: z.string(),
    oldLine: z.int().positive(),
    newLine: z.int().positive(),
  })
  .meta({ id: "DiffContent" });
export type DiffContent = z.infer<typeof DiffContent>;

/** A part of what a call shows. */
export const ToolCallContent = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("content"), content: ContentBlock }),
    DiffContent,
    z.object({ type: z.literal("terminal"), terminalId: z.string() }),
  ])
  .meta({ id: "ToolCallContent" });
export type ToolCallContent = z.infer<typeof ToolCallContent>;

/** A place in a file that a call touches; `path` is relative to the project where it lies inside. */
export const ToolCallLocation = z
  .object({ path: z.string(), line: z.int().positive().optional() })
  .meta({ id: "ToolCallLocation" });
export type ToolCallLocation = z.infer<typeof ToolCallLocation>;

/** What the vendor must be shown again on the next request, kept byte for byte. Present on calls of the built-in agent. */
export const ModelCallMeta = z.object({
  /** The vendor's own id of the call, "" when it gave none; ours is `toolCallId`. */
  id: z.string(),
  name: z.string(),
  /** The exact argument string, even when it is not valid JSON. */
  arguments: z.string(),
  /** What stood beside the call and must be sent back with it, such as a thought signature. */
  extra: z.record(z.string(), z.unknown()).optional(),
  /** Absent: the model called it. text: it was read out of the answer's words. check: a configured check, made by the engine. */
  madeBy: z.enum(["text", "check"]).optional(),
});
export type ModelCallMeta = z.infer<typeof ModelCallMeta>;

/**
 * What ACP lets an agent add: the vendor's own call, how many bytes the wire leaves out of the update, and the earlier call whose
 * result this one's stands for.
 */
export const UpdateMeta = z
  .looseObject({
    model: ModelCallMeta.optional(),
    elidedBytes: z.int().nonnegative().optional(),
    sameAs: z.string().optional(),
  })
  .meta({ id: "UpdateMeta" });

const toolCallFields = {
  /** The object of the call in a few words: a path, a pattern, a command's first line. The page adds the verb. */
  title: z.string().nullable().optional(),
  kind: ToolKind.nullable().optional(),
  status: ToolCallStatus.nullable().optional(),
  /** Replaces what was there. Text blocks, joined, are exactly what the model is told. */
  content: z.array(ToolCallContent).nullable().optional(),
  locations: z.array(ToolCallLocation).nullable().optional(),
  rawInput: z.unknown().optional(),
  /** Structured result for the row, see `ToolOutput`. */
  rawOutput: z.unknown().optional(),
  _meta: UpdateMeta.optional(),
};

/** A call, or a change to one: `toolCallId` names it, absent fields stay, null clears. */
export const ToolCallPatch = z.object({ toolCallId: z.string(), ...toolCallFields });

/** `rawOutput` of our own tools: what a row shows at its right edge. Other engines may put anything there. */
export const ToolOutput = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("lines"), from: z.int(), to: z.int(), total: z.int() }),
    z.object({ type: z.literal("entries"), count: z.int() }),
    z.object({ type: z.literal("matches"), count: z.int(), files: z.int() }),
    z.object({ type: z.literal("edit"), added: z.int(), removed: z.int(), created: z.boolean() }),
    z.object({
      type: z.literal("execute"),
      exitCode: z.int().nullable(),
      signal: z.string().nullable(),
      durationMs: z.number(),
      cwd: z.string(),
      timedOut: z.boolean(),
      /** Somebody stopped it before its end. */
      stopped: z.boolean().optional(),
      /** It goes on in the background under this id. */
      jobId: z.string().optional(),
    }),
    z.object({ type: z.literal("fetch"), status: z.int(), bytes: z.int(), mimeType: z.string() }),
    z.object({ type: z.literal("image"), mimeType: z.string(), bytes: z.int() }),
    z.object({ type: z.literal("list"), done: z.int(), count: z.int() }),
    z.object({ type: z.literal("subagent"), steps: z.int(), tokens: z.int().nullable() }),
  ])
  .meta({ id: "ToolOutput" });
export type ToolOutput = z.infer<typeof ToolOutput>;

/** Why a call failed, in a code that the page has words for. The model's text stands in `content`. */
export const ToolFailure = z
  .object({
    type: z.literal("failure"),
    reason: z.enum([
      "error",
      "denied",
      "cancelled",
      "invalid_input",
      "not_started",
      "unknown_outcome",
      "mode",
    ]),
  })
  .meta({ id: "ToolFailure" });
export type ToolFailure = z.infer<typeof ToolFailure>;
