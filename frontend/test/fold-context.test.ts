/** What the page is told of the model's window, and of commands in the background. */
import { expect, test } from "vitest";
import type { SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { filledBy } from "../../transcript/context-parts.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";

const at = "2026-01-05T12:00:00.000Z";

function fold(updates: readonly SessionUpdate[]) {
  const events = updates.map((update, index) => ({ seq: index + 1, at, turnId: "t1", update }));
  return applyEvents(emptyTranscript, events);
}

const step: Extract<SessionUpdate, { sessionUpdate: "usage_update" }> = {
  sessionUpdate: "usage_update",
  used: 3236,
  size: 8192,
  inputTokens: 2700,
  outputTokens: 536,
  parts: [
    { name: "system", tokens: 493 },
    { name: "tools", tokens: 2377 },
    { name: "messages", tokens: 28 },
  ],
};

test("what fills the window adds up to what is used, the answer among the messages", () => {
  const parts = filledBy(step);
  expect(parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(3236);
  expect(parts.map(({ name }) => name)).toEqual(["system", "tools", "messages"]);
  expect(parts[2]?.tokens).toBeGreaterThanOrEqual(536);
});

test("an estimate stays what it is where the endpoint counts nothing", () => {
  const uncounted = { ...step, used: null, inputTokens: null, outputTokens: null };
  expect(filledBy(uncounted)).toEqual(step.parts);
});

const compaction = {
  sessionUpdate: "compaction_update",
  compactionId: "k1",
  trigger: "manual",
  beforeTokens: 3300,
} as const;
const summing: SessionUpdate[] = [
  step,
  { ...compaction, status: "in_progress" },
  {
    sessionUpdate: "usage_update",
    used: null,
    size: 8192,
    inputTokens: 900,
    outputTokens: 100,
  },
];

test("after a compaction the window holds what it left, and what it held before once it is taken back", () => {
  const done = [...summing, { ...compaction, status: "completed", summary: "S", afterTokens: 1200 } as const];
  const undo: SessionUpdate = {
    sessionUpdate: "rewind",
    rewindId: "u",
    scope: "conversation",
    turnId: null,
    keepThrough: null,
    undoes: 4,
    files: { done: [], skipped: [] },
  };
  expect([fold(done).usage, fold([...done, undo]).usage]).toEqual([
    { seq: 4, used: 1200, size: 8192, parts: [] },
    { seq: 5, used: 3300, size: 8192, parts: [] },
  ]);
});

test("a compaction that came to nothing leaves the window as it was", () => {
  const failed = { ...compaction, status: "failed", afterTokens: 3400 } as const;
  expect(fold([...summing, failed]).usage).toEqual(fold([step]).usage);
});

test("the end of a command in the background is heard of as its beginning is", () => {
  const begun: SessionUpdate = {
    sessionUpdate: "tool_call_update",
    toolCallId: "c1",
    status: "completed",
    rawOutput: { type: "execute", jobId: "j1" },
  };
  const over: SessionUpdate = { sessionUpdate: "notice", code: "job_ended", data: { jobId: "j1" } };
  expect([[], [begun], [begun, step], [begun, step, over]].map((all) => fold(all).jobsSeq)).toEqual([
    0, 1, 1, 3,
  ]);
});
