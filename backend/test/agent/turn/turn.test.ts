/** A whole turn with a scripted model: what is emitted, what is sent, and how it ends. */
import { expect, test } from "vitest";
import { allowAll, calls, ends, results, says, stage, stop, tool } from "./turn-stage.ts";

const problem = (code: "model_unavailable" | "model_rate_limit" | "model_auth", retryable: boolean) =>
  ends({ type: "problem", problem: { code }, retryable });

test("a turn with text, a thought and no call emits exactly these events", async () => {
  const scene = stage({
    responses: [
      [
        { type: "thought", text: "Hm. " },
        says("Hello "),
        says("you"),
        {
          type: "end",
          end: { type: "stop" },
          calls: [],
          usage: { inputTokens: 10, outputTokens: 2 },
          contextWindow: 8_000,
        },
      ],
    ],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.emitted).toEqual([
    {
      update: {
        sessionUpdate: "agent_thought_chunk",
        messageId: "t1-s1-m1",
        content: { type: "text", text: "Hm. " },
      },
      stepId: "t1-s1",
    },
    {
      update: {
        sessionUpdate: "agent_message_chunk",
        messageId: "t1-s1-m2",
        content: { type: "text", text: "Hello " },
      },
      stepId: "t1-s1",
    },
    {
      update: {
        sessionUpdate: "agent_message_chunk",
        messageId: "t1-s1-m2",
        content: { type: "text", text: "you" },
      },
      stepId: "t1-s1",
    },
    {
      update: {
        sessionUpdate: "usage_update",
        used: 12,
        size: 8_000,
        inputTokens: 10,
        outputTokens: 2,
        parts: [
          { name: "system", tokens: 6 },
          { name: "messages", tokens: 6 },
        ],
      },
      stepId: "t1-s1",
    },
  ]);
  expect(scene.requests).toEqual([
    {
      model: "test/model",
      messages: [
        { role: "system", content: "SYSTEM" },
        { role: "user", content: "Do it" },
      ],
      tools: [],
    },
  ]);
});

test("a call that changes something is announced durably before it runs, and its result is sent back", async () => {
  const order: string[] = [];
  const edit = tool({
    name: "edit",
    readOnly: false,
    run: async () => {
      order.push("run");
      return { text: "Edited a.ts", output: { type: "edit", added: 1, removed: 0, created: false } };
    },
  });
  const scene = stage({
    responses: [
      [says("Editing."), calls(["edit", { path: "a.ts" }])],
      [says("Done."), stop],
    ],
    tools: [edit],
    emitDurable: async () => void order.push("durable"),
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(order).toEqual(["durable", "run"]);
  const call = { id: "v1", name: "edit", arguments: '{"path":"a.ts"}' };
  const place = { stepId: "t1-s1" };
  const text = (messageId: string, words: string) => ({
    sessionUpdate: "agent_message_chunk",
    messageId,
    content: { type: "text", text: words },
  });
  const told = scene.emitted.filter(({ update }) => update.sessionUpdate !== "usage_update");
  expect(told).toEqual([
    { update: text("t1-s1-m1", "Editing."), ...place },
    {
      update: {
        sessionUpdate: "tool_call",
        toolCallId: "t1-s1-c1",
        title: "a.ts",
        kind: "edit",
        status: "pending",
        rawInput: { path: "a.ts" },
        _meta: { model: call },
      },
      ...place,
    },
    {
      update: {
        sessionUpdate: "permission_outcome",
        requestId: "t1-s1-c1-p",
        toolCallId: "t1-s1-c1",
        outcome: { outcome: "selected", optionId: "allow_once", kind: "allow_once" },
      },
      ...place,
      by: { kind: "mode", id: "auto", name: "auto" },
    },
    {
      update: {
        sessionUpdate: "tool_call_update",
        toolCallId: "t1-s1-c1",
        status: "in_progress",
        title: "a.ts",
        kind: "edit",
        locations: [{ path: "a.ts" }],
      },
      durable: true,
      ...place,
    },
    {
      update: {
        sessionUpdate: "tool_call_update",
        toolCallId: "t1-s1-c1",
        status: "completed",
        content: [{ type: "content", content: { type: "text", text: "Edited a.ts" } }],
        locations: [{ path: "a.ts" }],
        rawOutput: { type: "edit", added: 1, removed: 0, created: false },
      },
      ...place,
    },
    { update: text("t1-s2-m1", "Done."), stepId: "t1-s2" },
  ]);
  expect(scene.requests[1]?.messages.slice(2)).toEqual([
    { role: "assistant", content: "Editing.", calls: [call] },
    { role: "tool", callId: "v1", content: "Edited a.ts" },
  ]);
});

test("without a model the turn ends with that problem", async () => {
  const scene = stage({ responses: [[problem("model_auth", false)]] });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "model_auth" } });
});

