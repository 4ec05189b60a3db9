/** The order of the list of sessions. Pure. */
import type { SessionSummary } from "../../protocol/session.ts";

/** Most recently updated first; those of one time by their ids. */
export function inListOrder(summaries: readonly SessionSummary[]): SessionSummary[] {
  return summaries.toSorted(
    (one, other) => compareText(other.updatedAt, one.updatedAt) || compareText(one.id, other.id),
  );
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
