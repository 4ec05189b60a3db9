/**
 * Folds the events of a session into the conversation as the model must be told it.
 * A fold has one owner, who changes it event by event: a text chunk costs the same in a long session as in a short one.
 */
import type { ImageContent } from "../backend/src/protocol/content.ts";
import type { SessionEvent, SessionUpdate, StepMeta } from "../backend/src/protocol/session-update.ts";
import type { ModelCallMeta, ToolCallContent } from "../backend/src/protocol/tool-call.ts";
import type { History, HistoryCall, HistoryItem } from "./history.ts";

type StepItem = Extract<HistoryItem, { type: "step" }>;
type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;
type CompactionUpdate = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;

/** `items` satisfies `History`; whoever keeps a moment of it copies the array. The maps are the fold's own. */
export interface HistoryFold {
  readonly items: HistoryItem[];
  /** Where a step stands in `items`, by `stepId`. */
  readonly stepIndexes: Map<string, number>;
  /** Where the step of a call stands in `items`, by `toolCallId`. */
  readonly callIndexes: Map<string, number>;
  /** Text that came before its call's end: an engine may send the content first. */
  readonly earlyTexts: Map<string, string>;
  /** What subagents have said and done, by the call that they work for, until that call ends. */
  readonly nested: Map<string, HistoryFold>;
}

/** A fold that has seen no event. */
export function emptyHistoryFold(): HistoryFold {
  return {
    items: [],
    stepIndexes: new Map(),
    callIndexes: new Map(),
    earlyTexts: new Map(),
    nested: new Map(),
  };
}

/** Takes one event in, changing `fold`. Events that the model is never told of change nothing. */
export function applyToHistory(fold: HistoryFold, event: SessionEvent): void {
  const { parentToolCallId, ...own } = event;
  if (parentToolCallId === undefined) return applyOwn(fold, event);
  const nested = fold.nested.get(parentToolCallId) ?? emptyHistoryFold();
  fold.nested.set(parentToolCallId, nested);
  applyOwn(nested, own);
}

/** What the subagent of a call has said and done so far; empty once that call has its result. */
export function subagentHistory(fold: HistoryFold, toolCallId: string): History {
  return fold.nested.get(toolCallId)?.items ?? [];
}

function applyOwn(fold: HistoryFold, event: SessionEvent): void {
  const update = event.update;
  switch (update.sessionUpdate) {
    case "user_message_chunk":
      return addUserContent(fold, update);
    case "prompt_context":
      return addContext(fold, update);
    case "agent_message_chunk":
    case "agent_thought_chunk":
      return addWords(fold, update, event.stepId);
    case "tool_call":
    case "tool_call_update":
      return patchCall(fold, update, event.stepId);
    case "usage_update":
      return addOrigin(fold, update._meta, event.stepId);
    case "compaction_update":
      return compact(fold, update);
  }
}

function addUserContent(
  fold: HistoryFold,
  update: Extract<SessionUpdate, { sessionUpdate: "user_message_chunk" }>,
): void {
  const last = fold.items.at(-1);
  if (last?.type === "user" && last.messageId === update.messageId) {
    fold.items[fold.items.length - 1] = { ...last, content: [...last.content, update.content] };
    return;
  }
  fold.items.push({ type: "user", messageId: update.messageId, content: [update.content] });
}

/** It stands with its prompt, wherever in the log it was written. */
function addContext(
  fold: HistoryFold,
  update: Extract<SessionUpdate, { sessionUpdate: "prompt_context" }>,
): void {
  const index = fold.items.findLastIndex(
    (item) => item.type === "user" && item.messageId === update.promptId,
  );
  const item = fold.items[index];
  if (item?.type === "user") fold.items[index] = { ...item, context: [...(item.context ?? []), update.text] };
}

