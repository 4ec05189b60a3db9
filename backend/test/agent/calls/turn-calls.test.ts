/** The calls of a turn: beside each other or in order, repeated, failing, allowed, asked about and refused. */
import { expect, test } from "vitest";
import { ToolError } from "../../../src/agent/tool.ts";
import { calls, results, says, stage, stop, tool } from "../turn/turn-stage.ts";

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

test("an unknown tool is answered with the names of those that were offered", async () => {
  const tools = [
    tool({ name: "read" }),
    { ...tool({ name: "plan_done" }), offer: "plan" as const },
    { ...tool({ name: "patch" }), editFormat: "patch" as const },
  ];
  const scene = stage({ responses: [[calls(["nothing", { path: "a" }])], [says("Ok"), stop]], tools });
  await scene.run();
  expect(scene.requests[0]?.tools.map(({ name }) => name)).toEqual(["read"]);
  expect(results(scene.emitted)).toEqual({
    "t1-s1-c1": 'There is no tool named "nothing". The tools are: read. Call one of these.',
  });
});

test("where no tool was offered, an unknown one is answered with that", async () => {
  const scene = stage({ responses: [[calls(["nothing", { path: "a" }])], [says("Ok"), stop]], tools: [] });
  await scene.run();
  expect(results(scene.emitted)).toEqual({
    "t1-s1-c1": 'There is no tool named "nothing", and no other one now. Say in words what is to be said.',
  });
});
