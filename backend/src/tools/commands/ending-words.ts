/** How a command ended, in words that a result can be found by again. */
import { resultWords } from "../../agent/tool.ts";

/** `exit code 1`, `ended by SIGTERM`. */
export function endingWords(end: {
  readonly exitCode: number | null;
  readonly signal: string | null;
}): string {
  return end.exitCode === null
    ? `${resultWords.endedBy}${end.signal ?? "a signal"}`
    : `${resultWords.exitCode}${end.exitCode}`;
}
