/** How much a model takes, and how it counts. */
import { expect, test } from "vitest";
import { type ModelRequest, unknownFacts } from "../../../src/agent/model.ts";
import { roomOf } from "../../../src/agent/room/room.ts";
import { estimateText } from "../../../src/agent/room/token-estimate.ts";
import { TokenFactor } from "../../../src/agent/room/token-factor.ts";
import { createToolBook } from "../../../src/agent/tool-book.ts";
import { calls, results, says, stage, stop, tool } from "../turn/turn-stage.ts";

test("the profile follows the tightest limit, and the budget leaves room for the answer and a margin of 8 %", () => {
  const table = [
    [{}, null, ["standard", null, null, null]],
    [{ contextWindow: 8_000 }, null, ["small", 8_000, 8_000 - 1_000 - 640, 1_000]],
    [{ inputLimit: 8_000 }, null, ["small", 8_000, 8_000 - 640, 1_000]],
    [{ inputLimit: 8_000, countsOutput: true }, null, ["small", 8_000, 8_000 - 1_000 - 640, 1_000]],
    [{ contextWindow: 128_000 }, 6_000, ["small", 6_000, 6_000 - 750 - 480, 750]],
    [{ contextWindow: 32_000 }, null, ["medium", 32_000, 32_000 - 4_000 - 2_560, 4_000]],
    [{ contextWindow: 200_000 }, null, ["standard", 200_000, 200_000 - 8_000 - 16_000, 8_000]],
  ] as const;
  for (const [facts, learned, [profile, limitTokens, budgetTokens, outputTokens]] of table)
    expect(roomOf({ ...unknownFacts, ...facts }, learned)).toEqual({
      profile,
      limitTokens,
      budgetTokens,
      outputTokens,
    });
});

test("an estimate is by bytes, and by pieces where a text is dense", () => {
  expect(estimateText("")).toBe(0);
  expect(estimateText("a".repeat(330))).toBe(100);
  expect(estimateText("12345 ".repeat(100))).toBeGreaterThanOrEqual(200);
  expect(estimateText("語".repeat(100))).toBe(91);
});

test("what an endpoint counts is learned: more at once, less by halves", () => {
  const factor = new TokenFactor();
  expect(factor.value).toBe(1);
  factor.learn(1_000, 800);
  expect(factor.value).toBe(0.8);
  factor.learn(1_000, 1_300);
  expect(factor.value).toBe(1.3);
  factor.learn(1_000, 900);
  expect(factor.value).toBe(1.1);
  factor.learn(1_000, 1_090);
  expect(factor.value).toBe(1.1);
  factor.learn(10, 5_000);
  expect(factor.value).toBe(1.1);
});

const offered = [
  tool({ name: "read" }),
  tool({ name: "edit", readOnly: false }),
  { ...tool({ name: "todo" }), offer: "later" as const, brief: "Short." },
  { ...tool({ name: "web_fetch" }), offer: "named" as const, kind: "fetch" as const },
  { ...tool({ name: "task" }), offer: "named" as const },
  { ...tool({ name: "list" }), offer: "standard" as const },
  { ...tool({ name: "exit_plan" }), offer: "plan" as const },
];

const first = { profile: "small", mode: "edit", step: 1, words: "", editFormat: "edit" } as const;

test("tools are offered by stage: all where there is room, in a small window what the work has come to", () => {
  const book = createToolBook(offered);
  const names = (stage: Partial<Parameters<typeof book.offer>[0]>) =>
    book.offer({ ...first, ...stage }).map(({ name }) => name);
  const all = ["edit", "list", "read", "task", "todo", "web_fetch"];
  expect(names({ profile: "standard" })).toEqual(all);
  expect(names({ profile: "standard", mode: "plan" })).toEqual([...all, "exit_plan"].sort());
  expect(names({})).toEqual(["edit", "read"]);
  expect(names({ step: 4 })).toEqual(["edit", "read", "todo"]);
  expect(names({ words: "see https://a.example and use subagents" })).toEqual([
    "edit",
    "read",
    "task",
    "web_fetch",
  ]);
  expect(names({ mode: "plan" })).toEqual(["exit_plan", "read"]);
  expect(book.offer({ ...first, step: 4 })).toBe(book.offer({ ...first, step: 9, words: "x" }));
  expect(book.offer({ ...first, step: 4 }).at(-1)?.description).toBe("Short.");
});

