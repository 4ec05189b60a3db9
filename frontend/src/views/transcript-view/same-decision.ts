/** Whether two decisions can be told as one. Pure. */
import type { DecisionEntry } from "../../../../transcript/transcript.ts";

/** By the same one, the same way, without words of their own; only what they are about differs. */
export function isSameDecision(one: DecisionEntry, other: DecisionEntry): boolean {
  const [before, after] = [one.outcome, other.outcome];
  if (one.answered !== undefined || other.answered !== undefined) return false;
  if (one.about === undefined || other.about === undefined) return false;
  if (before.outcome !== "selected" || after.outcome !== "selected") return false;
  const hasWords = before.feedback !== undefined || after.feedback !== undefined;
  const isSameWay = before.kind === after.kind && before.grant?.scope === after.grant?.scope;
  return !hasWords && isSameWay && one.by?.kind === other.by?.kind && one.by?.id === other.by?.id;
}
