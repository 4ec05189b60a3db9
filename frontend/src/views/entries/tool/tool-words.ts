/** What a tool row says: its verb, object, result and state, from the call alone. Pure. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import type { ToolFailure, ToolOutput } from "../../../api/types.ts";
import { formatBytes, formatChanges } from "../../../lib/format.ts";
import type { IconName } from "../../../lib/icons.ts";
import { jobVerbs, toolVerbs, toolVerbsByName, tool as words } from "../../../text/en-session.ts";
import { visibleLine } from "../../permission/visible-text.ts";

type ToolState = "waiting" | "running" | "done" | "failed" | "denied" | "stopped" | "not_started" | "unknown";

/** Seconds of what runs, and of what is done, are shown from here on: shorter times are noise. */
export const runningFromMs = 3000;
export const doneFromMs = 1000;

export interface ToolWords {
  readonly state: ToolState;
  readonly verb: string;
  readonly object: string;
  /** The object is a path: its folders go first when there is no room. */
  readonly isPath: boolean;
  readonly result: string;
  /** What `result` says of lines, as numbers; null: it says something else. */
  readonly changes: { readonly added: number; readonly removed: number } | null;
  readonly durationMs: number | null;
}

/** The words of a row. */
export function toolWords(entry: ToolEntry): ToolWords {
  const state = toolState(entry);
  return {
    state,
    verb: verbOf(entry, state),
    object: visibleLine(objectOf(entry)),
    isPath: entry.kind === "read" || entry.kind === "edit" || entry.kind === "delete",
    result: resultOf(entry, state),
    changes: changesOf(entry),
    durationMs: durationOf(entry),
  };
}

const iconsByName: Readonly<Record<string, IconName>> = {
  ask: "ask",
  exit_plan: "todo",
  todo: "todo",
  task: "list",
};

/** The icon of a row: of its kind, but for our own tools whose kind says too little. */
export function iconOf({ kind, tool }: ToolEntry): IconName {
  return iconsByName[tool ?? ""] ?? kind;
}

/** What became of a call so far. A command that ended with another code than 0 has failed. */
export function toolState(entry: ToolEntry): ToolState {
  const failure = failureOf(entry.rawOutput);
  if (failure !== null) return stateOfFailure[failure.reason];
  const output = outputOf(entry.rawOutput);
  const command = output?.type === "execute" ? output : null;
  if (command?.stopped === true) return "stopped";
  if (entry.status === "failed") return "failed";
  if (entry.status === "completed") {
    // What became of a job is not what became of looking at it.
    return command !== null && entry.tool !== "job" && hasFailed(command) ? "failed" : "done";
  }
  if (entry.abandoned) return entry.status === "in_progress" ? "unknown" : "not_started";
  return entry.status === "in_progress" && !entry.asking ? "running" : "waiting";
}

/** What goes on in the background has not failed yet. */
function hasFailed(output: Extract<ToolOutput, { type: "execute" }>): boolean {
  return output.jobId === undefined && (output.exitCode !== 0 || output.timedOut);
}

const stateOfFailure: Readonly<Record<ToolFailure["reason"], ToolState>> = {
  error: "failed",
  invalid_input: "failed",
  mode: "denied",
  denied: "denied",
  cancelled: "stopped",
  not_started: "not_started",
  unknown_outcome: "unknown",
};

/** Three or more of these in a row may become one row. */
export function isQuiet(entry: ToolEntry): boolean {
  const isQuietKind = entry.kind === "read" || entry.kind === "search" || entry.kind === "think";
  return isQuietKind && toolState(entry) === "done";
}

/** Our own tools' structured result; null: there is none, or it is another agent's. */
export function outputOf(rawOutput: unknown): ToolOutput | null {
  // Ours carry one of these tags; the server has checked the rest.
  return hasType(rawOutput, [
    "lines",
    "entries",
    "matches",
    "edit",
    "execute",
    "fetch",
    "image",
    "list",
    "subagent",
  ])
    ? (rawOutput as ToolOutput)
    : null;
}

/** Why a call of ours failed; null: it did not, or it does not say. */
export function failureOf(rawOutput: unknown): ToolFailure | null {
  // As above.
  return hasType(rawOutput, ["failure"]) ? (rawOutput as ToolFailure) : null;
}

function hasType(value: unknown, types: readonly string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    types.some((type) => type === value.type)
  );
}

