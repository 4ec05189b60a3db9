/**
 * Folds the events of a session into the conversation as the model must be told it.
 * A fold has one owner, who changes it event by event: a text chunk costs the same in a long session as in a short one.
 */
import type { ImageContent } from "../backend/src/protocol/content.ts";
import type { RewindMark } from "../backend/src/protocol/rewind.ts";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import type { ModelCallMeta, ToolCallContent } from "../backend/src/protocol/tool-call.ts";
import type { History, HistoryCall, HistoryItem } from "./history.ts";
import { isOut, type Rewound, rewindMark, rewoundBy, withMark } from "./rewinds.ts";

type StepItem = Extract<HistoryItem, { type: "step" }>;
type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;
type CompactionUpdate = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;

/** `items` is the conversation, a `History`; whoever keeps a moment of it copies the array. All else is the fold's own. */
export interface HistoryFold {
  readonly items: HistoryItem[];
  /** What `items` tells; null: a rewind came since it was asked for last. */
  standing: HistoryItem[] | null;
  /** What was rewound as well; the same array as `items` as long as nothing is left out. */
  readonly all: HistoryItem[];
  /** Where each of `all` began in the log. */
  readonly seqs: number[];
  /** Where each of `all` stands in `items`, −1 for what is left out; unused as long as nothing is. */
  places: number[];
  readonly rewinds: RewindMark[];
  /** Where a step stands in `all`, by `stepId`. */
  readonly stepIndexes: Map<string, number>;
  /** Where the step of a call stands in `all`, by `toolCallId`. */
  readonly callIndexes: Map<string, number>;
  /** Text that came before its call's end: an engine may send the content first. */
  readonly earlyTexts: Map<string, string>;
  /** What subagents have said and done, by the call that they work for, until that call ends. */
  readonly nested: Map<string, HistoryFold>;
}

/** A fold that has seen no event. */
export function emptyHistoryFold(): HistoryFold {
  const all: HistoryItem[] = [];
  const fold: HistoryFold = {
    get items() {
      fold.standing ??= standingItems(fold);
      return fold.standing;
    },
    standing: all,
    all,
    seqs: [],
    places: [],
    rewinds: [],
    stepIndexes: new Map(),
    callIndexes: new Map(),
    earlyTexts: new Map(),
    nested: new Map(),
  };
  return fold;
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
    case "rewind":
      return rewind(fold, event);
    case "user_message_chunk":
      return addUserContent(fold, event, update);
    case "prompt_context":
      return addContext(fold, update);
    case "agent_message_chunk":
    case "agent_thought_chunk":
      return addWords(fold, event, update);
    case "tool_call":
    case "tool_call_update":
      return patchCall(fold, event, update);
    case "plan":
      return patchStep(fold, event.stepId, { plan: update.entries });
    case "usage_update":
      // Only a step that said or did something has an origin worth knowing.
      return update._meta === undefined ? undefined : patchStep(fold, event.stepId, { origin: update._meta });
    case "compaction_update":
      return compact(fold, event, update);
    // No model is told of these.
    case "session_created":
    case "session_info_update":
    case "current_mode_update":
    case "config_option_update":
    case "available_commands_update":
    case "instructions_update":
    case "prompt_queued":
    case "queue_update":
    case "tool_output_chunk":
    case "state_update":
    case "checkpoint":
    case "request_permission":
    case "permission_outcome":
    case "notice":
      return;
  }
  update satisfies never;
}

/** Nothing is looked at before somebody asks: of a log that is read whole, only what is left of it in the end is found out. */
function rewind(fold: HistoryFold, event: SessionEvent): void {
  const mark = rewindMark(event);
  if (mark === null) return;
  if ((fold.rewinds.at(-1)?.seq ?? 0) < mark.seq) fold.rewinds.push(mark);
  else fold.rewinds.splice(0, fold.rewinds.length, ...withMark(fold.rewinds, mark));
  fold.standing = null;
}

function standingItems(fold: HistoryFold): HistoryItem[] {
  const rewound = rewoundBy(fold.rewinds);
  const items: HistoryItem[] = [];
  fold.places = [];
  for (const [index, item] of fold.all.entries()) {
    const isIn = stands(item, fold.seqs[index] ?? 0, rewound);
    fold.places.push(isIn ? items.length : -1);
    if (isIn) items.push(item);
  }
  return items;
}

function stands(item: HistoryItem, seq: number, rewound: Rewound): boolean {
  return !isOut(rewound, seq) && !(item.type === "compaction" && rewound.undone.has(seq));
}

