/** A whole turn with a scripted model: what is emitted, what is sent, and how it ends. */
import { expect, test } from "vitest";
import { ToolError } from "../../src/agent/tool.ts";
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

test("retries wait 2, 4, 8, 16 and 30 seconds, are shown, and then give up", async () => {
  const scene = stage({ responses: Array.from({ length: 6 }, () => [problem("model_unavailable", true)]) });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "model_unavailable" } });
  expect(scene.waits).toEqual([2_000, 4_000, 8_000, 16_000, 30_000]);
  expect(scene.emitted[0]).toEqual({
    update: {
      sessionUpdate: "notice",
      code: "model_retry",
      data: { attempt: 1, attempts: 5, waitMs: 2_000, problem: "model_unavailable" },
    },
    stepId: "t1-s1",
  });
  expect(scene.emitted).toHaveLength(5);
});

test("a wait that the endpoint asks for is honoured", async () => {
  const problem = { code: "model_rate_limit" } as const;
  const limited = ends({ type: "problem", problem, retryable: true, retryAfterMs: 45_000 });
  const patient = stage({ responses: [[limited], [says("Hi"), stop]] });
  expect(await patient.run()).toEqual({ stopReason: "end_turn" });
  expect(patient.waits).toEqual([45_000]);
});

test("nothing is retried once words were shown", async () => {
  const scene = stage({ responses: [[says("Half an ans"), problem("model_unavailable", true)]] });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "model_unavailable" } });
  expect(scene.waits).toEqual([]);
});

test("stopping during a retry's wait ends the turn as cancelled", async () => {
  const scene = stage({
    responses: [[problem("model_unavailable", true)]],
    wait: async () => scene.stop.abort(),
  });
  expect(await scene.run()).toEqual({ stopReason: "cancelled" });
});

test("stopping in mid-stream keeps the words so far and drops what comes late", async () => {
  const scene = stage({
    responses: [
      async function* () {
        yield says("One ");
        scene.stop.abort();
        yield says("two");
        yield calls(["read", { path: "a" }]);
      },
    ],
    tools: [tool({ name: "read" })],
  });
  expect(await scene.run()).toEqual({ stopReason: "cancelled" });
  expect(scene.emitted.map(({ update }) => update)).toEqual([
    { sessionUpdate: "agent_message_chunk", messageId: "t1-s1-m1", content: { type: "text", text: "One " } },
  ]);
});

test("stopping in the middle of a tool answers it and all calls after it", async () => {
  const shell = tool({
    name: "shell",
    readOnly: false,
    run: ({ signal, output }) =>
      new Promise((_resolve, reject) => {
        output("stdout", "working\n");
        signal.addEventListener("abort", () => {
          reject(new Error("killed"));
          output("stdout", "late");
        });
        scene.stop.abort();
      }),
  });
  const scene = stage({
    responses: [[calls(["shell", { path: "1" }], ["shell", { path: "2" }])]],
    tools: [shell],
  });
  expect(await scene.run()).toEqual({ stopReason: "cancelled" });
  expect(results(scene.emitted)).toEqual({
    "t1-s1-c1":
      "Stopped by the user while it ran; what it had done so far stays. Check before you repeat it.",
    "t1-s1-c2": "Not run: the user stopped the turn.",
  });
  expect(scene.emitted.at(-1)?.update).toMatchObject({
    status: "failed",
    rawOutput: { type: "failure", reason: "cancelled" },
  });
});

