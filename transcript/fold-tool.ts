/** One use of a tool over its life: created by whatever names it first, then patched; its output appended. */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import type { ToolCallStatus } from "../backend/src/protocol/tool-call.ts";
import { changeTool, type Draft, parentOf, pushEntry } from "./fold-draft.ts";
import type { OutputPart, ToolEntry } from "./transcript.ts";

type Patch = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;
type OutputChunk = Extract<SessionUpdate, { sessionUpdate: "tool_output_chunk" }>;

/** Creates the call when it is not known yet; then omitted fields stay, and null clears. */
export function patchToolCall(draft: Draft, event: SessionEvent, patch: Patch): void {
  ensureTool(draft, event, { toolCallId: patch.toolCallId });
  changeTool(draft, patch.toolCallId, (entry) => patched(entry, event.at, patch));
}

/** Appends live output to its call; pieces of one stream are joined. */
export function appendToolOutput(draft: Draft, event: SessionEvent, chunk: OutputChunk): void {
  ensureTool(draft, event, { toolCallId: chunk.toolCallId, kind: "execute", status: "in_progress" });
  changeTool(draft, chunk.toolCallId, (entry) => ({
    ...entry,
    output: withOutput(entry.output, { stream: chunk.stream, text: chunk.text }),
    skippedBytes: entry.skippedBytes + (chunk.skippedBytes ?? 0),
  }));
}

/** Adds an entry for a call unless there is one. */
export function ensureTool(
  draft: Draft,
  event: SessionEvent,
  known: Pick<ToolEntry, "toolCallId"> & Partial<ToolEntry>,
): void {
  if (draft.place(known.toolCallId) >= 0) return;
  pushEntry(draft, {
    type: "tool",
    id: known.toolCallId,
    seq: event.from ?? event.seq,
    at: event.fromAt ?? event.at,
    turnId: event.turnId ?? null,
    title: "",
    kind: "other",
    status: "pending",
    content: [],
    locations: [],
    rawInput: null,
    rawOutput: null,
    output: [],
    skippedBytes: 0,
    startedAt: null,
    endedAt: null,
    asking: false,
    abandoned: false,
    ...parentOf(event),
    ...known,
  });
}

function patched(entry: ToolEntry, at: string, patch: Patch): ToolEntry {
  const status = given(patch.status, entry.status, "pending");
  const tool = patch._meta?.model?.name;
  return {
    ...entry,
    ...(tool === undefined ? {} : { tool }),
    title: given(patch.title, entry.title, ""),
    kind: given(patch.kind, entry.kind, "other"),
    status,
    content: given(patch.content, entry.content, []),
    locations: given(patch.locations, entry.locations, []),
    rawInput: given(patch.rawInput, entry.rawInput, null),
    rawOutput: given(patch.rawOutput, entry.rawOutput, null),
    startedAt: entry.startedAt ?? (status === "in_progress" ? at : null),
    endedAt: entry.endedAt ?? (isOver(status) ? at : null),
  };
}

function given<Value>(patch: Value | null | undefined, current: Value, cleared: Value): Value {
  if (patch === undefined) return current;
  return patch === null ? cleared : patch;
}

function isOver(status: ToolCallStatus): boolean {
  return status === "completed" || status === "failed";
}

function withOutput(output: readonly OutputPart[], part: OutputPart): readonly OutputPart[] {
  const last = output.at(-1);
  if (part.text === "") return output;
  if (last?.stream !== part.stream) return [...output, part];
  return [...output.slice(0, -1), { stream: part.stream, text: last.text + part.text }];
}