/** Adds an item that an event begins; nothing that is new is left out. */
function push(fold: HistoryFold, event: SessionEvent, item: HistoryItem): void {
  fold.seqs.push(event.from ?? event.seq);
  fold.all.push(item);
  if (fold.standing === null || fold.standing === fold.all) return;
  fold.places.push(fold.standing.length);
  fold.standing.push(item);
}

function replace(fold: HistoryFold, index: number, item: HistoryItem): void {
  fold.all[index] = item;
  if (fold.standing === null || fold.standing === fold.all) return;
  const place = fold.places[index] ?? -1;
  if (place >= 0) fold.standing[place] = item;
}

function addUserContent(
  fold: HistoryFold,
  event: SessionEvent,
  update: Extract<SessionUpdate, { sessionUpdate: "user_message_chunk" }>,
): void {
  const last = fold.all.at(-1);
  if (last?.type === "user" && last.messageId === update.messageId) {
    replace(fold, fold.all.length - 1, { ...last, content: [...last.content, update.content] });
    return;
  }
  push(fold, event, { type: "user", messageId: update.messageId, content: [update.content] });
}

/** It stands with its prompt, wherever in the log it was written. */
function addContext(
  fold: HistoryFold,
  update: Extract<SessionUpdate, { sessionUpdate: "prompt_context" }>,
): void {
  const index = fold.all.findLastIndex((item) => item.type === "user" && item.messageId === update.promptId);
  const item = fold.all[index];
  if (item?.type === "user")
    replace(fold, index, { ...item, context: [...(item.context ?? []), update.text] });
}

function addWords(
  fold: HistoryFold,
  event: SessionEvent,
  update: Extract<SessionUpdate, { sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" }>,
): void {
  const { stepId } = event;
  const text = update.content.type === "text" ? update.content.text : "";
  if (update.sessionUpdate === "agent_message_chunk") {
    const { index, step } = openStep(fold, event, stepId ?? update.messageId);
    return replace(fold, index, { ...step, text: step.text + text });
  }
  if (stepId === undefined || text === "") return;
  const { index, step } = openStep(fold, event, stepId);
  replace(fold, index, { ...step, thought: (step.thought ?? "") + text });
}

/** A step that is not there stays away. */
function patchStep(
  fold: HistoryFold,
  stepId: string | undefined,
  patch: Pick<StepItem, "origin" | "plan">,
): void {
  const index = stepId === undefined ? undefined : fold.stepIndexes.get(stepId);
  const item = index === undefined ? undefined : fold.all[index];
  if (index !== undefined && item?.type === "step") replace(fold, index, { ...item, ...patch });
}

/** One that failed after it was completed is one that was taken back. */
function compact(fold: HistoryFold, event: SessionEvent, update: CompactionUpdate): void {
  const { compactionId, status, summary, keepFrom } = update;
  const index = fold.all.findLastIndex(
    (item) => item.type === "compaction" && item.compactionId === compactionId,
  );
  if (status === "failed" && index >= 0)
    replace(fold, index, { type: "compaction", compactionId, summary: null, keepFrom: null });
  if (status === "completed" && index < 0 && summary !== undefined)
    push(fold, event, { type: "compaction", compactionId, summary, keepFrom: keepFrom ?? null });
}

function patchCall(fold: HistoryFold, event: SessionEvent, update: ToolUpdate): void {
  if (update.status === "completed" || update.status === "failed") fold.nested.delete(update.toolCallId);
  const known = fold.callIndexes.get(update.toolCallId);
  const item = known === undefined ? undefined : fold.all[known];
  if (known !== undefined && item?.type === "step") {
    const calls = item.calls.map((call) =>
      call.toolCallId === update.toolCallId ? patched(fold, call, update) : call,
    );
    return replace(fold, known, { ...item, calls });
  }
  const { index, step } = openStep(fold, event, event.stepId ?? update.toolCallId);
  const created = {
    toolCallId: update.toolCallId,
    call: calledAs(update),
    status: "pending",
    result: null,
  } as const;
  replace(fold, index, { ...step, calls: [...step.calls, patched(fold, created, update)] });
  fold.callIndexes.set(update.toolCallId, index);
}

function openStep(fold: HistoryFold, event: SessionEvent, stepId: string): { index: number; step: StepItem } {
  const index = fold.stepIndexes.get(stepId) ?? fold.all.length;
  const found = fold.all[index];
  if (found?.type === "step") return { index, step: found };
  const step: StepItem = { type: "step", stepId, text: "", calls: [] };
  push(fold, event, step);
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
  const sameAs = update.content == null ? call.sameAs : update._meta?.sameAs;
  const made = {
    toolCallId: call.toolCallId,
    call: update._meta?.model ?? call.call,
    status,
    result,
    ...(sameAs === undefined ? {} : { sameAs }),
  };
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