test("a tool that ignores the stop is given up after its grace", async () => {
  const deaf = tool({ name: "shell", readOnly: false, run: () => new Promise(() => scene.stop.abort()) });
  const scene = stage({ responses: [[calls(["shell", { path: "1" }])]], tools: [deaf] });
  expect(await scene.run()).toEqual({ stopReason: "cancelled" });
  expect(scene.waits).toEqual([5_000]);
  expect(scene.emitted.at(-1)?.update).toMatchObject({
    rawOutput: { type: "failure", reason: "unknown_outcome" },
  });
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

test("the third same call with the same result brings a reminder, the fifth ends the turn", async () => {
  const read = tool({ name: "read", run: async () => ({ text: "same, 1.2 s" }) });
  const scene = stage({
    responses: Array.from({ length: 5 }, () => [calls(["read", { path: "a" }])]),
    tools: [read],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  const texts = Object.values(results(scene.emitted));
  expect(texts.map((text) => text.includes("the same result"))).toEqual([false, false, true, true, true]);
  expect(
    scene.emitted.map(({ update }) => update).filter((update) => update.sessionUpdate === "notice"),
  ).toEqual([{ sessionUpdate: "notice", code: "repeated_call", data: { tool: "read", count: 5 } }]);
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

test("read-only calls run beside each other, at most eight at a time, and others wait for them", async () => {
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const read = tool({
    name: "read",
    run: async (_context, path) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      order.push(path);
      return { text: path };
    },
  });
  const edit = tool({
    name: "edit",
    readOnly: false,
    run: async (_context, path) => {
      order.push(`edit ${path} beside ${running}`);
      return { text: path };
    },
  });
  const reads = Array.from({ length: 10 }, (_, index) => ["read", { path: `r${index}` }] as const);
  const scene = stage({
    responses: [
      [calls(...reads, ["edit", { path: "a" }], ["edit", { path: "b" }], ["read", { path: "last" }])],
      [says("Done"), stop],
    ],
    tools: [read, edit],
  });
  await scene.run();
  expect(most).toBe(8);
  expect(order.slice(10)).toEqual(["edit a beside 0", "edit b beside 0", "last"]);
  const told = scene.requests[1]?.messages
    .filter((message) => message.role === "tool")
    .map((message) => message.content);
  expect(told).toEqual([...Array.from({ length: 10 }, (_, index) => `r${index}`), "a", "b", "last"]);
});

test("each way in which a call can fail gives one result with one next step", async () => {
  const tools = [
    tool({ name: "read" }),
    tool({ name: "refuse", run: () => Promise.reject(new ToolError("No such file. Look with glob.")) }),
    tool({ name: "crash", run: () => Promise.reject(new Error("EIO")) }),
    tool({ name: "fails", run: async () => ({ text: "It says no.", failed: true }) }),
  ];
  const scene = stage({
    responses: [
      [
        calls(
          ["nothing", { path: "a" }],
          ["read", '{"path": "a'],
          ["read", { pfad: "a" }],
          ["read", { file_path: "a", limit: "12", extra: 1 }],
          ["refuse", { path: "a" }],
          ["crash", { path: "a" }],
          ["fails", { path: "a" }],
          ["READ", '"text"'],
        ),
      ],
      [says("Ok"), stop],
    ],
    tools,
  });
  await scene.run();
  const signature =
    "Signature: read(path: string, limit?: number). Call it again with a JSON object of these arguments.";
  expect(results(scene.emitted)).toEqual({
    "t1-s1-c1":
      'There is no tool named "nothing". The tools are: crash, fails, read, refuse. Call one of these.',
    "t1-s1-c2": `The arguments are not valid JSON. ${signature}`,
    "t1-s1-c3": `Wrong arguments: missing \`path\`; unexpected \`pfad\`. ${signature}`,
    "t1-s1-c4": "read a",
    "t1-s1-c5": "No such file. Look with glob.",
    "t1-s1-c6": "The tool failed: EIO. Check the arguments, or go on another way.",
    "t1-s1-c7": "It says no.",
    "t1-s1-c8": `The arguments are not a JSON object. ${signature}`,
  });
  expect(scene.requests).toHaveLength(2);
});

test("the verdict of the policy: deny tells the reason, ask puts a question with its digest", async () => {
  const edit = tool({ name: "edit", readOnly: false });
  const scene = stage({
    responses: [[calls(["edit", { path: "secret" }], ["edit", { path: "b" }])], [says("Ok"), stop]],
    tools: [edit],
    judge: (access) =>
      access.type === "write" && access.paths.includes("secret")
        ? { type: "deny", by: { kind: "rule", id: "r", name: "r" }, reason: "It holds keys" }
        : { type: "ask", reach: ["writes_files"], dangerous: false },
    answer: async () => ({ type: "allowed" }),
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(results(scene.emitted)).toEqual({
    "t1-s1-c1": "It holds keys. Do not retry the same call.",
    "t1-s1-c2": "edit b",
  });
  expect(scene.questions).toEqual([
    {
      requestId: "t1-s1-c2-p",
      toolCallId: "t1-s1-c2",
      subject: { type: "read", path: "b" },
      content: [],
      reach: ["writes_files"],
      dangerous: false,
      options: [
        { optionId: "allow_once", kind: "allow_once", name: "Allow once" },
        { optionId: "allow_always", kind: "allow_always", name: "Always allow" },
        { optionId: "reject_once", kind: "reject_once", name: "Refuse" },
      ],
      digest: 'session-1|t1|t1-s1-c2|edit|{"path":"b"}|basis of b|{"type":"write","paths":["b"]}',
    },
  ]);
});

test("a dangerous question offers no lasting permission", async () => {
  const scene = stage({
    responses: [[calls(["edit", { path: "a" }])], [says("Ok"), stop]],
    tools: [tool({ name: "edit", readOnly: false })],
    judge: () => ({ type: "ask", reach: [], dangerous: true }),
    answer: async () => ({ type: "allowed" }),
  });
  await scene.run();
  expect(scene.questions[0]?.options.map((option) => option.kind)).toEqual(["allow_once", "reject_once"]);
});

test("a plain no ends the turn, a no with words goes on", async () => {
  const twoEdits = [calls(["edit", { path: "a" }], ["edit", { path: "b" }])];
  const tools = [tool({ name: "edit", readOnly: false })];
  const judge = () => ({ type: "ask", reach: [], dangerous: false }) as const;
  const plain = stage({
    responses: [twoEdits],
    tools,
    judge,
    answer: async () => ({ type: "denied", feedback: null }),
  });
  expect(await plain.run()).toEqual({ stopReason: "cancelled" });
  expect(results(plain.emitted)).toEqual({
    "t1-s1-c1": "The user refused this call. Do not retry the same call.",
    "t1-s1-c2": "Not run: the user refused another call of the same response.",
  });
  const worded = stage({
    responses: [[calls(["edit", { path: "a" }])], [says("Ok"), stop]],
    tools,
    judge,
    answer: async () => ({ type: "denied", feedback: "Use b instead" }),
  });
  expect(await worded.run()).toEqual({ stopReason: "end_turn" });
  expect(worded.requests[1]?.messages.at(-1)?.content).toBe(
    'The user refused this call and says: "Use b instead" Do not retry the same call.',
  );
});

test("a model that throws, or ends without an end, is a problem and not an exception", async () => {
  const throwing = stage({ responses: [] });
  expect(await throwing.run()).toMatchObject({ stopReason: "refusal", problem: { code: "internal" } });
  const endless = stage({ responses: [[says("Hm")]], judge: allowAll });
  expect(await endless.run()).toEqual({ stopReason: "refusal", problem: { code: "model_truncated" } });
});
