/** Bounds of a turn, whatever its model does: text that repeats or does not end, steps that alternate, calls without end. */
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ModelEvent, ModelRequest } from "../../../src/agent/model.ts";
import { RepeatedText } from "../../../src/agent/steps/repeated-text.ts";
import { requestFaults } from "../request-check.ts";
import { calls, ends, type Response, results, says, stage, stop, tool } from "./turn-stage.ts";

function heard(text: string, chunk = 7): string | null {
  const guard = new RepeatedText();
  for (let index = 0; index < text.length; index += chunk) {
    const found = guard.add(text.slice(index, index + chunk));
    if (found !== null) return found;
  }
  return null;
}

test("MDL-08: text that says the same piece ten times over is noticed, ordinary text is not", () => {
  const lines = Array.from(
    { length: 300 },
    (_, index) => `const value${index} = compute(${index * 7}, "x");`,
  ).join("\n");
  expect(heard("I will look at the file now and then fix it. ".repeat(30))).toBe("repeats");
  expect(
    heard(`${lines}${"Wait. Let me think again about all of this, for it cannot be right. ".repeat(14)}`),
  ).toBe("repeats");
  expect(heard(lines)).toBeNull();
  expect(heard(`| a | b |\n|${"-".repeat(300)}|\n`)).toBeNull();
  expect(heard("I will look at the file now and then fix it. ".repeat(8))).toBeNull();
  expect(heard("0, ".repeat(2_000))).toBeNull();
  expect(heard("the ".repeat(3_000))).toBe("repeats");
});

test("MDL-08: an answer that repeats itself is cut off, kept and told of, and its endpoint is let go", async () => {
  let isReleased = false;
  const scene = stage({
    responses: [
      async function* (_request, signal) {
        signal.addEventListener("abort", () => {
          isReleased = true;
        });
        for (;;) yield says("The same words come again and again. ");
      },
    ],
  });
  expect(await scene.run()).toEqual({ stopReason: "max_tokens" });
  expect(isReleased).toBe(true);
  expect(
    scene.emitted.flatMap(({ update }) => (update.sessionUpdate === "notice" ? [update.code] : [])),
  ).toEqual(["repeated_text"]);
  expect(
    scene.emitted.filter(({ update }) => update.sessionUpdate === "agent_message_chunk").length,
  ).toBeGreaterThan(10);
});

test("MDL-08: an answer that never ends is cut off after two million characters", async () => {
  let said = 0;
  const scene = stage({
    responses: [
      async function* () {
        for (;;) {
          said += 1;
          yield says(`${said} `.repeat(50) + Math.sin(said));
        }
      },
    ],
  });
  expect(await scene.run()).toEqual({ stopReason: "max_tokens" });
});

