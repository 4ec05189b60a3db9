/** What tool rows say of commands that were stopped or go on, of lists and jobs, and what their bodies begin with. */
import { expect, test } from "vitest";
import type { ToolEntry } from "../../../transcript/transcript.ts";
import { askedOf } from "../../src/views/entries/tool/tool-body.ts";
import { iconOf, toolWords } from "../../src/views/entries/tool/tool-words.ts";

function tool(change: Partial<ToolEntry>): ToolEntry {
  return {
    type: "tool",
    id: "c1",
    toolCallId: "c1",
    seq: 1,
    at: "2026-01-05T12:00:00.000Z",
    turnId: "t1",
    title: "",
    kind: "other",
    status: "completed",
    content: [],
    locations: [],
    rawInput: null,
    rawOutput: null,
    output: [],
    skippedBytes: 0,
    startedAt: null,
    endedAt: null,
    asking: false,
    abandoned: false,
    ...change,
  };
}

function said(change: Partial<ToolEntry>): string {
  const { state, verb, object, result } = toolWords(tool(change));
  return [state, verb, object, result].join(" | ");
}

const end = { type: "execute", exitCode: null, signal: null, durationMs: 900, cwd: ".", timedOut: false };
const command = { tool: "shell", kind: "execute", title: "sleep 90" } as const;

test("a command that a person stopped is stopped, and no failure", () => {
  const rawOutput = { ...end, signal: "SIGTERM", stopped: true };
  expect(said({ ...command, status: "failed", rawOutput })).toBe("stopped | Stopped | sleep 90 | ");
});

test("a command that goes on in the background was started", () => {
  expect(said({ ...command, rawOutput: { ...end, jobId: "j1" } })).toBe(
    "done | Started | sleep 90 | background",
  );
});

test("what is done to a job has its own verb, and how the job ended is no failure of looking at it", () => {
  const job = { tool: "job", kind: "execute" } as const;
  expect([
    said({ ...job, title: "read" }),
    said({ ...job, title: "read j1", rawOutput: { ...end, jobId: "j1" } }),
    said({ ...job, title: "wait j1", rawOutput: { ...end, exitCode: 1 } }),
    said({ ...job, title: "kill j1", rawOutput: { ...end, signal: "SIGTERM" } }),
  ]).toEqual([
    "done | Looked at | background jobs | ",
    "done | Looked at | job j1 | running",
    "done | Waited for | job j1 | exit 1",
    "done | Stopped | job j1 | ended",
  ]);
});

test("a list says how much of it is done", () => {
  const todo = { tool: "todo", kind: "think", title: "7" } as const;
  expect(said({ ...todo, rawOutput: { type: "list", done: 2, count: 7 } })).toBe(
    "done | Listed | things to do | 2 of 7",
  );
});

test("one line is one number, a tool that was not understood was used, and a subagent has its icon from the start", () => {
  const lines = { type: "lines", from: 1, to: 1, total: 9 };
  const failure = { type: "failure", reason: "invalid_input" };
  expect([
    said({ kind: "read", title: "a.ts", rawOutput: lines }),
    said({ tool: "search", title: "search", status: "failed", rawOutput: failure }),
    iconOf(tool({ kind: "think", tool: "task", status: "pending" })),
  ]).toEqual(["done | Read | a.ts | 1", "failed | Used | search | not understood", "list"]);
});

test("lines that were changed are numbers for the row and words for readers", () => {
  const rawOutput = { type: "edit", added: 1204, removed: 6, created: false };
  const { changes, result } = toolWords(tool({ kind: "edit", rawOutput }));
  expect({ changes, result }).toEqual({ changes: { added: 1204, removed: 6 }, result: "+1,204 \u22126" });
});

test("the body of a question and of a subagent's task begins with all of it, whatever the model calls it", () => {
  const asked = [
    { tool: "ask", rawInput: { question: "Which database\nshall it use?", options: ["a", "b"] } },
    { tool: "task", rawInput: { kind: "explore", instructions: "Find the parser and all its callers." } },
    { tool: "read", rawInput: { path: "a.ts" } },
    { tool: "ask", rawInput: null },
  ];
  expect(asked.map(askedOf)).toEqual([
    "Which database\nshall it use?",
    "Find the parser and all its callers.",
    null,
    null,
  ]);
});
