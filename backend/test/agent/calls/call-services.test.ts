/** What a tool gets to work with in a turn: the room's bounds, earlier results, questions to the person, other instructions. */

import { expect, test } from "vitest";
import type { PermissionAnswer } from "../../../src/agent/permission.ts";
import { limitsFor } from "../../../src/agent/room/result-limits.ts";
import type { PersonAnswer, QuestionSubject, ToolContext } from "../../../src/agent/tool.ts";
import type { BackgroundJob } from "../../../src/protocol/job.ts";
import { calls, results, says, stage, stop, tool } from "../turn/turn-stage.ts";

async function contextIn(facts: { contextWindow?: number; inputLimit?: number; images?: boolean }) {
  let found: ToolContext | null = null;
  const look = tool({
    name: "look",
    run: async (context) => {
      found = context;
      return { text: `${context.limits.profile} ${context.seesImages} ${context.limits.readLines}` };
    },
  });
  const scene = stage({
    responses: [[calls(["look", { path: "a" }])], [says("Ok"), stop]],
    tools: [look],
    facts,
  });
  await scene.run();
  expect(found).not.toBeNull();
  return results(scene.emitted)["t1-s1-c1"];
}

test("a tool's bounds are those of the tightest limit that is known, and pictures only for a model that takes them", async () => {
  expect(await contextIn({})).toBe(`standard false ${limitsFor("standard", null).readLines}`);
  expect(await contextIn({ contextWindow: 200_000, images: true })).toBe(
    `standard true ${limitsFor("standard", null).readLines}`,
  );
  expect(await contextIn({ contextWindow: 32_000 })).toBe(
    `medium false ${limitsFor("medium", null).readLines}`,
  );
  expect(await contextIn({ contextWindow: 128_000, inputLimit: 8_000 })).toBe(
    `small false ${limitsFor("small", null).readLines}`,
  );
});

test("a result is recalled whole by the short id that its stub names", async () => {
  const recalled: (string | null)[] = [];
  const read = tool({ name: "read", run: async (_context, path) => ({ text: `all of ${path}` }) });
  const recall = tool({
    name: "recall",
    run: async (context, path) => {
      recalled.push(context.recall(path));
      return { text: "ok" };
    },
  });
  const scene = stage({
    responses: [
      [calls(["read", { path: "a" }], ["read", { path: "b" }])],
      [calls(...["r1", "r2", "2", "r9", "r3", "x"].map((path) => ["recall", { path }] as const))],
      [says("Ok"), stop],
    ],
    tools: [read, recall],
  });
  await scene.run();
  expect(recalled).toEqual(["all of a", "all of b", "all of b", null, null, null]);
});

const question: QuestionSubject = { type: "question", question: "Which?", options: ["Red", "Blue"] };
const plan: QuestionSubject = { type: "plan", plan: "1. Do it" };

const answers: readonly (readonly [
  subject: QuestionSubject,
  answer: PermissionAnswer,
  told: PersonAnswer,
])[] = [
  [question, { type: "allowed", optionId: "option-1" }, { type: "chosen", choice: 1, text: null }],
  [
    question,
    { type: "allowed", optionId: "option-0", feedback: "but dark" },
    { type: "chosen", choice: 0, text: "but dark" },
  ],
  [question, { type: "allowed", optionId: "said", feedback: "Green" }, { type: "said", text: "Green" }],
  [question, { type: "denied", feedback: null }, { type: "refused", text: null }],
  [question, { type: "cancelled" }, { type: "cancelled" }],
  [plan, { type: "allowed", optionId: "start_ask" }, { type: "chosen", choice: 0, text: null }],
  [
    plan,
    { type: "allowed", optionId: "start_edit", feedback: "1. Do less" },
    { type: "chosen", choice: 1, text: "1. Do less" },
  ],
  [plan, { type: "denied", feedback: "Smaller" }, { type: "refused", text: "Smaller" }],
];

test("a question of a tool is put like a permission, and its answer comes back as what the person meant", async () => {
  for (const [subject, answer, told] of answers) {
    const heard: PersonAnswer[] = [];
    const ask = tool({
      name: "ask",
      access: { type: "none" },
      run: async (context) => {
        heard.push(await context.ask(subject));
        return { text: "ok" };
      },
    });
    const scene = stage({
      responses: [[calls(["ask", { path: "a" }])], [says("Ok"), stop]],
      tools: [ask],
      answer: async () => answer,
    });
    await scene.run();
    expect(heard).toEqual([told]);
    const optionIds =
      subject.type === "plan"
        ? ["start_ask", "start_edit", "keep"]
        : ["option-0", "option-1", "said", "refuse"];
    expect(
      scene.questions.map(({ requestId, subject: put, options }) => [
        requestId,
        put,
        options.map((option) => option.optionId),
      ]),
    ).toEqual([["t1-s1-c1-q1", subject, optionIds]]);
  }
});

