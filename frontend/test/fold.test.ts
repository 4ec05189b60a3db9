import fc from "fast-check";
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";
import { joinAll } from "../../transcript/join-chunks.ts";
import type { ToolEntry, TurnEndEntry } from "../../transcript/transcript.ts";

const start = Date.UTC(2026, 0, 5, 12);
const at = (seq: number) => new Date(start + seq * 1000).toISOString();
const by = { kind: "device", id: "d1", name: "Pixel" } as const;

/** A log: every update one second after the one before it, all in one turn. */
function log(updates: readonly SessionUpdate[], turnId = "t1"): SessionEvent[] {
  return updates.map((update, index) => ({ seq: index + 1, at: at(index + 1), turnId, update }));
}

const text = (value: string) => ({ type: "text" as const, text: value });
const say = (value: string, messageId = "m1"): SessionUpdate => ({
  sessionUpdate: "agent_message_chunk",
  messageId,
  content: text(value),
});
const state = (value: "running" | "requires_action" | "idle" | "interrupted"): SessionUpdate => ({
  sessionUpdate: "state_update",
  state: value,
  promptId: "p1",
  ...(value === "idle" ? { stopReason: "end_turn" as const } : {}),
});
const ask: Extract<SessionUpdate, { sessionUpdate: "request_permission" }> = {
  sessionUpdate: "request_permission",
  requestId: "r1",
  toolCallId: "c1",
  subject: { type: "command", command: "npm test", cwd: "/shop" },
  content: [],
  reach: ["writes_files"],
  dangerous: false,
  options: [{ optionId: "o1", kind: "allow_once", name: "Allow" }],
  digest: "abc",
};
const allowed = (grant?: "turn" | "session"): SessionUpdate => ({
  sessionUpdate: "permission_outcome",
  requestId: "r1",
  toolCallId: "c1",
  outcome: {
    outcome: "selected",
    optionId: "o1",
    kind: grant === undefined ? "allow_once" : "allow_always",
    ...(grant === undefined ? {} : { grant: { scope: grant } }),
  },
});
const tool = (patch: Partial<Extract<SessionUpdate, { sessionUpdate: "tool_call" }>>): SessionUpdate => ({
  sessionUpdate: "tool_call",
  toolCallId: "c1",
  ...patch,
});

const fold = (updates: readonly SessionUpdate[]) => applyEvents(emptyTranscript, log(updates));
const toolIn = (updates: readonly SessionUpdate[]) =>
  fold(updates).entries.find((entry): entry is ToolEntry => entry.type === "tool");
const endIn = (updates: readonly SessionUpdate[]) =>
  fold(updates).entries.find((entry): entry is TurnEndEntry => entry.type === "turn_end");

test("joins the chunks of one message into one entry that the next entry closes", () => {
  expect(fold([say("Hel"), say("lo"), tool({ title: "a.ts", kind: "read" })]).entries[0]).toEqual({
    type: "agent",
    id: "m1",
    seq: 1,
    at: at(1),
    turnId: "t1",
    text: "Hello",
    open: false,
  });
});

test("keeps a thought and a text of one message apart", () => {
  const thought: SessionUpdate = {
    sessionUpdate: "agent_thought_chunk",
    messageId: "m1",
    content: text("Hm"),
  };
  expect(fold([thought, say("Yes")]).entries.map((entry) => [entry.id, entry.type])).toEqual([
    ["m1-thought", "thought"],
    ["m1", "agent"],
  ]);
});

test("replaces an entry instead of changing it", () => {
  const first = fold([say("a")]);
  const before = first.entries[0];
  const second = applyEvents(first, [{ seq: 2, at: at(2), turnId: "t1", update: say("b") }]);
  expect([before, second.entries[0]].map((entry) => (entry?.type === "agent" ? entry.text : ""))).toEqual([
    "a",
    "ab",
  ]);
});

test("returns the same transcript when there is nothing new", () => {
  const known = fold([say("a"), say("b")]);
  expect(applyEvents(known, log([say("a"), say("b")]))).toBe(known);
});

test("does not double the text of a joined event that begins before what is known", () => {
  const known = fold([say("a"), say("b")]);
  expect(applyEvents(known, [{ seq: 3, from: 2, at: at(3), turnId: "t1", update: say("bc") }])).toBe(known);
});

test("a thought takes as long on replay as it took live", () => {
  const think = (value: string): SessionUpdate => ({
    sessionUpdate: "agent_thought_chunk",
    messageId: "m1",
    content: text(value),
  });
  const events = log([think("a"), think("b"), think("c"), say("d")]);
  const [thought] = applyEvents(emptyTranscript, joinAll(events)).entries;
  expect(thought).toMatchObject({ type: "thought", text: "abc", at: at(1), lastAt: at(3) });
});

