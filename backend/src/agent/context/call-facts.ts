/** What a call was about, from its arguments and its result alone: for stubs and notes. */
import type { HistoryCall } from "../../../../transcript/history.ts";
import { resultWords } from "../tool.ts";

/** A call in a few words. */
export interface CallFacts {
  readonly name: string;
  /** The path, pattern or command; empty when there is none. */
  readonly object: string;
  /** `12-60` of a read. */
  readonly range: string;
  readonly isChange: boolean;
  readonly isCommand: boolean;
}

const objectNames = ["path", "file_path", "filePath", "file", "command", "cmd", "pattern", "query", "url"];
const otherNames = ["prompt", "question", "id", "name"];
const changeNames = new Set(["edit", "write", "apply_patch"]);
const commandNames = new Set(["shell", "bash", "execute", "job"]);
const longestObjectCharacters = 100;

/** Never throws, whatever the model wrote. */
export function callFacts({ call }: HistoryCall): CallFacts {
  const input = argumentsOf(call.arguments);
  const key = [...objectNames, ...otherNames].find((name) => typeof input.get(name) === "string");
  const written = key === undefined ? patchedFiles(input) : String(input.get(key));
  const name = call.name.toLowerCase();
  return {
    name: call.name.slice(0, 64),
    object: (written.trim().split("\n")[0] ?? "").slice(0, longestObjectCharacters),
    range: rangeOf(input),
    isChange: changeNames.has(name),
    isCommand: commandNames.has(name),
  };
}

/** The line of a result that says most: where it ended for a command, where it begins for all else. */
export function gist(call: HistoryCall): string {
  const lines = (call.result ?? "").split("\n").filter((line) => line.trim() !== "");
  const { isCommand, isChange } = callFacts(call);
  if (isCommand) return (lines.findLast(isEnd) ?? "").slice(0, 60);
  return isChange || call.status === "failed" ? (lines[0] ?? "").slice(0, 120) : "";
}

function isEnd(line: string): boolean {
  return line.startsWith(resultWords.exitCode) || line.startsWith(resultWords.endedBy);
}

/** Whether a command ended as one does that found nothing wrong. */
export function hasPassed(call: HistoryCall): boolean {
  return call.status === "completed" && /^0\b/.test(gist(call).slice(resultWords.exitCode.length));
}

/**
 * What a person decided or said through a call, which holds for as long as their own prompts do: the plan that they accepted, an
 * answer, the words of a refusal. Null: nothing.
 */
export function personWords({ call, status, result }: HistoryCall): string | null {
  if (result === null) return null;
  const input = argumentsOf(call.arguments);
  switch (call.name.toLowerCase()) {
    case "exit_plan":
      return status === "completed" ? decidedPlan(String(input.get("plan") ?? ""), result) : null;
    case "ask":
      return status === "completed" ? `You asked: ${String(input.get("question") ?? "")}\n${result}` : null;
    default: {
      const isSaid = status === "failed" && result.startsWith(resultWords.refusedSaying);
      const { name, object } = callFacts({ toolCallId: "", call, status, result });
      return isSaid ? `${name} ${object}: ${result}` : null;
    }
  }
}

function decidedPlan(plan: string, result: string): string {
  const isAccepted = result.startsWith(resultWords.planAccepted);
  return isAccepted && !result.includes("\n\n") ? `${result}\n\n${plan}` : result;
}

function patchedFiles(input: ReadonlyMap<string, unknown>): string {
  const patch = input.get("patch") ?? input.get("input");
  if (typeof patch !== "string") return "";
  const files = [...patch.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm)];
  return files.map(([, path = ""]) => path.trim()).join(", ");
}

function rangeOf(input: ReadonlyMap<string, unknown>): string {
  const offset = Number(input.get("offset") ?? Number.NaN);
  const limit = Number(input.get("limit") ?? Number.NaN);
  if (!Number.isFinite(offset)) return Number.isFinite(limit) ? `1-${limit}` : "";
  return Number.isFinite(limit) ? `${offset}-${offset + limit - 1}` : `${offset}-`;
}

function argumentsOf(written: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(written);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    // Not JSON: the call is named without its object.
    return new Map();
  }
}
