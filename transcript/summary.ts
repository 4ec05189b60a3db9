/**
 * One row of the session list: a fold of the log, kept up event by event. Pure: no Node, no DOM, no Zod.
 * What the log does not know (the branch, what a device has read, whether saving works) is put on top by its owner.
 */
import type { SessionSummary } from "../backend/src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { cutText, longestTitle } from "./cut-text.ts";
import { withoutPictures, withoutPicturesIn } from "./pictures.ts";
import { changedQueue, queueWith, queueWithout } from "./prompt-queue.ts";
import { isOut, rewindMark, rewoundBy, withMark } from "./rewinds.ts";
import { nothingSpent, spentInDay, spentWith } from "./spent.ts";
import { isRunning } from "./turn-state.ts";

type Updated<Kind extends SessionUpdate["sessionUpdate"]> = Extract<SessionUpdate, { sessionUpdate: Kind }>;
type Change = Partial<SessionSummary>;

/** How long `auto` holds when nobody says. */
export const usualModeMs = 12 * 60 * 60_000;

/** The list is sent whole: what lies further back than this no rewind brings back into its row. */
const keptChanges = 8;

/** What another side said of a failure. */
const longestDetail = 2_000;

/** The summary of a session that has only just been made. */
export function newSummary(created: Updated<"session_created">, event: SessionEvent): SessionSummary {
  return {
    id: created.sessionId,
    title: titleOf(created.title),
    pinned: false,
    archived: false,
    forkedFrom: created.forkedFrom ?? null,
    ...(created.importedAt === undefined ? {} : { importedAt: created.importedAt }),
    project: { ...created.project, branch: null },
    engine: created.engine,
    model: created.model,
    effort: null,
    mode: created.mode,
    modeEndsAt: modeEnd(created.mode, created._meta, event),
    state: "idle",
    turnId: null,
    turnStartedAt: null,
    stopReason: null,
    problem: null,
    activity: null,
    pending: [],
    queue: [],
    changes: null,
    spent: nothingSpent,
    spentInDay: null,
    createdAt: event.at,
    updatedAt: event.at,
    lastSeq: event.seq,
    seenSeq: 0,
    notSaving: false,
  };
}

/** Takes in one event that follows those already in `summary`; unknown kinds only move its end. */
export function applyToSummary(summary: SessionSummary, event: SessionEvent): SessionSummary {
  return {
    ...summary,
    ...changeOf(summary, event),
    updatedAt: movesInList(event) ? later(summary.updatedAt, event.at) : summary.updatedAt,
    lastSeq: event.seq,
  };
}

function changeOf(summary: SessionSummary, event: SessionEvent): Change {
  const { update } = event;
  switch (update.sessionUpdate) {
    case "session_info_update":
      return infoChange(update);
    case "current_mode_update":
      return {
        mode: update.currentModeId,
        modeEndsAt: modeEnd(update.currentModeId, update._meta, event),
      };
    case "config_option_update":
      return optionChange(update);
    case "prompt_queued": {
      const { promptId, delivery } = update;
      const content = withoutPictures(update.content);
      // Whoever goes on with a session wants it in sight.
      return { archived: false, queue: queueWith(summary.queue, { promptId, content, delivery }) };
    }
    case "queue_update":
      return { queue: changedQueue(summary.queue, withoutPicturesIn(update)) };
    case "user_message_chunk":
      return { queue: queueWithout(summary.queue, update.messageId) };
    case "state_update":
      return stateChange(summary, event, update);
    case "tool_call":
    case "tool_call_update":
      return { activity: activityOf(summary.activity, update) };
    case "request_permission": {
      const { sessionUpdate: _, ...request } = update;
      return { pending: pendingWith(summary.pending, request) };
    }
    case "permission_outcome":
      return { pending: summary.pending.filter((request) => request.requestId !== update.requestId) };
    case "usage_update":
      return {
        spent: spentWith(summary.spent, update),
        spentInDay: spentInDay(summary.spentInDay, event, update),
      };
    case "checkpoint":
      return update.changes === undefined ? {} : changesOf(summary, event, update.changes);
    case "rewind":
      return rewindChange(summary, event, update);
    case "session_created":
    case "agent_message_chunk":
    case "agent_thought_chunk":
    case "tool_output_chunk":
    case "plan":
    case "compaction_update":
    case "available_commands_update":
    case "prompt_context":
    case "instructions_update":
    case "notice":
      return {};
  }
}

/** Asked twice it stands once, and last. */
function pendingWith(
  pending: SessionSummary["pending"],
  request: SessionSummary["pending"][number],
): SessionSummary["pending"] {
  const isNew = !pending.some(({ requestId }) => requestId === request.requestId);
  return [...(isNew ? pending : pending.filter((one) => one.requestId !== request.requestId)), request];
}

/** Every list shows it: a log from elsewhere may hold one of any length. */
function titleOf(title: string | null): string | null {
  return title === null ? null : cutText(title, longestTitle);
}