test("a tool shows its plan and changes the mode, but not once its call is over", async () => {
  const contexts: ToolContext[] = [];
  const todo = tool({
    name: "todo",
    access: { type: "none" },
    run: async (context) => {
      contexts.push(context);
      context.showPlan([{ content: "a", priority: "medium", status: "pending" }]);
      return { text: "ok" };
    },
  });
  const scene = stage({ responses: [[calls(["todo", { path: "a" }])], [says("Ok"), stop]], tools: [todo] });
  await scene.run();
  contexts[0]?.showPlan([]);
  const plans = scene.emitted.filter(({ update }) => update.sessionUpdate === "plan");
  expect(plans).toEqual([
    {
      update: { sessionUpdate: "plan", entries: [{ content: "a", priority: "medium", status: "pending" }] },
      stepId: "t1-s1",
    },
  ]);
});

test("pictures of a result go to the model with it, and stay out for one that takes none", async () => {
  const image = { type: "image", mimeType: "image/png", data: "AAAA" } as const;
  const read = tool({ name: "read", run: async () => ({ text: "a.png, 3 bytes", images: [image] }) });
  const seen = async (images: boolean) => {
    const scene = stage({
      responses: [[calls(["read", { path: "a.png" }])], [says("Ok"), stop]],
      tools: [read],
      facts: { images },
    });
    await scene.run();
    return scene.requests[1]?.messages.at(-1);
  };
  const told = { role: "tool", callId: "v1", content: "a.png, 3 bytes" };
  expect(await seen(true)).toEqual({ ...told, images: [image] });
  expect(await seen(false)).toEqual(told);
});

test("whoever reads a file is told the instructions of its folder with it", async () => {
  const scene = stage({
    responses: [[calls(["read", { path: "sub/a" }])], [says("Ok"), stop]],
    tools: [tool({ name: "read" })],
    instructionsBelow: async (paths) => `# Instructions for ${paths.join()}`,
  });
  await scene.run();
  expect(results(scene.emitted)["t1-s1-c1"]).toBe("read sub/a\n\n# Instructions for sub/a");
});

test("a file is changed by one call at a time, whoever makes it", async () => {
  const { FileLocks } = await import("../../../src/agent/calls/file-locks.ts");
  const locks = new FileLocks();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    if (name === "fails") throw new Error("no");
  };
  const failing = locks.hold(["a"], work("fails"));
  const all = [
    locks.hold(["a", "b"], work("both")),
    locks.hold(["b"], work("b")),
    locks.hold(["c"], work("c")),
  ];
  await expect(failing).rejects.toThrow("no");
  await Promise.all(all);
  expect(order.slice(0, 2)).toEqual(["fails begins", "c begins"]);
  expect(order.filter((entry) => !entry.startsWith("c "))).toEqual([
    "fails begins",
    "fails ends",
    "both begins",
    "both ends",
    "b begins",
    "b ends",
  ]);
});

function endedJob(end: BackgroundJob["end"]): BackgroundJob {
  return { jobId: "j1", command: "npm run dev", cwd: ".", runningMs: 1, end };
}

test("a job that has ended is told to the model until the turn ends, and to people by the session alone", async () => {
  const ended = [[], [endedJob({ exitCode: 1, signal: null, stoppedBy: null })]];
  const scene = stage({
    responses: [[calls(["read", { path: "a" }])], [calls(["read", { path: "b" }])], [says("Ok"), stop]],
    tools: [tool({ name: "read" })],
    endedJobs: () => ended.shift() ?? [],
  });
  await scene.run();
  expect(
    scene.requests.map(({ messages }) => messages.at(-1)?.content.includes("job j1 (npm run dev)")),
  ).toEqual([false, true, true]);
  expect(scene.emitted.filter(({ update }) => update.sessionUpdate === "notice")).toEqual([]);
});

test.each([
  ["person", "the user stopped it"],
  ["agent", "job kill stopped it"],
  [null, "ended by a signal"],
] as const)("how a job came to its end is told to the model: %s", async (stoppedBy, told) => {
  const ended = [[endedJob({ exitCode: null, signal: "SIGTERM", stoppedBy })]];
  const scene = stage({ responses: [[says("Ok"), stop]], endedJobs: () => ended.shift() ?? [] });
  await scene.run();
  expect(scene.requests[0]?.messages.at(-1)?.content).toContain(`(npm run dev) has ended: ${told}.`);
});
