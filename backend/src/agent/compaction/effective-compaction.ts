/** The compaction that holds now: the newest one that was not taken back. */
import type { History, HistoryItem } from "../../../../transcript/history.ts";

export interface EffectiveCompaction {
  readonly summary: string;
  /** So many items, from the first, are told as the summary. */
  readonly covered: number;
}

/** Null: none holds. */
export function effectiveCompaction(history: History): EffectiveCompaction | null {
  const index = history.findLastIndex((item) => item.type === "compaction" && item.summary !== null);
  const item = history[index];
  if (item?.type !== "compaction" || item.summary === null) return null;
  const kept = item.keepFrom === null ? index : history.findIndex((other) => idOf(other) === item.keepFrom);
  return { summary: item.summary, covered: kept < 0 || kept > index ? index : kept };
}

/** The id that `keepFrom` names an item by. */
export function idOf(item: HistoryItem): string {
  switch (item.type) {
    case "user":
      return item.messageId;
    case "step":
      return item.stepId;
    case "compaction":
      return item.compactionId;
  }
}
