/** Short names for the results of a session, r1, r2 … in the order of their calls: what a stub names, and `recall` finds. */
import type { History } from "../../../../transcript/history.ts";

/** The number of each call, by `toolCallId`. */
export function resultNumbers(history: History): ReadonlyMap<string, number> {
  const calls = history.flatMap((item) => (item.type === "step" ? item.calls : []));
  return new Map(calls.map((call, index) => [call.toolCallId, index + 1]));
}

/** The whole result of that id; null: there is none, or its call is still open. */
export function recallResult(history: History, resultId: string): string | null {
  const number = Number(/^\s*[rR]?(\d{1,9})\s*$/.exec(resultId)?.[1] ?? 0);
  const calls = history.flatMap((item) => (item.type === "step" ? item.calls : []));
  return calls[number - 1]?.result ?? null;
}
