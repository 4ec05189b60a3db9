/**
 * The one fold: a session's events → what a person sees of it. Live streaming, replay and tests are the same path.
 * Pure; a returned entry object is never changed again, only replaced.
 */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { type Draft, draftOf, finish, pushEntry } from "./fold-draft.ts";
import { applyPermissionOutcome, applyQuestion } from "./fold-permission.ts";
import { appendChunk } from "./fold-text.ts";
import { appendToolOutput, patchToolCall } from "./fold-tool.ts";
import { addTokens, applyCheckpoint, applyState } from "./fold-turn.ts";
import { changedQueue, queueWith, queueWithout } from "./prompt-queue.ts";
import type { NoticeEntry, Transcript } from "./transcript.ts";

type Update<Kind extends SessionUpdate["sessionUpdate"]> = Extract<SessionUpdate, { sessionUpdate: Kind }>;

/** A session of which nothing is known yet. */
export const emptyTranscript: Transcript = {
  entries: [],
  lastSeq: 0,
  title: null,
  forkedFrom: null,
  importedAt: null,
  project: null,
  engine: null,
  model: null,
  mode: "ask",
  state: "idle",
  turnId: null,
  turnStartedAt: null,
  turnTokens: null,
  turnChanges: null,
  promptId: null,
  stopReason: null,
  problem: null,
  questions: [],
  grants: [],
  queue: [],
  plan: [],
  usage: null,
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
    applyUpdate(draft, event);
    draft.lastSeq = event.seq;
  }
  return draft.lastSeq === transcript.lastSeq ? transcript : finish(draft);
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
      return appendChunk(draft, event, {
        type: "agent",
        messageId: update.messageId,
        content: update.content,
      });
    case "agent_thought_chunk":
      return appendChunk(draft, event, {
        type: "thought",
        messageId: update.messageId,
        content: update.content,
      });
    case "tool_call":
    case "tool_call_update":
      return patchToolCall(draft, event, update);
    case "tool_output_chunk":
      return appendToolOutput(draft, event, update);
    case "request_permission":
      return applyQuestion(draft, event, update);
    case "permission_outcome":
      return applyPermissionOutcome(draft, event, update);
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
      draft.plan = update.entries;
      return;
    case "usage_update":
      draft.usage = { used: update.used, size: update.size };
      return addTokens(draft, update);
    case "session_info_update":
      draft.title = update.title === undefined ? draft.title : update.title;
      return;
    case "current_mode_update":
      if (update.currentModeId === draft.mode) return;
      draft.mode = update.currentModeId;
      return addChoice(draft, event, update);
    case "config_option_update":
      return applyModel(draft, event, update);
    case "notice":
      return addNotice(draft, event, update);
  }
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

function applyModel(draft: Draft, event: SessionEvent, update: Update<"config_option_update">): void {
  const model = update.configOptions.find((option) => option.id === "model")?.value ?? draft.model;
  if (model === draft.model) return;
  draft.model = model;
  addChoice(draft, event, update);
}

/** A choice made before anything was said is no news. */
function addChoice(draft: Draft, event: SessionEvent, notice: NoticeEntry["notice"]): void {
  if (draft.entries.length > 0) addNotice(draft, event, notice);
}

/** The same notice again, such as the next retry, takes the place of the one before it. */
function addNotice(draft: Draft, event: SessionEvent, notice: NoticeEntry["notice"]): void {
  const last = draft.entries.at(-1);
  const repeats = last?.type === "notice" && kindOf(last.notice) === kindOf(notice);
  const id = repeats ? last.id : `notice-${event.seq}`;
  const entry: NoticeEntry = {
    type: "notice",
    id,
    seq: repeats ? last.seq : event.seq,
    at: event.at,
    turnId: event.turnId ?? null,
    notice,
    by: event.by ?? null,
  };
  if (repeats) draft.replace(draft.entries.length - 1, entry);
  else pushEntry(draft, entry);
}

function kindOf(notice: NoticeEntry["notice"]): string {
  return notice.sessionUpdate === "notice" ? notice.code : notice.sessionUpdate;
}
