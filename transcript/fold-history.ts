/**
 * Folds the events of a session into the conversation as the model must be told it.
 * A fold has one owner, who changes it event by event: a text chunk costs the same in a long session as in a short one.
 */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import type { ModelCallMeta, ToolCallContent } from "../backend/src/protocol/tool-call.ts";
import type { HistoryCall, HistoryItem } from "./history.ts";

type StepItem = Extract<HistoryItem, { type: "step" }>;
type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;

/** `items` satisfies `History`; whoever keeps a moment of it copies the array. The maps are the fold's own. */
export interface HistoryFold {
  readonly items: HistoryItem[];
  /** Where a step stands in `items`, by `stepId`. */
  readonly stepIndexes: Map<string, number>;
  /** Where the step of a call stands in `items`, by `toolCallId`. */
  readonly callIndexes: Map<string, number>;
  /** Text that came before its call's end: an engine may send the content first. */
  readonly earlyTexts: Map<string, string>;
}

/** A fold that has seen no event. */
export function emptyHistoryFold(): HistoryFold {
  return { items: [], stepIndexes: new Map(), callIndexes: new Map(), earlyTexts: new Map() };
}

/** Takes one event in, changing `fold`. Events that the model is never told of change nothing. */
export function applyToHistory(fold: HistoryFold, event: SessionEvent): void {
  const update = event.update;
  if (update.sessionUpdate === "user_message_chunk") return addUserContent(fold, update);
  if (update.sessionUpdate === "agent_message_chunk") {
    return addText(
      fold,
      event.stepId ?? update.messageId,
      update.content.type === "text" ? update.content.text : "",
    );
  }
  if (update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update") {
    patchCall(fold, update, event.stepId);
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

function addText(fold: HistoryFold, stepId: string, text: string): void {
  const { index, step } = openStep(fold, stepId);
  fold.items[index] = { ...step, text: step.text + text };
}

function patchCall(fold: HistoryFold, update: ToolUpdate, stepId: string | undefined): void {
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
  return { toolCallId: call.toolCallId, call: update._meta?.model ?? call.call, status, result };
}

/** The words of a call's content, in order: what the model is told. */
function joinedText(content: readonly ToolCallContent[]): string {
  return content
    .flatMap((part) => (part.type === "content" && part.content.type === "text" ? [part.content.text] : []))
    .join("\n");
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
