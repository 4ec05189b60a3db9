/** The turns of a session by what was asked: when, what came of it, what it changed. Pure. */

import type { Transcript, TurnEndEntry } from "../../../../transcript/transcript.ts";
import { isRunning } from "../../../../transcript/turn-state.ts";
import type { ContentBlock, SessionState } from "../../api/types.ts";

export interface TurnRow {
  /** The entry that a person said. */
  readonly entryId: string;
  /** Null: of a log that does not tell. */
  readonly turnId: string | null;
  readonly at: string;
  readonly content: readonly ContentBlock[];
  /** How its turn ended; null: it has not, or this was said into a turn that another message began. */
  readonly end: TurnEndEntry | null;
  /** running: it works on it. steered: said while it worked. over: see `end`. */
  readonly state: "running" | "requires_action" | "steered" | "over";
}

/** A turn is under way, also while it waits for a person. */
export function isAtWork(state: SessionState): boolean {
  return isRunning(state);
}

/** The last turn that changed files, among those that are known; null: none did. */
export function lastTurnWithChanges({ entries }: Pick<Transcript, "entries">): string | null {
  const end = entries.findLast(
    (entry) => entry.type === "turn_end" && entry.turnId !== null && (entry.changes?.fileCount ?? 0) > 0,
  );
  return end?.type === "turn_end" ? end.turnId : null;
}

/** A row for each prompt that is known, the newest first. */
export function turnsOf({ entries, turnId, state }: Transcript): readonly TurnRow[] {
  const ends = new Map<string, TurnEndEntry>();
  for (const entry of entries)
    if (entry.type === "turn_end" && entry.turnId !== null) ends.set(entry.turnId, entry);
  const begun = new Set<string>();
  const rows: TurnRow[] = [];
  for (const entry of entries) {
    if (entry.type !== "user" || entry.parentToolCallId !== undefined) continue;
    const isSteered = entry.turnId !== null && begun.has(entry.turnId);
    if (entry.turnId !== null) begun.add(entry.turnId);
    const isUnderWay = entry.turnId === turnId && isRunning(state);
    rows.push({
      entryId: entry.id,
      turnId: entry.turnId,
      at: entry.at,
      content: entry.content,
      end: isSteered ? null : (ends.get(entry.turnId ?? "") ?? null),
      state: isSteered ? "steered" : isUnderWay && isRunning(state) ? state : "over",
    });
  }
  return rows.reverse();
}
