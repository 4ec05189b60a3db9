/** What an agent of its own brings into a transcript: subagents, compactions, instructions, pictures, what it costs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";
import { joinAll } from "../../transcript/join-chunks.ts";
import type { Transcript } from "../../transcript/transcript.ts";

const start = Date.UTC(2026, 0, 5, 12);
const at = (seq: number) => new Date(start + seq * 1000).toISOString();

interface Line {
  readonly update: SessionUpdate;
  readonly parent?: string;
}

function log(lines: readonly Line[]): SessionEvent[] {
  return lines.map(({ update, parent }, index) => ({
    seq: index + 1,
    at: at(index + 1),
    turnId: "t1",
    ...(parent === undefined ? {} : { parentToolCallId: parent }),
    update,
  }));
}

const fold = (lines: readonly Line[]) => applyEvents(emptyTranscript, log(lines));
const say = (text: string, messageId: string): SessionUpdate => ({
  sessionUpdate: "agent_message_chunk",
  messageId,
  content: { type: "text", text },
});
const call = (toolCallId: string, title: string): SessionUpdate => ({
  sessionUpdate: "tool_call",
  toolCallId,
  title,
  kind: "read",
});
const state = (value: "running" | "idle"): SessionUpdate => ({
  sessionUpdate: "state_update",
  state: value,
  promptId: "p1",
  ...(value === "idle" ? { stopReason: "end_turn" as const } : {}),
});
const usage = (cost: number | null, tokens: number | null = 100): SessionUpdate => ({
  sessionUpdate: "usage_update",
  used: 5000,
  size: 8192,
  inputTokens: tokens,
  outputTokens: tokens === null ? null : 10,
  cost,
  parts: [{ name: "messages", tokens: 4000 }],
});
const compaction = (
  status: "in_progress" | "completed" | "failed",
  more: Partial<Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>> = {},
): SessionUpdate => ({
  sessionUpdate: "compaction_update",
  compactionId: "k1",
  status,
  trigger: "budget",
  ...more,
});
const endOf = (transcript: Transcript) => transcript.entries.find((entry) => entry.type === "turn_end");

test("what a subagent does bears the call that began it, and texts of two of them at once stay apart", () => {
  const { entries } = fold([
    { update: call("task1", "callers") },
    { update: call("task2", "tests") },
    { update: say("one", "m1"), parent: "task1" },
    { update: say("two", "m2"), parent: "task2" },
    { update: say(" more", "m1"), parent: "task1" },
    { update: call("c1", "a.ts"), parent: "task2" },
  ]);
  expect(
    entries.map((entry) => [
      entry.id,
      entry.parentToolCallId ?? null,
      entry.type === "agent" ? [entry.text, entry.open] : null,
    ]),
  ).toEqual([
    ["task1", null, null],
    ["task2", null, null],
    ["m1", "task1", ["one more", true]],
    ["m2", "task2", ["two", false]],
    ["c1", "task2", null],
  ]);
});

test("a page that begins within a subagent's work has a place for it until the older page comes", () => {
  const { entries } = fold([{ update: call("c1", "a.ts"), parent: "task1" }]);
  expect(entries.map(({ id, parentToolCallId }) => [id, parentToolCallId])).toEqual([
    ["task1", undefined],
    ["c1", "task1"],
  ]);
});

test("a subagent's window, plan and mode are its own; what it used is its turn's", () => {
  const transcript = fold([
    { update: state("running") },
    { update: usage(0.01) },
    {
      update: {
        sessionUpdate: "plan",
        entries: [{ content: "inner", priority: "low", status: "pending" }],
      },
      parent: "task1",
    },
    { update: { ...usage(0.02), used: 7 } as SessionUpdate, parent: "task1" },
    { update: state("idle") },
  ]);
  expect(transcript.plan).toEqual([]);
  expect(transcript.usage).toEqual({
    seq: 2,
    used: 5000,
    size: 8192,
    parts: [{ name: "messages", tokens: 5000 }],
  });
  expect(endOf(transcript)).toMatchObject({ tokens: 220, cost: 0.03 });
  expect(transcript.spent).toEqual({ steps: 2, tokens: 220, cost: 0.03 });
});

test.each([
  ["one step did not tell", [0.01, null], null],
  ["all told", [0.01, 0.02], 0.03],
  ["all of it is free", [0, 0], 0],
  ["there was no step", [], null],
])("the cost of a turn in which %s", (_name, costs, cost) => {
  const steps = costs.map((each) => ({ update: usage(each) }));
  expect(endOf(fold([{ update: state("running") }, ...steps, { update: state("idle") }]))).toMatchObject({
    cost,
  });
});

test("a compaction is one line over its life; one whose turn ended without it has failed", () => {
  const done = fold([
    { update: compaction("in_progress", { beforeTokens: 7400 }) },
    { update: say("on", "m1") },
    { update: compaction("completed", { summary: "## Goal", afterTokens: 2100 }) },
  ]);
  expect(done.entries.filter((entry) => entry.type === "compaction")).toEqual([
    {
      type: "compaction",
      id: "compaction-k1",
      seq: 1,
      at: at(1),
      turnId: "t1",
      status: "completed",
      trigger: "budget",
      summary: "## Goal",
      beforeTokens: 7400,
      afterTokens: 2100,
      reason: null,
      problem: null,
      completedSeq: 3,
    },
  ]);
  const cut = fold([
    { update: state("running") },
    { update: compaction("in_progress") },
    { update: state("idle") },
  ]);
  expect(cut.entries.find((entry) => entry.type === "compaction")).toMatchObject({ status: "failed" });
});

test("instructions and ended jobs stand each for itself, retries in one line", () => {
  const instructions = (path: string): SessionUpdate => ({
    sessionUpdate: "instructions_update",
    files: [{ path, bytes: 10, truncated: false, hiddenCharacters: 0 }],
  });
  const notice = (code: "job_ended" | "model_retry"): SessionUpdate => ({ sessionUpdate: "notice", code });
  const { entries } = fold(
    [
      instructions("AGENTS.md"),
      instructions("web/AGENTS.md"),
      notice("job_ended"),
      notice("job_ended"),
      notice("model_retry"),
      notice("model_retry"),
    ].map((update) => ({ update })),
  );
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test("a picture that the wire left out is known by its place and its event", () => {
  const part = (
    content: Extract<SessionUpdate, { sessionUpdate: "user_message_chunk" }>["content"],
  ): Line => ({
    update: { sessionUpdate: "user_message_chunk", messageId: "u1", content },
  });
  const { entries } = fold([
    part({ type: "text", text: "look" }),
    part({ type: "image", mimeType: "image/png", data: "" }),
    part({ type: "image", mimeType: "image/png", data: "AAAA" }),
  ]);
  expect(entries[0]).toMatchObject({ elided: [{ index: 1, seq: 2 }] });
});

test("an answer to the model's own question says which one was chosen", () => {
  const { entries, questions } = fold([
    {
      update: {
        sessionUpdate: "request_permission",
        requestId: "r1",
        toolCallId: "c1",
        subject: { type: "question", question: "Which one?", options: ["a", "b"] },
        content: [],
        reach: [],
        dangerous: false,
        options: [{ optionId: "option-1", kind: "allow_once", name: "b" }],
        digest: "d",
      },
    },
    {
      update: {
        sessionUpdate: "permission_outcome",
        requestId: "r1",
        toolCallId: "c1",
        outcome: { outcome: "selected", optionId: "option-1", kind: "allow_once" },
      },
    },
  ]);
  expect(questions).toEqual([]);
  expect(entries.at(-1)).toMatchObject({ answered: { type: "question", choice: "b" } });
});

const anyLine: fc.Arbitrary<Line> = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.string({ maxLength: 3 }), fc.nat(3)).map(([text, id]) => say(text, `m${id}`)),
      fc.nat(3).map((id) => call(`c${id}`, `file ${id}`)),
      fc.nat(2).map((id) => call(`task${id}`, "task")),
      fc.constantFrom(state("running"), state("idle"), usage(0.01), usage(null), usage(0.5, null)),
      fc.constantFrom(
        compaction("in_progress"),
        compaction("completed", { summary: "s" }),
        compaction("failed"),
      ),
    ),
    fc.option(
      fc.nat(2).map((id) => `task${id}`),
      { nil: undefined },
    ),
  )
  .map(([update, parent]) => (parent === undefined ? { update } : { update, parent }));

test("DUR-16: subagents, compactions and costs folded in two parts, the first of them sent as JSON, are those of the whole", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 40 }), fc.nat(40), (lines, cut) => {
      const events = log(lines);
      const before: Transcript = JSON.parse(
        JSON.stringify(applyEvents(emptyTranscript, events.slice(0, cut))),
      );
      const whole = applyEvents(emptyTranscript, events);
      expect(applyEvents(before, events.slice(cut))).toEqual(whole);
      expect(applyEvents(emptyTranscript, joinAll(events))).toEqual(whole);
    }),
    { numRuns: 400 },
  );
});
