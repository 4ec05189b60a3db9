/** Compaction: when it happens, what it asks the model, what stands in the log, and that it never loops. */
import { expect, test } from "vitest";
import type { ModelEvent } from "../../src/agent/model.ts";
import type { SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import { requestFaults } from "./request-check.ts";
import { calls, ends, type Stage, says, stage, stop, tool } from "./turn/turn-stage.ts";

const compactions = ({ emitted }: Stage) =>
  emitted.flatMap(({ update }) => (update.sessionUpdate === "compaction_update" ? [update] : []));

const read = tool({
  name: "read",
  run: async (_context, path) => ({ text: `${path}\n${"some words of a file\n".repeat(400)}` }),
});
const reasons = (index: number) =>
  Array.from({ length: 60 }, (_, reason) => `Reason ${reason * index + reason} holds. `).join("");
const reading = (index: number) => [
  says(`I decided on plan ${index}, because of what I found. ${reasons(index)}`),
  calls(["read", { path: `f${index}` }]),
];

/** Answers a request to sum up by itself, all others from the script. */
function answering(script: readonly (readonly ModelEvent[])[], summary: readonly ModelEvent[]) {
  const left = [...script];
  return Array.from(
    { length: 200 },
    () =>
      async function* (request: { readonly messages: readonly { readonly content: string }[] }) {
        const isSummary = request.messages[0]?.content.startsWith("You write down the state");
        yield* isSummary ? summary : (left.shift() ?? [says("Done"), stop]);
      },
  );
}

test("before steps give way they are summed up once, and the summary stands for them from then on", async () => {
  const scene = stage({
    responses: answering(
      Array.from({ length: 45 }, (_, index) => reading(index)),
      [says("Goal: shop. Decisions: plan A."), stop],
    ),
    tools: [read],
    prompt: "Build the SHOP",
    facts: { contextWindow: 30_000 },
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  const [begun, done] = compactions(scene);
  expect(begun).toMatchObject({ compactionId: "t1-k1", status: "in_progress", trigger: "budget" });
  expect(done).toMatchObject({
    compactionId: "t1-k1",
    status: "completed",
    trigger: "budget",
    summary: "Goal: shop. Decisions: plan A.",
  });
  const { beforeTokens = 0, afterTokens = 0 } = done ?? {};
  expect([begun?.beforeTokens, begun?.afterTokens]).toEqual([beforeTokens, undefined]);
  expect(beforeTokens).toBeGreaterThan(20_000);
  expect(afterTokens).toBeGreaterThan(500);
  expect(afterTokens).toBeLessThan(beforeTokens * 0.7);
  const asked = scene.requests.find(({ messages }) => messages[0]?.content.startsWith("You write down"));
  expect(asked?.tools).toEqual([]);
  expect(asked?.messages[1]?.content).toContain("User: Build the SHOP");
  const last = scene.requests.at(-1)?.messages ?? [];
  expect(last[1]?.content).toMatch(
    /^# The user's first request\nBuild the SHOP\n\n# Summary of the work so far\nGoal: shop/,
  );
  expect(scene.requests.flatMap(({ messages }) => requestFaults(messages))).toEqual([]);
});

test("a later one brings the earlier summary up to date instead of summing it up again", async () => {
  const scene = stage({
    responses: answering(
      Array.from({ length: 45 }, (_, index) => reading(index)),
      [says("SUMMARY"), stop],
    ),
    tools: [read],
    facts: { contextWindow: 20_000 },
  });
  await scene.run();
  const asked = scene.requests.filter(({ messages }) => messages[0]?.content.startsWith("You write down"));
  expect(asked.length).toBeGreaterThan(1);
  expect(asked[1]?.messages[1]?.content).toContain("<earlier_summary>\nSUMMARY\n</earlier_summary>");
  expect(asked[1]?.messages[1]?.content).not.toContain("I decided on plan 0,");
});

test("in a small window notes must do as long as nothing was decided, and a summary is short", async () => {
  const silent = (index: number) => [
    calls(...["a", "b", "c", "d", "e", "f"].map((name) => ["read", { path: `${name}${index}` }] as const)),
  ];
  const quiet = stage({
    responses: answering(
      Array.from({ length: 30 }, (_, index) => silent(index)),
      [says("S"), stop],
    ),
    tools: [read],
    facts: { contextWindow: 8_000 },
  });
  await quiet.run();
  expect(compactions(quiet)).toEqual([]);
  expect(quiet.requests.at(-1)?.messages[1]?.content).toContain("Files read: ");
  const talking = stage({
    responses: answering(
      Array.from({ length: 12 }, (_, index) => reading(index)),
      [says("S"), stop],
    ),
    tools: [read],
    facts: { contextWindow: 8_000 },
  });
  await talking.run();
  const asked = talking.requests.find(({ messages }) => messages[0]?.content.startsWith("You write down"));
  expect(asked?.maxOutputTokens).toBe(375);
  expect(compactions(talking).at(-1)).toMatchObject({ status: "completed", summary: "S" });
});

test("a summary that fails is told, notes stand for it, and the turn goes on", async () => {
  const broken = ends({ type: "problem", problem: { code: "model_unavailable" }, retryable: true });
  const scene = stage({
    responses: answering(
      Array.from({ length: 45 }, (_, index) => reading(index)),
      [broken],
    ),
    tools: [read],
    prompt: "Build the SHOP",
    facts: { contextWindow: 30_000 },
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(compactions(scene)[1]).toMatchObject({ status: "failed", problem: { code: "model_unavailable" } });
  expect(scene.requests.at(-1)?.messages[1]?.content).toContain("Build the SHOP");
});

const broken = ends({ type: "problem", problem: { code: "model_unavailable" }, retryable: false });

function withoutSummaries(isContinued: boolean) {
  return stage({
    responses: answering(
      Array.from({ length: 49 }, (_, index) => reading(index)),
      [broken],
    ),
    tools: [read],
    prompt: "Build the SHOP",
    isContinued,
    facts: { contextWindow: 14_000 },
  });
}

const failedTwice = ["in_progress", "failed", "in_progress", "failed"];

test("MDL-12: after two summaries in a row that fail, the turn stops and asks the person", async () => {
  const scene = withoutSummaries(false);
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "compaction_stuck" } });
  expect(compactions(scene).map(({ status }) => status)).toEqual(failedTwice);
  expect(scene.requests.at(-1)?.tools).toEqual([]);
});

test("MDL-12: a summary that gains nothing has not failed: the turn goes on, and tries again once more is hidden", async () => {
  const step = (index: number) => [
    says(`Plan ${index}. ${"Because. ".repeat(41)}`),
    calls(["read", { path: `f${index}` }]),
  ];
  const scene = stage({
    responses: answering(
      Array.from({ length: 40 }, (_, index) => step(index)),
      [says("Much too long. ".repeat(2_000)), stop],
    ),
    tools: [tool({ name: "read", run: async (_context, path) => ({ text: `${path} holds it` }) })],
    facts: { contextWindow: 1_150 },
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  const ended = compactions(scene).filter(({ status }) => status !== "in_progress");
  expect(ended.slice(0, 3).map(({ status, reason }) => [status, reason])).toEqual([
    ["failed", "no_gain"],
    ["failed", "no_gain"],
    ["completed", undefined],
  ]);
});

test("MDL-12: whoever lets it go on has chosen notes: it tries two summaries, then no more, and the goal stays", async () => {
  const scene = withoutSummaries(true);
  expect(await scene.run()).toEqual({ stopReason: "max_turn_requests" });
  expect(compactions(scene).map(({ status }) => status)).toEqual(failedTwice);
  for (const { messages } of scene.requests.filter(({ tools }) => tools.length > 0))
    expect(JSON.stringify(messages)).toContain("Build the SHOP");
});

const overflow = (limitTokens?: number) =>
  ends({
    type: "problem",
    problem: { code: "model_context_overflow" },
    retryable: false,
    ...(limitTokens === undefined ? {} : { limitTokens }),
  });

test("MDL-12: an overflow teaches the limit that it names; the request is made to fit it and sent once more", async () => {
  const scene = stage({
    responses: [
      [calls(...Array.from({ length: 4 }, (_, index) => ["read", { path: `f${index}` }] as const))],
      [overflow(6_000)],
      [says("Done"), stop],
    ],
    tools: [read],
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.emitted.flatMap(({ update }) => (update.sessionUpdate === "notice" ? [update] : []))).toEqual([
    { sessionUpdate: "notice", code: "limit_learned", data: { model: "test/model", limitTokens: 6_000 } },
  ]);
  const sizes = scene.requests.map(({ messages }) => JSON.stringify(messages).length);
  expect(sizes[2]).toBeLessThan(6_000 * 3.3);
});

test("MDL-12: an endpoint that finds everything too long ends the turn after one more try", async () => {
  const scene = stage({ responses: [[overflow()], [overflow()], [overflow()]], prompt: "Hi ".repeat(3_000) });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "model_context_overflow" } });
  expect(scene.requests.length).toBeLessThanOrEqual(2);
});

test("MDL-12: what can never fit is not sent at all", async () => {
  const scene = stage({
    responses: [],
    facts: { contextWindow: 1_000 },
    systemPrompt: () => ({ rules: "rule ".repeat(3_000), instructions: "" }),
  });
  expect(await scene.run()).toEqual({ stopReason: "refusal", problem: { code: "model_context_overflow" } });
  expect(scene.requests).toEqual([]);
});

const event = (update: SessionUpdate, stepId?: string): SessionEvent => {
  const base = { seq: 1, at: "2026-01-01T00:00:00.000Z", update };
  return stepId === undefined ? base : { ...base, stepId };
};
const said = (messageId: string, text: string) =>
  event({ sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text } });
const answered = (stepId: string, text: string) =>
  event({ sessionUpdate: "agent_message_chunk", messageId: stepId, content: { type: "text", text } }, stepId);

test("a person compacts by hand: all but the newest is summed up, and taken back it is whole again", async () => {
  const before = [
    said("p0", "First"),
    answered("s0", "One. ".repeat(200)),
    said("p00", "Second"),
    answered("s00", "Two"),
  ];
  const scene = stage({
    responses: [
      [says("All of it."), stop],
      [says("Hello"), stop],
    ],
    before,
  });
  expect(await scene.compact()).toEqual({ stopReason: "end_turn" });
  expect(compactions(scene).map(({ status, trigger, keepFrom }) => [status, trigger, keepFrom])).toEqual([
    ["in_progress", "manual", undefined],
    ["completed", "manual", "s00"],
  ]);
  await scene.run();
  expect(scene.requests[1]?.messages.slice(1).map(({ content }) => content)).toEqual([
    "# The user's first request\nFirst\n\n# What the user said after it\n\nSecond\n\n# Summary of the work so far\nAll of it.",
    "Two",
    "Do it",
  ]);
});

test("MDL-12: where a summary would be no shorter nothing is asked or changed, and the log says so", async () => {
  const nothing = { sessionUpdate: "compaction_update", compactionId: "t1-k1", trigger: "manual" };
  const short = [said("p0", "First"), answered("s0", "One"), said("p00", "Second"), answered("s00", "Two")];
  for (const before of [[], short]) {
    const scene = stage({ responses: [], before });
    expect(await scene.compact()).toEqual({ stopReason: "end_turn" });
    expect(scene.emitted.map(({ update }) => update)).toEqual([
      {
        ...nothing,
        status: "failed",
        reason: "no_gain",
        beforeTokens: expect.any(Number),
        afterTokens: expect.any(Number),
      },
    ]);
    const [told] = compactions(scene);
    expect(told?.afterTokens).toBeGreaterThanOrEqual(told?.beforeTokens ?? Number.POSITIVE_INFINITY);
  }
});

test("MDL-12: a summary that came out longer than what it stands for is not taken", async () => {
  const scene = stage({
    responses: [[says("Much too long. ".repeat(60)), stop]],
    before: [said("p0", "First"), answered("s0", "One. ".repeat(120)), said("p00", "Second")],
  });
  expect(await scene.compact()).toEqual({ stopReason: "end_turn" });
  expect(compactions(scene).map(({ status, summary }) => [status, summary])).toEqual([
    ["in_progress", undefined],
    ["failed", undefined],
  ]);
});

test("a model that cannot sum up is a failure", async () => {
  const failing = stage({
    responses: [[ends({ type: "problem", problem: { code: "model_auth" }, retryable: false })]],
    before: [said("p0", "First"), answered("s0", "One. ".repeat(200)), said("p00", "Second")],
  });
  expect(await failing.compact()).toEqual({ stopReason: "refusal", problem: { code: "model_auth" } });
});