test("an answer cut off inside a call runs nothing and tells the model so", async () => {
  const cut = [{ type: "call_started" } as const, ends({ type: "length" })];
  const scene = stage({ responses: [cut, [says("Shorter."), stop]] });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests[1]?.messages.at(-1)?.content).toContain(
    "cut off at the output limit in the middle of a tool call",
  );
  const hopeless = stage({ responses: [cut, cut, cut] });
  expect(await hopeless.run()).toEqual({ stopReason: "max_tokens" });
});

test("an answer cut off in its words ends the turn", async () => {
  const scene = stage({ responses: [[says("Once upon"), ends({ type: "length" })]] });
  expect(await scene.run()).toEqual({ stopReason: "max_tokens" });
});

test("the fiftieth step offers no tools, asks for a summary and answers calls without running them", async () => {
  let runs = 0;
  const read = tool({ name: "read", run: async () => ({ text: `result ${++runs}` }) });
  const scene = stage({
    responses: Array.from({ length: 50 }, () => [calls(["read", { path: "a" }])]),
    tools: [read],
  });
  expect(await scene.run()).toEqual({ stopReason: "max_turn_requests" });
  expect(runs).toBe(49);
  expect(scene.requests[48]?.tools).toHaveLength(1);
  expect(scene.requests[49]?.tools).toEqual([]);
  expect(scene.requests[49]?.messages.at(-1)?.content).toContain("last step of this turn");
  expect(results(scene.emitted)["t1-s50-c1"]).toContain("Not run");
});

test("a log that cannot be written keeps the call from running and ends the turn", async () => {
  let runs = 0;
  const edit = tool({ name: "edit", readOnly: false, run: async () => ({ text: `${++runs}` }) });
  const scene = stage({
    responses: [[calls(["edit", { path: "a" }], ["edit", { path: "b" }])]],
    tools: [edit],
    emitDurable: async () => Promise.reject(new Error("ENOSPC")),
  });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "not_saving" } });
  expect(runs).toBe(0);
  expect(Object.keys(results(scene.emitted))).toEqual(["t1-s1-c1", "t1-s1-c2"]);
});

test("plan mode is told in the last message and never in the prefix", async () => {
  const scene = stage({ responses: [[says("Plan."), stop]], mode: "plan" });
  await scene.run();
  expect(scene.requests[0]?.messages[0]).toEqual({ role: "system", content: "SYSTEM" });
  expect(scene.requests[0]?.messages.at(-1)?.content).toMatch(/^Do it\n\n<reminder>\nPlan mode is on/);
});

test("MDL-12: a request that is too long is sent once more, with its results cut", async () => {
  const big = tool({
    name: "read",
    run: async (_context, path) => ({ text: `${path} ${"x".repeat(3_000)}` }),
  });
  const reads = calls(...Array.from({ length: 12 }, (_, index) => ["read", { path: `f${index}` }] as const));
  const overflow = ends({ type: "problem", problem: { code: "model_context_overflow" }, retryable: false });
  const scene = stage({ responses: [[reads], [overflow], [says("Done"), stop]], tools: [big] });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  const told = scene.requests[2]?.messages.filter(({ role }) => role === "tool") ?? [];
  expect(
    told.map(({ content }) => /^f\d+ x+\n… \(300\d characters, the middle left out/.test(content)),
  ).toEqual(Array.from({ length: 12 }, () => true));
});

test("a model that throws, or ends without an end, is a problem and not an exception", async () => {
  const throwing = stage({ responses: [] });
  expect(await throwing.run()).toMatchObject({ stopReason: "refusal", problem: { code: "internal" } });
  const endless = stage({ responses: [[says("Hm")]], judge: allowAll });
  expect(await endless.run()).toEqual({ stopReason: "refusal", problem: { code: "model_truncated" } });
});
