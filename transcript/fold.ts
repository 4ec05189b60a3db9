/**
 * The one fold: a session's events → what a person sees of it. Live streaming, replay and tests are the same path.
 * Pure; a returned entry object is never changed again, only replaced.
 */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { filledBy } from "./context-parts.ts";
import { applyCompaction, takeBackCompaction } from "./fold-compaction.ts";
import { type Draft, draftOf, finish, parentOf, pushEntry } from "./fold-draft.ts";
import { applyPermissionOutcome, applyQuestion } from "./fold-permission.ts";
import { applyRewind } from "./fold-rewind.ts";
import { appendChunk } from "./fold-text.ts";
import { appendToolOutput, ensureTool, patchToolCall } from "./fold-tool.ts";
import { addUsage, applyCheckpoint, applyState } from "./fold-turn.ts";
import { changedQueue, queueWith, queueWithout } from "./prompt-queue.ts";
import type { NoticeEntry, Transcript } from "./transcript.ts";

type Update<Kind extends SessionUpdate["sessionUpdate"]> = Extract<SessionUpdate, { sessionUpdate: Kind }>;

/** A session of which nothing is known yet. */
export const emptyTranscript: Transcript = {
  entries: [],
  rewound: [],
  rewinds: [],
  standings: [],
  lastSeq: 0,
  title: null,
  forkedFrom: null,
  importedAt: null,
  project: null,
  engine: null,
  model: null,
  effort: null,
  mode: "ask",
  state: "idle",
  turnId: null,
  turnStartedAt: null,
  turnTokens: null,
  turnCost: null,
  turnSteps: 0,
  spent: { steps: 0, tokens: 0, cost: 0 },
  turnChanges: null,
  promptId: null,
  stopReason: null,
  problem: null,
  questions: [],
  grants: [],
  queue: [],
  plan: [],
  usage: null,
  jobsSeq: 0,
  commands: [],
};

/**
 * Folds events, in order, into a transcript. Events at or before `lastSeq` are ignored, and so are kinds that are not
 * known. Arrays are copied at most once for all of them. Never throws.
 */
export function applyEvents(transcript: Transcript, events: readonly SessionEvent[]): Transcript {
  const draft = draftOf(transcript);
  for (const event of events) {
    // A joined event that begins before what is known would double text, so it counts as known.
    if ((event.from ?? event.seq) <= draft.lastSeq) continue;
    ensureParent(draft, event);
    applyUpdate(draft, event);
    if (tellsOfJob(event.update)) draft.jobsSeq = event.seq;
    draft.lastSeq = event.seq;
  }
  return draft.lastSeq === transcript.lastSeq ? transcript : finish(draft);
}

/** The first page of a long log may begin within the work of a subagent. */
function ensureParent(draft: Draft, event: SessionEvent): void {
  const { parentToolCallId, ...ofTurn } = event;
  if (parentToolCallId === undefined) return;
  ensureTool(draft, ofTurn, { toolCallId: parentToolCallId, status: "in_progress" });
}

function applyUpdate(draft: Draft, event: SessionEvent): void {
  const update = event.update;
  switch (update.sessionUpdate) {
    case "session_created":
      return applyCreation(draft, update);
    case "user_message_chunk":
      draft.queue = queueWithout(draft.queue, update.messageId);
      return appendChunk(draft, event, {
        type: "user",
        messageId: update.messageId,
        content: update.content,
      });
    case "agent_message_chunk":
    case "agent_thought_chunk": {
      const type = update.sessionUpdate === "agent_message_chunk" ? "agent" : "thought";
      return appendChunk(draft, event, { type, messageId: update.messageId, content: update.content });
    }
    case "tool_call":
    case "tool_call_update":
      return patchToolCall(draft, event, update);
    case "tool_output_chunk":
      return appendToolOutput(draft, event, update);
    case "request_permission":
      return applyQuestion(draft, event, update);
    case "permission_outcome":
      return applyPermissionOutcome(draft, event, update);
    case "prompt_context":
      return addSource(draft, update);
    case "state_update":
      return applyState(draft, event, update);
    case "checkpoint":
      return applyCheckpoint(draft, event, update);
    case "prompt_queued":
      return addToQueue(draft, update);
    case "queue_update":
      draft.queue = changedQueue(draft.queue, update);
      return;
    case "plan":
      // A subagent's list is its own.
      if (event.parentToolCallId === undefined) draft.plan = update.entries;
      return;
    case "usage_update":
      return applyUsage(draft, event, update);
    case "compaction_update":
      return applyCompaction(draft, event, update);
    case "rewind":
      return goBack(draft, event, update);
    case "instructions_update":
      return update.files.length === 0 ? undefined : addNotice(draft, event, update);
    case "available_commands_update":
      draft.commands = update.availableCommands;
      return;
    case "session_info_update":
      draft.title = update.title === undefined ? draft.title : update.title;
      return;
    case "current_mode_update":
      if (update.currentModeId === draft.mode) return;
      draft.mode = update.currentModeId;
      return addChoice(draft, event, update);
    case "config_option_update":
      return applyOptions(draft, event, update);
    case "notice":
      return addNotice(draft, event, update);
  }
  update satisfies never;
}

