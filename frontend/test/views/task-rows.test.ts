/** What subagents do, as rows of the call that began them. */
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../../backend/src/protocol/session-update.ts";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import { rowsOf, type TranscriptRow } from "../../src/views/transcript-view/rows.ts";

const at = "2026-01-05T12:00:00.000Z";
const options = { density: "folded", isOpened: () => false, hasOlder: false } as const;

const read = (toolCallId: string): SessionUpdate => ({
  sessionUpdate: "tool_call",
  toolCallId,
  title: `${toolCallId}.ts`,
  kind: "read",
  status: "completed",
});
const task = (toolCallId: string): SessionUpdate => ({
  sessionUpdate: "tool_call",
  toolCallId,
  title: "callers",
  kind: "other",
});
const event = (update: SessionUpdate, seq: number, parent?: string): SessionEvent => ({
  seq,
  at,
  turnId: "t1",
  ...(parent === undefined ? {} : { parentToolCallId: parent }),
  update,
});

const events = [
  event(task("task1"), 1),
  event(read("a"), 2, "task1"),
  event(read("b"), 3, "task1"),
  event(read("c"), 4, "task1"),
  event(task("task2"), 5, "task1"),
  event(read("d"), 6, "task2"),
  event(read("e"), 7),
];
const rows = (upTo: number): readonly TranscriptRow[] =>
  rowsOf(applyEvents(emptyTranscript, events.slice(0, upTo)).entries, options);

test("nested rows fold like others, and what a subagent's subagent does stands beside it", () => {
  const [first, ...others] = rows(7);
  expect(first).toMatchObject({ type: "task", key: "task-task1" });
  expect(first?.type === "task" ? first.rows.map(({ key }) => key) : []).toEqual(["group-a", "task2", "d"]);
  expect(others.map(({ key }) => key)).toEqual(["e"]);
});

test("a subagent that has done nothing yet is a row like any other, and what it was not touched by stays the same", () => {
  expect(rows(1).map(({ key }) => key)).toEqual(["task1"]);
  const known = applyEvents(emptyTranscript, events.slice(0, 6));
  const before = rowsOf(known.entries, options);
  const after = rowsOf(applyEvents(known, events.slice(6)).entries, options, before);
  expect(after[0]).toBe(before[0]);
});