/** The host says where it went; the whole address stands in the body. */
function objectOf({ kind, title, tool }: ToolEntry): string {
  if (tool === "todo") return words.todoItems;
  if (tool === "job") return jobName(title);
  if (kind === "fetch") return URL.parse(title)?.host || title;
  // A plan's title is the plan: its heading says which.
  if (kind === "switch_mode") return firstLine(title).replace(/^#+\s*/, "");
  return kind === "execute" ? firstLine(title) : title;
}

function verbOf(entry: ToolEntry, state: ToolState): string {
  const isNew = isCreation(entry);
  const [base, running, done] = isNew ? [words.create, words.creating, words.created] : verbsOf(entry);
  switch (state) {
    case "waiting":
      // What is asked has been asked: what waits is the answer.
      return entry.asking && isOwnQuestion(entry) ? running : words.waiting(base);
    case "running":
      return running;
    case "done":
      return goesOn(entry) ? words.started : done;
    case "failed":
      // A command ran, whatever it ended with, and a tool without a verb was used; anything else did not happen.
      return entry.kind === "execute" || entry.kind === "other" ? done : capitalised(base);
    case "denied":
      return words.denied(base);
    case "stopped":
      return entry.kind === "execute" ? words.stoppedAlone : words.stopped(base);
    case "not_started":
      return capitalised(`${words.notStarted}: ${base}`);
    case "unknown":
      return `${words.unknown}: ${base}`;
  }
}

type Verbs = readonly [string, string, string];

function verbsOf({ tool = "", title, kind }: ToolEntry): Verbs {
  const named = toolVerbsByName[tool] ?? toolVerbs[kind];
  return tool === "job" ? (jobVerbs[firstWord(title)] ?? named) : named;
}

/** `read j1` is about job j1; without a name about all of them. */
function jobName(title: string): string {
  const name = title.slice(firstWord(title).length).trim();
  return name === "" ? words.allJobs : words.job(name);
}

function firstWord(text: string): string {
  return text.split(" ", 1)[0] ?? "";
}

/** It has begun and was left to run. */
function goesOn({ tool, rawOutput }: ToolEntry): boolean {
  const output = outputOf(rawOutput);
  return tool !== "job" && output?.type === "execute" && output.jobId !== undefined;
}

function isOwnQuestion({ tool }: ToolEntry): boolean {
  return tool === "ask" || tool === "exit_plan";
}

function isCreation(entry: ToolEntry): boolean {
  const output = outputOf(entry.rawOutput);
  if (output?.type === "edit") return output.created;
  const diff = entry.content.find((content) => content.type === "diff");
  return entry.kind === "edit" && diff?.type === "diff" && diff.oldText === null;
}

function resultOf(entry: ToolEntry, state: ToolState): string {
  const failure = failureOf(entry.rawOutput);
  if (failure !== null) return resultOfFailure[failure.reason];
  const output = outputOf(entry.rawOutput);
  if (output === null) return state === "failed" ? words.failed : "";
  switch (output.type) {
    case "lines":
      return output.total === 0 ? "" : words.lines(output.from, output.to);
    case "entries":
      return words.entries(output.count);
    case "matches":
      return words.matches(output.count);
    case "edit":
      return formatChanges(output.added, output.removed);
    case "execute":
      return resultOfCommand(entry, output);
    case "fetch":
      return output.status < 400 ? formatBytes(output.bytes) : String(output.status);
    case "image":
      return formatBytes(output.bytes);
    case "list":
      return words.listDone(output.done, output.count);
    case "subagent":
      return words.steps(output.steps);
  }
}

const resultOfFailure: Readonly<Record<ToolFailure["reason"], string>> = {
  error: words.failed,
  invalid_input: words.invalid,
  mode: words.notAllowedInMode,
  denied: "",
  cancelled: "",
  not_started: "",
  unknown_outcome: "",
};

function resultOfCommand(entry: ToolEntry, output: Extract<ToolOutput, { type: "execute" }>): string {
  if (output.stopped === true) return "";
  if (entry.tool === "job") return resultOfJob(output);
  if (output.jobId !== undefined) return words.inBackground;
  if (output.timedOut) return words.timedOut;
  if (output.exitCode === 0) return "";
  const failed = failedTests(entry.output.map((part) => part.text).join(""));
  if (failed !== null) return words.testsFailed(failed);
  return output.exitCode === null ? (output.signal ?? words.failed) : words.exit(output.exitCode);
}

function resultOfJob({ jobId, exitCode, signal }: Extract<ToolOutput, { type: "execute" }>): string {
  if (jobId !== undefined) return words.stillRunning;
  if (exitCode !== null) return exitCode === 0 ? words.ended : words.exit(exitCode);
  // What ends a job on request.
  return signal === "SIGTERM" || signal === "SIGKILL" ? words.ended : (signal ?? words.ended);
}

function changesOf({ rawOutput }: ToolEntry): ToolWords["changes"] {
  const output = outputOf(rawOutput);
  return output?.type === "edit" ? { added: output.added, removed: output.removed } : null;
}

/** How many tests failed, as the usual runners tell it at their end; null: nothing of that kind is said. */
export function failedTests(output: string): number | null {
  const tail = output.slice(-4000);
  const counts = [
    /^(?:#|ℹ) fail (\d+)/m,
    /\b(\d+) (?:failed|failing)\b/,
    /\bfailures=(\d+)/,
    /\b(\d+) failures?\b/,
  ];
  for (const pattern of counts) {
    const count = Number(pattern.exec(tail)?.[1] ?? 0);
    if (count > 0) return count;
  }
  return null;
}

function durationOf(entry: ToolEntry): number | null {
  const output = outputOf(entry.rawOutput);
  if (output?.type === "execute") return output.durationMs;
  if (entry.startedAt === null || entry.endedAt === null) return null;
  const elapsed = Date.parse(entry.endedAt) - Date.parse(entry.startedAt);
  return Number.isFinite(elapsed) ? elapsed : null;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