/** A command of ours that goes on in the background says under which name; its end is a notice. */
function tellsOfJob(update: SessionUpdate): boolean {
  if (update.sessionUpdate === "notice") return update.code === "job_ended";
  if (update.sessionUpdate !== "tool_call_update" && update.sessionUpdate !== "tool_call") return false;
  const { rawOutput } = update;
  return typeof rawOutput === "object" && rawOutput !== null && "jobId" in rawOutput;
}

function goBack(draft: Draft, event: SessionEvent, update: Update<"rewind">): void {
  applyRewind(draft, event, update);
  takeBackCompaction(draft, event, update);
}

/** A subagent has a window of its own, and so has whatever sums up: what they use is their turn's. */
function applyUsage(draft: Draft, event: SessionEvent, update: Update<"usage_update">): void {
  const { used, size } = update;
  const isOfConversation =
    event.parentToolCallId === undefined && (used !== null || update.parts !== undefined);
  if (isOfConversation) draft.usage = { seq: event.seq, used, size, parts: filledBy(update) };
  addUsage(draft, update);
}

function applyCreation(draft: Draft, created: Update<"session_created">): void {
  draft.project = created.project;
  draft.engine = created.engine;
  draft.model = created.model;
  draft.mode = created.mode;
  draft.title = created.title;
  draft.forkedFrom = created.forkedFrom ?? null;
  draft.importedAt = created.importedAt ?? null;
}

function addToQueue(draft: Draft, queued: Update<"prompt_queued">): void {
  const { promptId, content, delivery } = queued;
  draft.queue = queueWith(draft.queue, { promptId, content, delivery });
}

/** With its prompt, which came before it. */
function addSource(draft: Draft, { promptId, source }: Update<"prompt_context">): void {
  const index = draft.place(promptId);
  const entry = draft.entries[index];
  if (entry?.type === "user") draft.replace(index, { ...entry, told: [...(entry.told ?? []), source] });
}

function applyOptions(draft: Draft, event: SessionEvent, update: Update<"config_option_update">): void {
  const { model, effort } = draft;
  for (const option of update.configOptions) {
    if (option.id === "model") draft.model = option.value;
    else draft.effort = option.value === "" ? null : option.value;
  }
  if (draft.model !== model || draft.effort !== effort) addChoice(draft, event, update);
}

/** A choice made before anything was said is no news. */
function addChoice(draft: Draft, event: SessionEvent, notice: NoticeEntry["notice"]): void {
  if (draft.entries.length > 0) addNotice(draft, event, notice);
}

/** The same notice again, such as the next retry, takes the place of the one before it. */
function addNotice(draft: Draft, event: SessionEvent, notice: NoticeEntry["notice"]): void {
  const last = draft.entries.at(-1);
  const repeats =
    last?.type === "notice" &&
    !standsAlone(notice) &&
    last.parentToolCallId === event.parentToolCallId &&
    kindOf(last.notice) === kindOf(notice);
  const id = repeats ? last.id : `notice-${event.seq}`;
  const entry: NoticeEntry = {
    type: "notice",
    id,
    seq: repeats ? last.seq : event.seq,
    at: event.at,
    turnId: event.turnId ?? null,
    notice,
    by: event.by ?? null,
    ...parentOf(event),
  };
  if (repeats) draft.replace(draft.entries.length - 1, entry);
  else pushEntry(draft, entry);
}

/** Two of these are two different things. */
function standsAlone(notice: NoticeEntry["notice"]): boolean {
  if (notice.sessionUpdate === "instructions_update") return true;
  return notice.sessionUpdate === "notice" && notice.code === "job_ended";
}

function kindOf(notice: NoticeEntry["notice"]): string {
  return notice.sessionUpdate === "notice" ? notice.code : notice.sessionUpdate;
}