function addWords(
  fold: HistoryFold,
  update: Extract<SessionUpdate, { sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" }>,
  stepId: string | undefined,
): void {
  const text = update.content.type === "text" ? update.content.text : "";
  if (update.sessionUpdate === "agent_message_chunk") {
    const { index, step } = openStep(fold, stepId ?? update.messageId);
    fold.items[index] = { ...step, text: step.text + text };
    return;
  }
  if (stepId === undefined || text === "") return;
  const { index, step } = openStep(fold, stepId);
  fold.items[index] = { ...step, thought: (step.thought ?? "") + text };
}

/** Only a step that said or did something has an origin worth knowing. */
function addOrigin(fold: HistoryFold, origin: StepMeta | undefined, stepId: string | undefined): void {
  const index = stepId === undefined ? undefined : fold.stepIndexes.get(stepId);
  const item = index === undefined ? undefined : fold.items[index];
  if (index !== undefined && item?.type === "step" && origin !== undefined)
    fold.items[index] = { ...item, origin };
}

/** One that failed after it was completed is one that was taken back. */
function compact(fold: HistoryFold, update: CompactionUpdate): void {
  const { compactionId, status, summary, keepFrom } = update;
  const index = fold.items.findLastIndex(
    (item) => item.type === "compaction" && item.compactionId === compactionId,
  );
  if (status === "failed" && index >= 0)
    fold.items[index] = { type: "compaction", compactionId, summary: null, keepFrom: null };
  if (status === "completed" && index < 0 && summary !== undefined)
    fold.items.push({ type: "compaction", compactionId, summary, keepFrom: keepFrom ?? null });
}

function patchCall(fold: HistoryFold, update: ToolUpdate, stepId: string | undefined): void {
  if (update.status === "completed" || update.status === "failed") fold.nested.delete(update.toolCallId);
  const known = fold.callIndexes.get(update.toolCallId);
  const item = known === undefined ? undefined : fold.items[known];
  if (known !== undefined && item?.type === "step") {
    const calls = item.calls.map((call) =>
      call.toolCallId === update.toolCallId ? patched(fold, call, update) : call,
    );
    fold.items[known] = { ...item, calls };
    return;
  }
  const { index, step } = openStep(fold, stepId ?? update.toolCallId);
  const created = {
    toolCallId: update.toolCallId,
    call: calledAs(update),
    status: "pending",
    result: null,
  } as const;
  fold.items[index] = { ...step, calls: [...step.calls, patched(fold, created, update)] };
  fold.callIndexes.set(update.toolCallId, index);
}

function openStep(fold: HistoryFold, stepId: string): { index: number; step: StepItem } {
  const index = fold.stepIndexes.get(stepId) ?? fold.items.length;
  const found = fold.items[index];
  if (found?.type === "step") return { index, step: found };
  const step: StepItem = { type: "step", stepId, text: "", calls: [] };
  fold.items.push(step);
  fold.stepIndexes.set(stepId, index);
  return { index, step };
}

function patched(fold: HistoryFold, call: HistoryCall, update: ToolUpdate): HistoryCall {
  const status = update.status ?? call.status;
  const text =
    update.content === undefined ? fold.earlyTexts.get(call.toolCallId) : joinedText(update.content ?? []);
  const isOver = status === "completed" || status === "failed";
  if (isOver) fold.earlyTexts.delete(call.toolCallId);
  else if (text !== undefined) fold.earlyTexts.set(call.toolCallId, text);
  const result = isOver ? (text ?? call.result ?? "") : null;
  const images = update.content == null ? (call.images ?? []) : picturesIn(update.content);
  const made = { toolCallId: call.toolCallId, call: update._meta?.model ?? call.call, status, result };
  return images.length === 0 ? made : { ...made, images };
}

/** The words of a call's content, in order: what the model is told. */
function joinedText(content: readonly ToolCallContent[]): string {
  return content
    .flatMap((part) => (part.type === "content" && part.content.type === "text" ? [part.content.text] : []))
    .join("\n");
}

function picturesIn(content: readonly ToolCallContent[]): ImageContent[] {
  return content.flatMap((part) =>
    part.type === "content" && part.content.type === "image" ? [part.content] : [],
  );
}

/** Calls of other engines carry no vendor facts: these are made from what is known. */
function calledAs(update: ToolUpdate): ModelCallMeta {
  const input = update.rawInput;
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  return {
    id: update.toolCallId,
    name: update.kind ?? "other",
    arguments: JSON.stringify(isObject ? input : {}),
  };
}
