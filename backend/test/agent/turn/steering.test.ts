/** Words that come in while a turn runs: when the turn lets them in, and when it leaves them to the next one. */
import { expect, test } from "vitest";
import type { SteeredPrompt } from "../../../src/agent/agent-turn.ts";
import { requestFaults } from "../request-check.ts";
import { calls, ends, says, stage, stop, tool } from "./turn-stage.ts";

const words = (text: string): SteeredPrompt => ({
  promptId: `p-${text}`,
  content: [{ type: "text", text }],
});

/** Gives at the n-th time that the turn asks what stands at n. */
function steering(...given: readonly (readonly SteeredPrompt[])[]) {
  const left = [...given];
  let asked = 0;
  return {
    asked: () => asked,
    steered: async () => {
      asked += 1;
      return left.shift() ?? [];
    },
  };
}

test("steered words come after the results of their round and before the next request", async () => {
  const { steered } = steering([], [words("only a.ts"), words("and quickly")]);
  const scene = stage({
    responses: [[calls(["read", { path: "a" }], ["read", { path: "b" }])], [says("Done."), stop]],
    tools: [tool({ name: "read" })],
    steered,
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(
    scene.requests.map(({ messages }) => messages.slice(1).map(({ role, content }) => [role, content])),
  ).toEqual([
    [["user", "Do it"]],
    [
      ["user", "Do it"],
      ["assistant", ""],
      ["tool", "read a"],
      ["tool", "read b"],
      ["user", "only a.ts\n\nand quickly"],
    ],
  ]);
});

test("words that come while the last answer is given make the turn go on, as often as there are any", async () => {
  const { steered } = steering([], [words("one more thing")], [], [words("and another")]);
  const scene = stage({
    responses: [
      [says("First."), stop],
      [says("Second."), stop],
      [says("Third."), stop],
    ],
    steered,
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(
    scene.requests
      .at(-1)
      ?.messages.slice(1)
      .map(({ role, content }) => `${role}: ${content}`),
  ).toEqual([
    "user: Do it",
    "assistant: First.",
    "user: one more thing",
    "assistant: Second.",
    "user: and another",
  ]);
});

test("words that come before the first request stand behind the prompt in it", async () => {
  const { steered } = steering([words("but gently")]);
  const scene = stage({ responses: [[says("Done."), stop]], steered });
  await scene.run();
  expect(scene.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual(["Do it\n\nbut gently"]);
});

test("a model that goes in circles is set right by words instead of being stopped", async () => {
  const { steered } = steering([], [], [], [], [], [words("look into b")]);
  const same = [calls(["read", { path: "a" }])];
  const scene = stage({
    responses: [same, same, same, same, same, [says("So I do."), stop]],
    tools: [tool({ name: "read" })],
    steered,
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests.at(-1)?.messages.at(-1)).toEqual({ role: "user", content: "look into b" });
});

test("a turn that fails, is refused or runs into a limit leaves the words to the next one", async () => {
  const responses = {
    refusal: [ends({ type: "problem", problem: { code: "model_auth" }, retryable: false })],
    max_tokens: [says("Once upon"), ends({ type: "length" })],
    cancelled: [calls(["edit", { path: "a" }])],
  } as const;
  for (const [stopReason, response] of Object.entries(responses)) {
    const { steered, asked } = steering();
    const scene = stage({
      responses: [response],
      tools: [tool({ name: "edit", readOnly: false })],
      judge: () => ({ type: "ask", reach: [], dangerous: false }),
      answer: async () => ({ type: "denied", feedback: null }),
      steered,
    });
    expect(await scene.run()).toMatchObject({ stopReason });
    expect(asked()).toBe(1);
  }
});

test("the last step takes nothing in, for it could do nothing about it", async () => {
  const { steered, asked } = steering();
  let runs = 0;
  const scene = stage({
    responses: Array.from({ length: 50 }, () => [calls(["read", { path: "a" }])]),
    tools: [tool({ name: "read", run: async () => ({ text: `result ${++runs}` }) })],
    steered,
  });
  expect(await scene.run()).toEqual({ stopReason: "max_turn_requests" });
  expect([scene.requests.length, asked()]).toEqual([50, 49]);
});

test("a turn that is stopped asks for no words, and one whose words cannot be saved fails", async () => {
  const { steered, asked } = steering([words("too late")]);
  const stopped = stage({ responses: [], steered });
  stopped.stop.abort();
  expect(await stopped.run()).toEqual({ stopReason: "cancelled" });
  expect([asked(), stopped.requests]).toEqual([0, []]);
  const unsaved = stage({ responses: [], steered: () => Promise.reject(new Error("ENOSPC")) });
  expect(await unsaved.run()).toEqual({
    stopReason: "refusal",
    problem: { code: "internal", detail: "ENOSPC" },
  });
  expect(unsaved.requests).toEqual([]);
});

test("whenever words come in, every request of the turn is one that a strict endpoint takes", async () => {
  for (let pattern = 0; pattern < 32; pattern += 1) {
    let asked = 0;
    const scene = stage({
      responses: [
        [says("Let me see."), calls(["read", { path: "a" }], ["nothing", {}])],
        [calls(["read", { path: "b" }])],
        [says("Nearly."), stop],
        [says("There."), stop],
        [says("Really."), stop],
        [says("Yes."), stop],
      ],
      tools: [tool({ name: "read" })],
      steered: async () =>
        (pattern >> asked++) & 1 ? [words(`word ${asked}`), words(`again ${asked}`)] : [],
    });
    expect(await scene.run()).toEqual({ stopReason: "end_turn" });
    expect(scene.requests.flatMap(({ messages }) => requestFaults(messages))).toEqual([]);
    const last = scene.requests.at(-1)?.messages ?? [];
    const heard = last.flatMap(({ role, content }) => (role === "user" ? content.split("\n\n") : []));
    const spoken = scene.emitted.flatMap(({ update }) =>
      update.sessionUpdate === "user_message_chunk" && update.content.type === "text"
        ? [update.content.text]
        : [],
    );
    expect(heard).toEqual(["Do it", ...spoken]);
  }
});
