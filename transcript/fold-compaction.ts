/** A compaction over its life: one line that is begun, and then tells what came of it. */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { type Draft, parentOf, pushEntry } from "./fold-draft.ts";
import type { CompactionEntry } from "./transcript.ts";

type Compaction = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;
type Rewind = Extract<SessionUpdate, { sessionUpdate: "rewind" }>;

/** Begins the line, or tells in it what became of the compaction; what an update does not name stays. */
export function applyCompaction(draft: Draft, event: SessionEvent, update: Compaction): void {
  if (update.status === "completed") noteSize(draft, event, update.afterTokens);
  const id = `compaction-${update.compactionId}`;
  const index = draft.place(id);
  const known = draft.entries[index];
  if (known?.type === "compaction")
    return draft.replace(index, { ...known, ...told(update, known), ...completion(event, update) });
  if (known !== undefined) return;
  const nothing = { summary: null, beforeTokens: null, afterTokens: null, reason: null, problem: null };
  pushEntry(draft, {
    type: "compaction",
    id,
    seq: event.seq,
    at: event.at,
    turnId: event.turnId ?? null,
    ...told(update, nothing),
    ...completion(event, update),
    ...parentOf(event),
  });
}

/** The window holds again what it held before the compaction that is taken back. */
export function takeBackCompaction(draft: Draft, event: SessionEvent, { undoes }: Rewind): void {
  const taken = draft.entries.find((entry) => entry.type === "compaction" && entry.completedSeq === undoes);
  if (undoes === undefined || taken?.type !== "compaction" || draft.usage?.seq !== undoes) return;
  noteSize(draft, event, taken.beforeTokens ?? undefined);
}

/** By estimate, until the next step has counted; a subagent's window is its own. */
function noteSize(draft: Draft, { seq, parentToolCallId }: SessionEvent, used: number | undefined): void {
  if (used === undefined || parentToolCallId !== undefined) return;
  draft.usage = { seq, used, size: draft.usage?.size ?? null, parts: [] };
}

type Told = Pick<
  CompactionEntry,
  "status" | "trigger" | "summary" | "beforeTokens" | "afterTokens" | "reason" | "problem"
>;

function told(update: Compaction, known: Omit<Told, "status" | "trigger">): Told {
  return {
    status: update.status,
    trigger: update.trigger,
    summary: update.summary ?? known.summary,
    beforeTokens: update.beforeTokens ?? known.beforeTokens,
    afterTokens: update.afterTokens ?? known.afterTokens,
    reason: update.reason ?? known.reason,
    problem: update.problem ?? known.problem,
  };
}

function completion({ seq }: SessionEvent, { status }: Compaction): Pick<CompactionEntry, "completedSeq"> {
  return status === "completed" ? { completedSeq: seq } : {};
}
