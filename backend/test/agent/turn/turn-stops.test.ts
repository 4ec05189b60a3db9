/** A turn that is refused or stopped: what is tried again and how long it waits, what is kept, and what is answered. */
import { expect, test } from "vitest";
import { calls, ends, results, says, stage, stop, tool } from "./turn-stage.ts";

const problem = (code: "model_unavailable" | "model_rate_limit" | "model_auth", retryable: boolean) =>
  ends({ type: "problem", problem: { code }, retryable });

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
  expect(scene.waits).toEqual([4_000]);
  expect(scene.emitted.at(-1)?.update).toMatchObject({
    rawOutput: { type: "failure", reason: "unknown_outcome" },
  });
});
