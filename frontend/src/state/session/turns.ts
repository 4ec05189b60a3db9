/** The turns of a session by what was asked: when, what came of it, what it changed. Pure. */
import type { Transcript, TurnEndEntry } from "../../../../transcript/transcript.ts";
import type { ContentBlock } from "../../api/types.ts";

export interface TurnRow {
  /** The entry that a person said. */
  readonly entryId: string;
  readonly at: string;
  readonly content: readonly ContentBlock[];
  /** How its turn ended; null: it has not, or this was said into a turn that another message began. */
  readonly end: TurnEndEntry | null;
  /** running: it works on it. steered: said while it worked. over: see `end`. */
  readonly state: "running" | "requires_action" | "steered" | "over";
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
    const isRunning = entry.turnId === turnId && (state === "running" || state === "requires_action");
    rows.push({
      entryId: entry.id,
      at: entry.at,
      content: entry.content,
      end: isSteered ? null : (ends.get(entry.turnId ?? "") ?? null),
      state: isSteered ? "steered" : isRunning ? state : "over",
    });
  }
  return rows.reverse();
}