test("of edit and apply_patch exactly one is offered, by what the model was trained on; a call of the other runs too", async () => {
  const run = async (facts: object) => {
    const scene = stage({
      responses: [[calls(["edit", { path: "a" }], ["apply_patch", { path: "b" }])], [says("Done."), stop]],
      tools: [
        { ...tool({ name: "edit", readOnly: false }), editFormat: "edit" },
        { ...tool({ name: "apply_patch", readOnly: false }), editFormat: "patch" },
        tool({ name: "read" }),
      ],
      facts,
    });
    await scene.run();
    return {
      offered: scene.requests.map(({ tools }) => tools.map(({ name }) => name)),
      ran: Object.values(results(scene.emitted)),
    };
  };
  const ran = ["edit a", "apply_patch b"];
  const edit = ["edit", "read"];
  const patch = ["apply_patch", "read"];
  expect(await run({})).toEqual({ offered: [edit, edit], ran });
  expect(await run({ editFormat: "edit" })).toEqual({ offered: [edit, edit], ran });
  expect(await run({ editFormat: "patch" })).toEqual({ offered: [patch, patch], ran });
  expect(await run({ editFormat: "patch", contextWindow: 8_000 })).toEqual({ offered: [patch, patch], ran });
});

test("the answer's limit is what is kept free where it counts, what is left in a small window, else the endpoint's own", async () => {
  const limit = async (facts: object) => {
    const scene = stage({ responses: [[says("Hi"), stop]], facts });
    await scene.run();
    return scene.requests[0]?.maxOutputTokens;
  };
  expect(await limit({ contextWindow: 200_000 })).toBeUndefined();
  expect(await limit({ inputLimit: 8_000, countsOutput: true })).toBe(1_000);
  expect(await limit({ contextWindow: 8_000 })).toBeGreaterThan(6_000);
  expect(await limit({ contextWindow: 8_000, outputLimit: 900 })).toBe(900);
});

test("a whole task in an 8,000-token window: no request above it, the goal in each, and what counts more is learned", async () => {
  const read = tool({
    name: "read",
    run: async (_context, path) => ({
      text: `${path}: ${"const value = compute(other, 12);\n".repeat(150)}`,
    }),
  });
  let count = 0;
  const answer = async function* (request: ModelRequest) {
    const text = JSON.stringify([request.messages, request.tools]);
    const usage = { inputTokens: Math.ceil(estimateText(text) * 1.05), outputTokens: 20 };
    const isWork = request.messages[0]?.content === "SYSTEM";
    count += isWork ? 1 : 0;
    yield says(
      Array.from({ length: 12 }, (_, index) => `Step ${count} showed ${index * count + index}. `).join(""),
    );
    const made = isWork && count < 40 ? calls(["read", { path: `src/file-${count}.ts` }]) : stop;
    if (made.type === "end") yield { ...made, usage };
  };
  const scene = stage({
    responses: Array.from({ length: 100 }, () => answer),
    tools: [read],
    prompt: "Rename compute to evaluate EVERYWHERE",
    facts: { contextWindow: 8_000 },
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  const work = scene.requests.filter(({ messages }) => messages[0]?.content === "SYSTEM");
  expect(work).toHaveLength(40);
  for (const { messages, tools, maxOutputTokens = 0 } of scene.requests) {
    const size = estimateText(JSON.stringify([messages, tools])) * 1.05;
    expect(size + Math.min(maxOutputTokens, 1_000)).toBeLessThanOrEqual(8_000);
    if (messages[0]?.content !== "SYSTEM") continue;
    expect(messages.some(({ content }) => content.includes("Rename compute to evaluate EVERYWHERE"))).toBe(
      true,
    );
  }
  const filling = scene.emitted.flatMap(({ update }) =>
    update.sessionUpdate === "usage_update" ? [update.parts?.map(({ name }) => name)] : [],
  );
  expect(filling.at(-1)).toEqual(["system", "tools", "notes", "messages", "results"]);
});

test.each([
  [true, 1],
  [undefined, 0],
])(
  "MDL-12: a window too small for anything, learned from a refusal (%s), is asked %d times",
  async (isLimitLearned, count) => {
    const facts = { contextWindow: 4, ...(isLimitLearned === undefined ? {} : { isLimitLearned }) };
    const scene = stage({ responses: [[stop]], prompt: "word ".repeat(4_000), facts });
    const end = await scene.run();
    expect(scene.requests).toHaveLength(count);
    expect(end.problem?.code).toBe(count === 0 ? "model_context_overflow" : undefined);
  },
);
