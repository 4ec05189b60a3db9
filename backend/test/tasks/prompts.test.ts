/** What a person sends beside plain words, what it costs, and an endpoint that does not want to. */
import { expect, test } from "vitest";
import type { ContentBlock } from "../../src/protocol/content.ts";
import { mustSee, type Play, type Seen } from "./stage/played-model.ts";
import { startTask } from "./stage/task-stage.ts";
import { smallWindow, standardWindow } from "./stage/windows.ts";

const picture: ContentBlock = {
  type: "image",
  mimeType: "image/png",
  data: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};
const files = {
  "src/sum.mjs": "export const sum = (a, b) => a + b;\n",
  ".voxpilot/commands/explain.md":
    "---\ndescription: Explain a file\n---\nExplain $ARGUMENTS in two sentences.\n",
};

/** Answers each prompt with a word, and remembers what it saw. */
function listener(seen: Seen[]) {
  return async function* listen(first: Seen): Play {
    for (let now = first; ; ) {
      seen.push(now);
      now = yield { text: "Seen." };
    }
  };
}

const sizes = [standardWindow, smallWindow].map((window) => ({ window, size: window.name }));

test.for(sizes)(
  "a file that is mentioned and a command of the project reach the model ($size)",
  async ({ window }) => {
    const seen: Seen[] = [];
    const task = await startTask({ window, goal: "What does", files, main: listener(seen) });
    await task.say("What does @src/sum.mjs do?");
    await task.say("/explain src/sum.mjs");
    await task.say("/review the sum");
    await task.check();
    const [mentioned, explained, reviewed] = seen;
    if (mentioned === undefined || explained === undefined || reviewed === undefined)
      throw new Error("Not asked.");
    mustSee(mentioned, "export const sum = (a, b) => a + b;");
    mustSee(explained, "Explain src/sum.mjs in two sentences.");
    mustSee(reviewed, "Review the uncommitted changes of this project (the sum)");
    const sources = (await task.updates("prompt_context")).map((update) =>
      update.sessionUpdate === "prompt_context" ? update.source : null,
    );
    expect(sources).toEqual([
      { type: "file", path: "src/sum.mjs" },
      { type: "command", name: "explain" },
      { type: "command", name: "review" },
    ]);
  },
);

const eyes = [
  {
    does: "is sent to a model that sees",
    facts: { architecture: { input_modalities: ["text", "image"] } },
    sent: 1,
  },
  {
    does: "is a note for one that does not",
    facts: { architecture: { input_modalities: ["text"] } },
    sent: 0,
  },
];

test.for(eyes)("a picture $does", async ({ facts, sent }) => {
  const seen: Seen[] = [];
  const task = await startTask({ window: standardWindow, goal: "this", files, main: listener(seen), facts });
  await task.say([{ type: "text", text: "What is on this?" }, picture]);
  await task.say("And what else of this?");
  await task.check();
  for (const { request, text } of seen) {
    const written = JSON.stringify(request.messages);
    expect(written.split("data:image/png;base64,").length - 1).toBe(sent);
    expect(text).toContain("(a picture)");
  }
});

test("tokens and cost of each step are logged as the endpoint counts them", async () => {
  const facts = { pricing: { prompt: "0.000002", completion: "0.00001" } };
  const task = await startTask({ window: standardWindow, goal: "Hi", files, main: listener([]), facts });
  await task.say("Hi");
  await task.check();
  const [request] = task.model.requests();
  const tokens = request?.tokens ?? Number.NaN;
  const [usage] = await task.updates("usage_update");
  if (usage?.sessionUpdate !== "usage_update") throw new Error("No usage.");
  const outputTokens = usage.outputTokens ?? Number.NaN;
  expect(usage).toMatchObject({ inputTokens: tokens, used: tokens + outputTokens, size: 128_000 });
  expect(usage.cost).toBeCloseTo(tokens * 0.000002 + outputTokens * 0.00001, 9);
  const parts = usage.parts ?? [];
  const estimated = parts.reduce((sum, part) => sum + part.tokens, 0);
  expect(parts.map(({ name }) => name)).toEqual(["system", "tools", "messages"]);
  expect(Math.abs(estimated - tokens) / tokens).toBeLessThan(0.3);
});

test("a cost that nobody knows is not 0", async () => {
  const task = await startTask({ window: standardWindow, goal: "Hi", files, main: listener([]) });
  await task.say("Hi");
  const [usage] = await task.updates("usage_update");
  expect(usage).not.toHaveProperty("cost", 0);
  expect(usage).toMatchObject({ inputTokens: expect.any(Number) });
});

const refusals = [
  { status: 401, code: "model_auth" },
  { status: 403, code: "model_auth" },
  { status: 410, code: "model_gone" },
];

test.for(refusals)(
  "MDL-06: a provider's $status ends the turn and not the session",
  async ({ status, code }) => {
    const seen: Seen[] = [];
    const task = await startTask({
      ...{ window: standardWindow, goal: "Hi", files, main: listener(seen) },
      refusal: { times: 1, status },
    });
    expect(await task.say("Hi")).toMatchObject({ state: "idle", stopReason: "refusal", problem: { code } });
    expect(task.model.requests()).toHaveLength(1);
    expect(await task.say("Hi again")).toMatchObject({ state: "idle", stopReason: "end_turn" });
    expect(seen).toHaveLength(1);
    expect(task.model.violations()).toEqual([]);
  },
);