test("patches a call: omitted stays, null clears, and its times are those of its states", () => {
  const updates: SessionUpdate[] = [
    tool({ title: "npm test", kind: "execute", status: "pending", rawInput: { command: "npm test" } }),
    { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" },
    { sessionUpdate: "tool_output_chunk", toolCallId: "c1", stream: "stdout", text: "one " },
    { sessionUpdate: "tool_output_chunk", toolCallId: "c1", stream: "stdout", text: "two", skippedBytes: 7 },
    { sessionUpdate: "tool_output_chunk", toolCallId: "c1", stream: "stderr", text: "!" },
    { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed", rawInput: null },
  ];
  expect(toolIn(updates)).toEqual({
    type: "tool",
    id: "c1",
    toolCallId: "c1",
    seq: 1,
    at: at(1),
    turnId: "t1",
    title: "npm test",
    kind: "execute",
    status: "completed",
    content: [],
    locations: [],
    rawInput: null,
    rawOutput: null,
    output: [
      { stream: "stdout", text: "one two" },
      { stream: "stderr", text: "!" },
    ],
    skippedBytes: 7,
    startedAt: at(2),
    endedAt: at(6),
    asking: false,
    abandoned: false,
  });
});

test("creates a call for an update, an output or a question that names an unknown one", () => {
  const update: SessionUpdate = {
    sessionUpdate: "tool_call_update",
    toolCallId: "c1",
    title: "a.ts",
    kind: "edit",
  };
  const output: SessionUpdate = {
    sessionUpdate: "tool_output_chunk",
    toolCallId: "c1",
    stream: "stdout",
    text: "x",
  };
  const shown = [update, output, ask].map((each) => {
    const entry = toolIn([each]);
    return [entry?.kind, entry?.title, entry?.asking];
  });
  expect(shown).toEqual([
    ["edit", "a.ts", false],
    ["execute", "", false],
    ["execute", "npm test", true],
  ]);
});

test("opens a question once, and its outcome closes it and leaves a line", () => {
  const open = fold([state("running"), ask, ask]);
  const closed = applyEvents(open, [{ seq: 4, at: at(4), turnId: "t1", by, update: allowed() }]);
  expect([open.questions.length, closed.questions.length, closed.entries.at(-1)]).toEqual([
    1,
    0,
    {
      type: "decision",
      id: "decision-4",
      seq: 4,
      at: at(4),
      turnId: "t1",
      toolCallId: "c1",
      about: { kind: "execute", title: "npm test" },
      outcome: { outcome: "selected", optionId: "o1", kind: "allow_once" },
      by,
    },
  ]);
});

test("keeps a grant until its turn ends, or until it is taken back", () => {
  const ended: SessionUpdate = {
    sessionUpdate: "permission_outcome",
    requestId: "r1",
    toolCallId: "c1",
    outcome: { outcome: "cancelled", reason: "grant_ended" },
  };
  const scopes = [
    fold([state("running"), ask, allowed("turn")]),
    fold([state("running"), ask, allowed("turn"), state("idle")]),
    fold([state("running"), ask, allowed("session"), state("idle")]),
    fold([state("running"), ask, allowed("session"), ended]),
  ];
  expect(scopes.map((transcript) => transcript.grants.map((grant) => grant.scope))).toEqual([
    ["turn"],
    [],
    ["session"],
    [],
  ]);
});

test("queues a prompt until it is taken up, and follows the queue's order", () => {
  const queued = (promptId: string): SessionUpdate => ({
    sessionUpdate: "prompt_queued",
    promptId,
    content: [text(promptId)],
    delivery: "queue",
  });
  const ids = (updates: readonly SessionUpdate[]) => fold(updates).queue.map((prompt) => prompt.promptId);
  const reordered: SessionUpdate = { sessionUpdate: "queue_update", promptIds: ["p3", "p2"] };
  const taken: SessionUpdate = { sessionUpdate: "user_message_chunk", messageId: "p3", content: text("p3") };
  const base = [queued("p1"), state("running"), queued("p2"), queued("p3"), queued("p4")];
  expect([ids(base), ids([...base, reordered]), ids([...base, reordered, taken])]).toEqual([
    ["p2", "p3", "p4"],
    ["p3", "p2"],
    ["p2"],
  ]);
});

test("ends a turn with its duration, tokens and changes, whether the checkpoint comes before or after", () => {
  const usage: SessionUpdate = {
    sessionUpdate: "usage_update",
    used: 10,
    size: 100,
    inputTokens: 7,
    outputTokens: 3,
  };
  const changes = { files: [], fileCount: 2, added: 3, removed: 1 };
  const checkpoint: SessionUpdate = {
    sessionUpdate: "checkpoint",
    checkpointId: "k",
    phase: "end",
    tree: "x",
    omitted: [],
    changes,
  };
  const told = [
    [state("running"), usage, usage, checkpoint, state("idle")],
    [state("running"), usage, usage, state("idle"), checkpoint],
  ].map((updates) => {
    const end = endIn(updates);
    return [end?.durationMs, end?.tokens, end?.changes?.fileCount];
  });
  expect(told).toEqual([
    [4000, 20, 2],
    [3000, 20, 2],
  ]);
});

test("calls the tokens of a turn unknown when one step did not tell them", () => {
  const usage = (tokens: number | null): SessionUpdate => ({
    sessionUpdate: "usage_update",
    used: null,
    size: null,
    inputTokens: tokens,
    outputTokens: tokens,
  });
  const tokens = [[usage(4)], [usage(4), usage(null)], []].map(
    (steps) => endIn([state("running"), ...steps, state("idle")])?.tokens,
  );
  expect(tokens).toEqual([8, null, null]);
});

test("abandons what has no result when its turn ends, and leaves earlier turns alone", () => {
  const updates = [state("running"), tool({ status: "in_progress" }), say("half"), state("interrupted")];
  const transcript = fold(updates);
  expect(
    transcript.entries.map((entry) =>
      "abandoned" in entry ? entry.abandoned : "open" in entry ? entry.open : entry.type,
    ),
  ).toEqual([true, false, "turn_end"]);
});

test("tells a changed mode or model only once something was said", () => {
  const mode: SessionUpdate = { sessionUpdate: "current_mode_update", currentModeId: "edit" };
  expect(
    [fold([mode]), fold([say("a"), mode])].map((transcript) => [transcript.mode, transcript.entries.length]),
  ).toEqual([
    ["edit", 0],
    ["edit", 2],
  ]);
});

test("shows only the last of several retries", () => {
  const retry = (attempt: number): SessionUpdate => ({
    sessionUpdate: "notice",
    code: "model_retry",
    data: { attempt },
  });
  const entries = fold([retry(1), retry(2)]).entries;
  expect(
    entries.map((entry) =>
      entry.type === "notice" && entry.notice.sessionUpdate === "notice" ? entry.notice.data : null,
    ),
  ).toEqual([{ attempt: 2 }]);
});

test("ignores kinds that it does not know, and counts them as seen", () => {
  // A newer server's update, which this build has no type for.
  const strange = { sessionUpdate: "hologram" } as unknown as SessionUpdate;
  expect(fold([strange])).toEqual({ ...emptyTranscript, lastSeq: 1 });
});

const anyUpdate: fc.Arbitrary<SessionUpdate> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ id: fc.constantFrom("m1", "m2", "m3"), value: fc.string() })
      .map(({ id, value }) => say(value, id)),
  },
  fc.constantFrom("running", "requires_action", "idle", "interrupted").map((value) => state(value)),
  fc
    .record({
      toolCallId: fc.constantFrom("c1", "c2"),
      status: fc.constantFrom("pending", "in_progress", "completed", "failed", null),
    })
    .map((patch): SessionUpdate => ({ sessionUpdate: "tool_call_update", ...patch })),
  {
    weight: 3,
    arbitrary: fc
      .record({
        toolCallId: fc.constantFrom("c1", "c2"),
        stream: fc.constantFrom("stdout", "stderr"),
        text: fc.string(),
      })
      .map((chunk): SessionUpdate => ({ sessionUpdate: "tool_output_chunk", ...chunk })),
  },
  fc.constant<SessionUpdate>({ sessionUpdate: "agent_thought_chunk", messageId: "m1", content: text("hm ") }),
  fc.constant<SessionUpdate>({ sessionUpdate: "user_message_chunk", messageId: "p1", content: text("do") }),
  fc.constant<SessionUpdate>({
    sessionUpdate: "prompt_queued",
    promptId: "p1",
    content: [text("do")],
    delivery: "queue",
  }),
  fc.constant<SessionUpdate>({ sessionUpdate: "queue_update", promptIds: [] }),
  fc.constant<SessionUpdate>(ask),
  fc.constantFrom(undefined, "turn" as const, "session" as const).map((grant) => allowed(grant)),
  fc.constant<SessionUpdate>({
    sessionUpdate: "usage_update",
    used: 1,
    size: 2,
    inputTokens: 1,
    outputTokens: 1,
  }),
  fc.constant<SessionUpdate>({ sessionUpdate: "notice", code: "model_retry" }),
  fc.constant<SessionUpdate>({ sessionUpdate: "current_mode_update", currentModeId: "auto" }),
);
const anyUpdates = fc.array(anyUpdate, { maxLength: 60 });

test("folding in two parts gives what folding at once gives", () => {
  fc.assert(
    fc.property(anyUpdates, fc.nat(60), (updates, cut) => {
      const events = log(updates);
      const inParts = applyEvents(applyEvents(emptyTranscript, events.slice(0, cut)), events.slice(cut));
      expect(inParts).toEqual(applyEvents(emptyTranscript, events));
    }),
  );
});

test("replaying joined events gives what was seen live", () => {
  fc.assert(
    fc.property(anyUpdates, (updates) => {
      const events = log(updates);
      expect(applyEvents(emptyTranscript, joinAll(events))).toEqual(applyEvents(emptyTranscript, events));
    }),
  );
});

test("entries keep their places and ids over any further events", () => {
  fc.assert(
    fc.property(anyUpdates, fc.nat(60), (updates, cut) => {
      const events = log(updates);
      const ids = (count: number) =>
        applyEvents(emptyTranscript, events.slice(0, count)).entries.map((entry) => entry.id);
      const before = ids(cut);
      expect(ids(events.length).slice(0, before.length)).toEqual(before);
      expect(new Set(before).size).toBe(before.length);
    }),
  );
});
