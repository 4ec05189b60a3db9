/** What the demo's script learns from the results of real tools. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { AnsweredCall } from "./scripted-model/conversation.ts";

/** `not_run`: the command ended without the test runner's own count. */
export type TestRun =
  | { readonly type: "passed"; readonly total: number }
  | { readonly type: "failed"; readonly total: number; readonly failed: readonly string[] }
  | { readonly type: "not_run" };

/** Reads the output of `node --test`, in either of its reporters, and the exit code that the shell tool tells. */
export function readTestRun(colouredResult: string): TestRun {
  const result = stripVTControlCharacters(colouredResult);
  const total = Number(/^(?:ℹ|#) tests (\d+)$/m.exec(result)?.[1] ?? 0);
  if (total === 0) return { type: "not_run" };
  const exitCode = [...result.matchAll(/\bexit code (\d+)/gi)].at(-1)?.[1];
  if (exitCode === "0") return { type: "passed", total };
  const names = [...result.matchAll(/^\s*(?:✖|not ok \d+ -) (.+?)(?: \([\d.]+m?s\))?$/gm)].map(
    (match) => match[1] ?? "",
  );
  return { type: "failed", total, failed: [...new Set(names)].filter((name) => name !== "failing tests:") };
}

/** True when a person, a rule or the mode did not let the call run. */
export function isRefused({ result }: AnsweredCall): boolean {
  return /^[^\n]{0,60}\b(refused|denied|rejected|declined|not allowed|plan mode)\b/i.test(result);
}

/** True when nobody knows what became of the call: it was stopped, or the machine restarted. */
export function isLost({ result }: AnsweredCall): boolean {
  return /^[^\n]{0,60}\b(interrupted|not (run|started)|cancelled|stopped|outcome (is )?unknown)\b/i.test(
    result,
  );
}

/** True when an edit was made: its result counts the changed lines. */
export function isEdited({ result }: AnsweredCall): boolean {
  return /\+\d+ [−-]\d+/.test(result);
}

/** The file's text from the newest read that shows it, without line numbers; null when there is none. */
export function knownText(calls: readonly AnsweredCall[], path: string): string | null {
  const reads = calls.filter((call) => call.tool === "read" && call.arguments.path === path);
  return reads.map((call) => withoutLineNumbers(call.result)).findLast((text) => text !== "") ?? null;
}

/** The lines of a read's result that are the file's. */
export function withoutLineNumbers(result: string): string {
  return [...result.matchAll(/^ *\d+\t(.*)$/gm)].map((match) => match[1] ?? "").join("\n");
}

/** The newest call of a tool, or undefined. */
export function lastCall(calls: readonly AnsweredCall[], tool: string): AnsweredCall | undefined {
  return calls.findLast((call) => call.tool === tool);
}
