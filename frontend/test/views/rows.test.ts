import { expect, test } from "vitest";
import type { SessionUpdate } from "../../../backend/src/protocol/session-update.ts";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { DecisionEntry, ToolEntry, TranscriptEntry } from "../../../transcript/transcript.ts";
import { summaryOf } from "../../src/views/entries/tool/tool-group.ts";
import { failedTests, toolWords } from "../../src/views/entries/tool/tool-words.ts";
import { type RowOptions, rowsOf } from "../../src/views/transcript-view/rows.ts";

const noon = "2026-01-05T12:00:00.000Z";

function tool(id: string, change: Partial<ToolEntry> = {}): ToolEntry {
  return {
    type: "tool",
    id,
    toolCallId: id,
    seq: 1,
    at: noon,
    turnId: "t1",
    title: "src/a.ts",
    kind: "read",
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

function decision(id: string, kind: "allow_once" | "reject_once", by: "mode" | "device"): DecisionEntry {
  return {
    type: "decision",
    id,
    seq: 1,
    at: noon,
    turnId: "t1",
    toolCallId: "c",
    outcome: { outcome: "selected", optionId: "o", kind },
    by: { kind: by, id: "x", name: "x" },
  };
}

const folded: RowOptions = { density: "folded", isOpened: () => false, hasOlder: false };
const keys = (entries: readonly TranscriptEntry[], options = folded) =>
  rowsOf(entries, options).map((row) => row.key);

test("folds three quiet calls in a row, and not two", () => {
  expect([keys([tool("a"), tool("b")]), keys([tool("a"), tool("b", { kind: "search" }), tool("c")])]).toEqual(
    [["a", "b"], ["group-a"]],
  );
});

test("never folds what runs, failed, edits or was opened", () => {
  const entries = [
    tool("a"),
    tool("b"),
    tool("c", { status: "in_progress" }),
    tool("d"),
    tool("e", { kind: "edit" }),
    tool("f", { status: "failed" }),
  ];
  expect([
    keys(entries),
    keys([tool("a"), tool("b"), tool("c")], { ...folded, isOpened: (id) => id === "b" }),
  ]).toEqual([
    ["a", "b", "c", "d", "e", "f"],
    ["a", "b", "c"],
  ]);
});

test("leaves out what a mode allowed by itself, and keeps what it or a person refused", () => {
  const entries = [
    decision("a", "allow_once", "mode"),
    decision("b", "reject_once", "mode"),
    decision("c", "allow_once", "device"),
  ];
  expect(keys(entries)).toEqual(["b", "c"]);
});

test("a new day gets a line, the first one does not", () => {
  const later = "2026-01-09T12:00:00.000Z";
  const rows = rowsOf([tool("a"), tool("b", { at: later })], folded);
  expect(rows.map((row) => row.type)).toEqual(["entry", "day", "entry"]);
});

test("with text only, calls are left out unless they failed", () => {
  const options: RowOptions = { ...folded, density: "text_only" };
  expect(keys([tool("a"), tool("b", { status: "failed" })], options)).toEqual(["b"]);
});

test("with text only, what a person denied still says why the turn ended", () => {
  const options: RowOptions = { ...folded, density: "text_only" };
  const decisions = [decision("a", "allow_once", "device"), decision("b", "reject_once", "device")];
  expect(keys(decisions, options)).toEqual(["b"]);
});

test("names a folded run", () => {
  expect([
    summaryOf([tool("a"), tool("b"), tool("c", { kind: "search" })]),
    summaryOf([tool("a", { kind: "search" }), tool("b", { kind: "search" }), tool("c", { kind: "think" })]),
  ]).toEqual(["Read 2 files, searched once", "Searched twice, thought"]);
});

test("says what a call is, in every state", () => {
  const execute = (exitCode: number | null, timedOut = false) => ({
    type: "execute",
    exitCode,
    signal: null,
    durationMs: 1200,
    cwd: ".",
    timedOut,
  });
  const states: Partial<ToolEntry>[] = [
    { kind: "edit", status: "pending", asking: true },
    { kind: "edit", status: "in_progress" },
    { kind: "edit", rawOutput: { type: "edit", added: 4, removed: 1, created: false } },
    { kind: "edit", rawOutput: { type: "edit", added: 4, removed: 0, created: true } },
    { kind: "edit", status: "failed", rawOutput: { type: "failure", reason: "denied" } },
    { kind: "execute", title: "npm test\nsecond", rawOutput: execute(0) },
    { kind: "execute", title: "npm test", rawOutput: execute(1) },
    {
      kind: "execute",
      title: "npm test",
      rawOutput: execute(1),
      output: [{ stream: "stdout", text: "# pass 6\n# fail 2\n" }],
    },
    { kind: "execute", title: "sleep 9", rawOutput: execute(null, true) },
    { status: "failed", rawOutput: { type: "failure", reason: "unknown_outcome" } },
    { status: "in_progress", abandoned: true },
    { kind: "search", title: '"renew("', rawOutput: { type: "matches", count: 12, files: 3 } },
    { rawOutput: { type: "lines", from: 1, to: 120, total: 300 } },
  ];
  const said = states.map((change) => {
    const words = toolWords(tool("a", { title: "auth.ts", ...change }));
    return [words.state, words.verb, words.object, words.result].join(" | ");
  });
  expect(said).toEqual([
    "waiting | Waiting to edit | auth.ts | ",
    "running | Editing | auth.ts | ",
    "done | Edited | auth.ts | +4 \u22121",
    "done | Created | auth.ts | +4 \u22120",
    "denied | Denied: edit | auth.ts | ",
    "done | Ran | npm test | ",
    "failed | Ran | npm test | exit 1",
    "failed | Ran | npm test | 2 failed",
    "failed | Ran | sleep 9 | timed out",
    "unknown | Outcome unknown: read | auth.ts | ",
    "unknown | Outcome unknown: read | auth.ts | ",
    'done | Searched | "renew(" | 12 matches',
    "done | Read | auth.ts | 1–120",
  ]);
});

test("finds how many tests failed in what the usual runners print", () => {
  const outputs = [
    "ℹ pass 6\nℹ fail 2",
    "Tests  3 failed | 9 passed (12)",
    "  2 failing",
    "FAILED (failures=4)",
    "5 failed, 1 passed in 0.1s",
    "all good",
    "0 failed",
  ];
  expect(outputs.map(failedTests)).toEqual([2, 3, 2, 4, 5, null, null]);
});

test("a row that is as it was keeps its object when a text below it grows", () => {
  const answer = (text: string): TranscriptEntry => ({
    type: "agent",
    id: "m1",
    seq: 9,
    at: noon,
    turnId: "t1",
    text,
    open: true,
  });
  const calls = [tool("a"), tool("b"), tool("c")];
  const before = rowsOf([...calls, answer("One")], folded);
  const after = rowsOf([...calls, answer("One two")], folded, before);
  expect(after.map((row, index) => row === before[index])).toEqual([true, false]);
});

test("a call of which only later parts are known is left out until its beginning is there", () => {
  const [asked, update, output] = [
    { sessionUpdate: "tool_call", toolCallId: "c1", title: "ls", kind: "execute", status: "pending" },
    { sessionUpdate: "tool_output_chunk", toolCallId: "c1", stream: "stdout", text: "a.ts" },
    { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" },
  ] as const;
  const eventsOf = (updates: readonly SessionUpdate[], from: number) =>
    updates.map((each, index) => ({ seq: from + index, at: noon, turnId: "t1", update: each }));
  const page = applyEvents({ ...emptyTranscript, lastSeq: 4 }, eventsOf([output, update], 5));
  const whole = applyEvents({ ...emptyTranscript, lastSeq: 3 }, eventsOf([asked, output, update], 4));
  expect([
    keys(page.entries, { ...folded, hasOlder: true }),
    keys(page.entries),
    keys(whole.entries, { ...folded, hasOlder: true }),
  ]).toEqual([[], ["c1"], ["c1"]]);
});