function infoChange({ title, pinned, archived }: Updated<"session_info_update">): Change {
  return {
    ...(title === undefined ? {} : { title: titleOf(title) }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(archived === undefined ? {} : { archived }),
  };
}

/** Tidying up is not news: what is pinned or put away keeps its place among the others. */
function movesInList({ update }: SessionEvent): boolean {
  if (update.sessionUpdate !== "session_info_update") return true;
  return update.pinned === undefined && update.archived === undefined;
}

/** The events of a copy are older than the copy. */
function later(one: string, other: string): string {
  return one < other ? other : one;
}

/** Logs from before `auto` had an end get the usual one: none goes on for ever. */
function modeEnd(
  mode: SessionSummary["mode"],
  meta: { readonly endsAt: string } | undefined,
  event: SessionEvent,
): string | null {
  if (mode !== "auto") return null;
  return meta?.endsAt ?? new Date(Date.parse(event.at) + usualModeMs).toISOString();
}

function stateChange(summary: SessionSummary, event: SessionEvent, update: Updated<"state_update">): Change {
  const { state } = update;
  const queue = queueWithout(summary.queue, update.promptId);
  if (!isRunning(state)) {
    const activity = summary.activity === null ? null : { ...summary.activity, running: false };
    const { stopReason = null, problem = null } = update;
    return {
      state,
      stopReason,
      problem: shortProblem(problem),
      activity,
      queue,
      turnId: null,
      turnStartedAt: null,
      pending: [],
    };
  }
  const turnId = event.turnId ?? null;
  if (turnId === summary.turnId) return { state, queue };
  return {
    state,
    turnId,
    turnStartedAt: event.at,
    stopReason: null,
    problem: null,
    activity: null,
    queue,
  };
}

/** What came last is no more: what the turns that stay have changed, stands again. */
function rewindChange(summary: SessionSummary, event: SessionEvent, update: Updated<"rewind">): Change {
  const mark = rewindMark(event);
  if (mark === null) return {};
  const rewinds = [...withMark(summary.rewinds ?? [], mark)];
  const changes = standingChanges(summary, rewinds);
  if (update.undoes !== undefined || mark.keepThrough === null || isRunning(summary.state))
    return { rewinds, changes };
  // Whatever it was that stopped, nothing is open any more.
  const stopReason = summary.stopReason === null ? null : "end_turn";
  return { rewinds, changes, activity: null, state: "idle", stopReason, problem: null };
}

/** Of the turn that changed files last, among those that stand. */
function standingChanges(
  { turnChanges = [] }: SessionSummary,
  rewinds: NonNullable<SessionSummary["rewinds"]>,
): SessionSummary["changes"] {
  const rewound = rewoundBy(rewinds);
  const standing = turnChanges.findLast(({ seq }) => !isOut(rewound, seq));
  if (standing === undefined) return null;
  const { seq: _, ...changes } = standing;
  return changes;
}

function shortProblem(problem: SessionSummary["problem"]): SessionSummary["problem"] {
  if (problem?.detail === undefined) return problem;
  return { ...problem, detail: cutText(problem.detail, longestDetail) };
}

/**
 * Of calls beside each other the one that began last is shown, and what is told of another one without its title or its kind is
 * not said of it; what was never done is not what came last.
 */
function activityOf(
  activity: SessionSummary["activity"],
  update: Updated<"tool_call" | "tool_call_update">,
): SessionSummary["activity"] {
  const { toolCallId } = update;
  const isOver = update.status === "completed" || update.status === "failed";
  const isOther = activity !== null && activity.toolCallId !== toolCallId;
  // Another call that ends takes no place from one that goes on.
  if (isOther && isOver && activity.running) return activity;
  const known = isOther ? null : activity;
  const title = update.title ?? known?.title;
  const kind = update.kind ?? known?.kind ?? (update.sessionUpdate === "tool_call" ? "other" : undefined);
  if (title === undefined || kind === undefined) return activity;
  if (update.status === "failed" && isUndone(update.rawOutput)) return null;
  return {
    toolCallId,
    kind,
    title: cutText(title, longestTitle),
    running: !isOver,
  };
}

/** A call of ours that came to nothing: denied, not allowed by the mode, not begun. */
function isUndone(rawOutput: unknown): boolean {
  if (typeof rawOutput !== "object" || rawOutput === null || !("reason" in rawOutput)) return false;
  return ["denied", "mode", "not_started", "invalid_input"].some((reason) => reason === rawOutput.reason);
}

function optionChange({ configOptions }: Updated<"config_option_update">): Change {
  let change: Change = {};
  for (const option of configOptions) {
    if (option.id === "model") change = { ...change, model: option.value };
    else change = { ...change, effort: option.value === "" ? null : option.value };
  }
  return change;
}

function changesOf(
  { turnChanges = [] }: SessionSummary,
  { seq }: SessionEvent,
  told: NonNullable<Updated<"checkpoint">["changes"]>,
): Change {
  // A turn that only looked leaves what the one before it changed.
  if (told.fileCount === 0) return {};
  const changes = { files: told.fileCount, added: told.added, removed: told.removed };
  return { changes, turnChanges: [...turnChanges.slice(1 - keptChanges), { seq, ...changes }] };
}
