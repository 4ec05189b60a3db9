/** Short names for the results of a session, r1, r2 … in the order of their calls: what a stub names, and `recall` finds. */
import type { History, HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import { plainResult } from "./repeated-results.ts";

/** The numbers of neighbouring calls, by `toolCallId`; `before`: calls of the conversation before them. */
export function resultNumbers(calls: readonly HistoryCall[], before: number): ReadonlyMap<string, number> {
  return new Map(calls.map((call, index) => [call.toolCallId, before + index + 1]));
}

/** How many calls each item takes numbers for. */
export function callCount(item: HistoryItem): number {
  return item.type === "step" ? item.calls.length : 0;
}

/** The whole result of that id; null: there is none, or its call is still open. */
export function recallResult(history: History, resultId: string): string | null {
  const number = Number(/^\s*[rR]?(\d{1,9})\s*$/.exec(resultId)?.[1] ?? 0);
  return plainResult(history, number);
}
