/** A turn's life: its start, its waits, and the one line that it ends with. */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { closeText, type Draft, pushEntry } from "./fold-draft.ts";
import { queueWithout } from "./prompt-queue.ts";
import type { TurnEndEntry } from "./transcript.ts";

type StateUpdate = Extract<SessionUpdate, { sessionUpdate: "state_update" }>;
type Checkpoint = Extract<SessionUpdate, { sessionUpdate: "checkpoint" }>;
type Usage = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;

/** Begins, pauses or ends the turn that the event names. */
export function applyState(draft: Draft, event: SessionEvent, update: StateUpdate): void {
  draft.state = update.state;
  draft.queue = queueWithout(draft.queue, update.promptId);
  switch (update.state) {
    case "running":
    case "requires_action":
      return begin(draft, event, update);
    case "idle":
    case "interrupted":
      return end(draft, event, { state: update.state, update });
  }
}

function begin(draft: Draft, event: SessionEvent, update: StateUpdate): void {
  const turnId = event.turnId ?? null;
  draft.promptId = update.promptId;
  draft.stopReason = null;
  draft.problem = null;
  if (turnId === draft.turnId) return;
  draft.turnId = turnId;
  draft.turnStartedAt = event.at;
  draft.turnTokens = 0;
  draft.turnCost = 0;
  draft.turnSteps = 0;
  draft.turnChanges = null;
  // A list that was done before is no news of this turn.
  if (draft.plan.every(({ status }) => status === "completed")) draft.plan = [];
}

function end(
  draft: Draft,
  event: SessionEvent,
  given: { state: TurnEndEntry["state"]; update: StateUpdate },
): void {
  const turnId = event.turnId ?? draft.turnId;
  const { state, update } = given;
  abandonCalls(draft);
  draft.questions = draft.questions.filter((question) => question.turnId !== turnId);
  draft.grants = draft.grants.filter((grant) => grant.scope !== "turn" || grant.turnId !== turnId);
  draft.stopReason = update.stopReason ?? null;
  draft.problem = update.problem ?? null;
  addEnd(draft, {
    type: "turn_end",
    id: `turn-end-${turnId ?? event.seq}`,
    seq: event.seq,
    at: event.at,
    turnId,
    state,
    stopReason: draft.stopReason,
    problem: draft.problem,
    durationMs: turnId === draft.turnId ? elapsedMs(draft.turnStartedAt, event.at) : null,
    // A turn in which no step told its tokens has an unknown number of them, not none.
    tokens: draft.turnTokens === 0 ? null : draft.turnTokens,
    cost: draft.turnSteps === 0 ? null : draft.turnCost,
    changes: draft.turnChanges?.turnId === turnId ? draft.turnChanges.changes : null,
  });
  noteStanding(draft, event.seq);
  draft.turnId = null;
  draft.turnStartedAt = null;
  draft.turnTokens = null;
  draft.turnCost = null;
  draft.turnSteps = 0;
  draft.turnChanges = null;
  draft.promptId = null;
}

/** Before anything is known there is nothing to go back to. */
function noteStanding(draft: Draft, seq: number): void {
  const { plan, usage, standings } = draft;
  if (standings.length === 0 && plan.length === 0 && usage === null) return;
  draft.standings = [...standings, { seq, plan, usage }];
}

function addEnd(draft: Draft, entry: TurnEndEntry): void {
  const last = draft.entries.at(-1);
  if (last?.type === "turn_end" && last.turnId === entry.turnId) {
    // The same end told twice is one end, and what was known of it stays known.
    const { id, durationMs, tokens, cost, changes } = last;
    draft.replace(draft.entries.length - 1, {
      ...entry,
      id,
      durationMs,
      tokens,
      cost,
      changes: entry.changes ?? changes,
    });
    return;
  }
  // A turn that was gone on with under its own name ends once more, further down.
  const isKnown = draft.place(entry.id) >= 0;
  pushEntry(draft, isKnown ? { ...entry, id: `${entry.id}-${entry.seq}` } : entry);
}

/** Text is complete and what has no result will get none: all since the turn before it. */
function abandonCalls(draft: Draft): void {
  for (let index = draft.entries.length - 1; index >= 0; index -= 1) {
    const entry = draft.entries[index];
    if (entry === undefined || entry.type === "turn_end") return;
    if (entry.type === "compaction" && entry.status === "in_progress")
      draft.replace(index, { ...entry, status: "failed" });
    else if (entry.type !== "tool") closeText(draft, index);
    else if (entry.status === "pending" || entry.status === "in_progress") {
      draft.replace(index, { ...entry, abandoned: true, asking: false });
    }
  }
}

/** What the turn changed: on its end line, or kept until that comes. */
export function applyCheckpoint(draft: Draft, event: SessionEvent, checkpoint: Checkpoint): void {
  const { changes } = checkpoint;
  const { turnId } = event;
  if (checkpoint.phase !== "end" || changes === undefined || turnId === undefined) return;
  const index = draft.entries.findLastIndex((entry) => entry.type === "turn_end" && entry.turnId === turnId);
  const entry = draft.entries[index];
  if (entry?.type === "turn_end" && draft.turnId !== turnId) draft.replace(index, { ...entry, changes });
  else draft.turnChanges = { turnId, changes };
}

/** Adds what a step used to its turn; one step that does not tell makes the sum unknown. */
export function addUsage(draft: Draft, usage: Usage): void {
  const { inputTokens, outputTokens, cost = null } = usage;
  const tokens = sum(inputTokens, outputTokens);
  draft.turnSteps += 1;
  draft.turnCost = sum(draft.turnCost, cost);
  draft.turnTokens = sum(draft.turnTokens, tokens);
  const { spent } = draft;
  draft.spent = {
    steps: spent.steps + 1,
    tokens: sum(spent.tokens, tokens),
    cost: sum(spent.cost, cost),
  };
}

/** What is unknown makes the sum unknown. */
function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function elapsedMs(from: string | null, to: string): number | null {
  if (from === null) return null;
  const elapsed = Date.parse(to) - Date.parse(from);
  return Number.isFinite(elapsed) ? Math.max(0, elapsed) : null;
}