test("MDL-08: two steps that alternate six times end the turn", async () => {
  const read = tool({ name: "read", run: async (_context, path) => ({ text: path }) });
  const scene = stage({
    responses: Array.from({ length: 20 }, (_, index) => [
      calls(["read", { path: index % 2 === 0 ? "a" : "b" }]),
    ]),
    tools: [read],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests).toHaveLength(6);
  expect(scene.emitted.at(-1)?.update).toMatchObject({ sessionUpdate: "notice", code: "repeated_call" });
});

test("steps that alternate with other results go on", async () => {
  let count = 0;
  const read = tool({ name: "read", run: async (_context, path) => ({ text: `${path} ${count++}` }) });
  const scene = stage({
    responses: [
      ...Array.from({ length: 12 }, (_, index) => [calls(["read", { path: index % 2 === 0 ? "a" : "b" }])]),
      [says("Done"), stop],
    ],
    tools: [read],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests).toHaveLength(13);
});

test("a step's end is told with its tokens, its cost and what must be sent back", async () => {
  const meta = { model: "test/model", reasoningField: "reasoning_content" } as const;
  const usage = { inputTokens: 900, outputTokens: 20, cachedInputTokens: 800, cost: 0.002 };
  const made = calls(["read", { path: "a" }]);
  const scene = stage({
    responses: [
      made.type === "end"
        ? [
            { type: "thought", text: "Hm" },
            { ...made, usage, meta },
          ]
        : [],
      [says("Done"), stop],
    ],
    tools: [tool({ name: "read" })],
    facts: { contextWindow: 64_000 },
  });
  await scene.run();
  const told = scene.emitted.flatMap(({ update }) =>
    update.sessionUpdate === "usage_update" ? [update] : [],
  );
  expect(told[0]).toMatchObject({ used: 920, size: 64_000, ...usage, _meta: meta });
  expect(told[1]).toMatchObject({ used: null, size: 64_000, inputTokens: null, outputTokens: null });
  expect(scene.requests[1]?.messages[2]).toMatchObject({ origin: { ...meta, thought: "Hm" } });
});

const anyEnd = fc.constantFrom<ModelEvent>(
  stop,
  ends({ type: "length" }),
  ends({ type: "refusal" }),
  ends({ type: "problem", problem: { code: "model_unavailable" }, retryable: true }),
  ends({ type: "problem", problem: { code: "model_auth" }, retryable: false }),
  ends({
    type: "problem",
    problem: { code: "model_context_overflow" },
    retryable: false,
    limitTokens: 3_000,
  }),
  calls(["read", { path: "a" }], ["edit", { path: "b" }]),
  calls(["edit", { path: "a" }], ["nothing", {}], ["read", "{"], ["fails", { path: "x" }]),
  calls(["task", { path: "a" }]),
);
const anyResponse = fc.record({
  text: fc.constantFrom("", "Some words. ", "More. ".repeat(200)),
  hasCall: fc.boolean(),
  end: fc.option(anyEnd, { nil: null }),
  stopAt: fc.constantFrom("never", "never", "never", "begin", "text", "end"),
});

test("MDL-02, MDL-11: whatever the model does and whenever it is stopped, a turn ends once, each call has one result, each request is valid", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyResponse, { maxLength: 8 }), fc.boolean(), async (script, isSmall) => {
      const responses = script.map(({ text, hasCall, end, stopAt }): Response => {
        return async function* (_request: ModelRequest) {
          if (stopAt === "begin") scene.stop.abort();
          if (text !== "") yield says(text);
          if (stopAt === "text") scene.stop.abort();
          if (hasCall) yield { type: "call_started" };
          if (stopAt === "end") scene.stop.abort();
          if (end !== null) yield end;
        };
      });
      const scene = stage({
        responses: [...responses, [says("Done"), stop]],
        tools: [
          tool({ name: "read" }),
          tool({ name: "edit", readOnly: false }),
          tool({ name: "fails", run: () => Promise.reject(new Error("no")) }),
          tool({
            name: "task",
            run: async (context) => ({
              text: (await context.delegate({ prompt: "P", kind: "general" })).text,
            }),
          }),
        ],
        ...(isSmall ? { facts: { contextWindow: 8_000 } } : {}),
      });
      const outcome = await scene.run();
      expect(["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"]).toContain(
        outcome.stopReason,
      );
      const made = scene.emitted.flatMap(({ update }) =>
        update.sessionUpdate === "tool_call" ? [update.toolCallId] : [],
      );
      const over = scene.emitted.flatMap(({ update }) =>
        update.sessionUpdate === "tool_call_update" &&
        (update.status === "completed" || update.status === "failed")
          ? [update.toolCallId]
          : [],
      );
      expect(over.toSorted()).toEqual(made.toSorted());
      expect(Object.keys(results(scene.emitted)).length).toBe(made.length);
      expect(scene.requests.flatMap(({ messages }) => requestFaults(messages))).toEqual([]);
    }),
    { numRuns: 400, seed: 3 },
  );
});

test("MDL-08: of 1,000 calls in one response 64 are made, and each has its result", async () => {
  let made = 0;
  const read = tool({
    name: "read",
    run: async (_context, path) => {
      made += 1;
      return { text: path };
    },
  });
  const many = Array.from({ length: 1_000 }, (_, index) => ["read", { path: `${index}` }] as const);
  const scene = stage({ responses: [[calls(...many)], [says("Done"), stop]], tools: [read] });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(made).toBe(64);
  const texts = Object.values(results(scene.emitted));
  expect(texts).toHaveLength(1_000);
  expect(new Set(texts.slice(64))).toEqual(
    new Set(["Not run: too many calls in one response. Make the rest of them in the next."]),
  );
});

test("MDL-08: of the questions in one response five are put to the person", async () => {
  let asked = 0;
  const ask = tool({
    name: "ask",
    readOnly: false,
    access: { type: "none" },
    run: async () => {
      asked += 1;
      return { text: `${asked}` };
    },
  });
  const many = Array.from({ length: 8 }, (_, index) => ["ask", { path: `${index}` }] as const);
  const scene = stage({ responses: [[calls(...many)], [says("Done"), stop]], tools: [ask] });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(asked).toBe(5);
});

test("a turn leaves nobody waiting for its signal, however many calls it made and subagents it had", async () => {
  const many = Array.from({ length: 12 }, (_, index) => ["read", { path: `f${index}` }] as const);
  const asked = Array.from({ length: 4 }, (_, index) => ["task", { path: `q${index}` }] as const);
  const counts: number[] = [];
  const scene = stage({
    responses: Array.from(
      { length: 8 },
      (_, index) =>
        async function* () {
          counts.push(getEventListeners(scene.stop.signal, "abort").length);
          yield* index === 0 ? [calls(...many)] : index === 1 ? [calls(...asked)] : [says("Done"), stop];
        },
    ),
    tools: [
      tool({ name: "read" }),
      tool({
        name: "task",
        access: { type: "none" },
        run: async ({ delegate }, path) => delegate({ prompt: path, kind: "explore" }),
      }),
    ],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect([counts[0], counts[1], counts.at(-1)]).toEqual([0, 0, 0]);
  expect(getEventListeners(scene.stop.signal, "abort")).toEqual([]);
});
