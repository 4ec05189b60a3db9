/** Working notes that need no model: what the steps that a request no longer shows have read, changed and run. */
import type { History, HistoryCall } from "../../../../transcript/history.ts";
import { estimateText } from "../room/token-estimate.ts";
import { changeCountsIn } from "../tool.ts";
import { callFacts, gist } from "./call-facts.ts";

const mostFiles = 40;
const mostTests = 10;
const failingTest =
  /^\s*(?:✗|✖|×|✕|not ok(?: \d+)?|FAIL(?:ED)?:?|--- FAIL:|test .+ \.\.\. FAILED)\s*[-–—]?\s*(.{0,120})/;

/** In at most `tokens`, by estimate; empty when there is nothing to tell. */
export function workingNotes(steps: History, tokens: number): string {
  const calls = steps.flatMap((item) => (item.type === "step" ? item.calls : []));
  const lines = [
    ...section("Files changed", changes(calls)),
    ...lastCommand(calls),
    ...section("Files read", reads(calls)),
  ];
  return keptLines(lines, tokens).join("\n");
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`${title}: ${entries.slice(-mostFiles).join("; ")}`];
}

/** By file, the newest last; each with what its last change said. */
function changes(calls: readonly HistoryCall[]): string[] {
  const byFile = new Map<string, string>();
  for (const call of calls) {
    const { object, isChange } = callFacts(call);
    if (!isChange || call.status !== "completed" || object === "") continue;
    byFile.delete(object);
    byFile.set(object, changeCountsIn(call.result ?? ""));
  }
  return [...byFile].map(([file, said]) => (said === "" ? file : `${file} ${said}`));
}

function reads(calls: readonly HistoryCall[]): string[] {
  const byFile = new Map<string, string>();
  for (const call of calls) {
    const { name, object, range } = callFacts(call);
    if (name !== "read" || call.status !== "completed" || object === "") continue;
    byFile.delete(object);
    byFile.set(object, range);
  }
  return [...byFile].map(([file, range]) => (range === "" ? file : `${file} ${range}`));
}

function lastCommand(calls: readonly HistoryCall[]): string[] {
  const last = calls.findLast((call) => callFacts(call).isCommand && call.result !== null);
  if (last === undefined) return [];
  const { object } = callFacts(last);
  const tests = (last.result ?? "").split("\n").flatMap((line) => {
    const name = failingTest.exec(line)?.[1]?.trim() ?? "";
    return name === "" ? [] : [name];
  });
  return [
    `Last command: ${object} → ${gist(last) || "ended"}`,
    ...section("Failing tests", [...new Set(tests)].slice(0, mostTests)),
  ];
}

function keptLines(lines: readonly string[], tokens: number): string[] {
  let left = tokens;
  return lines.flatMap((line) => {
    const share = Math.max(0, Math.floor((line.length * left * 0.9) / Math.max(1, estimateText(line))) - 2);
    const kept =
      estimateText(line) <= left ? line : `${line.slice(0, line.indexOf(":") + 1)} …${line.slice(-share)}`;
    left -= estimateText(kept);
    return left < 0 ? [] : [kept];
  });
}
