/** What is known of models: the data file, prices, and what endpoints taught. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelUsage } from "../../src/agent/model.ts";
import { LearnedLimits } from "../../src/models/facts/learned-limits.ts";
import data from "../../src/models/facts/model-data.json" with { type: "json" };
import { dataOrigin, knownModel } from "../../src/models/facts/model-data.ts";
import { costOf } from "../../src/models/facts/model-price.ts";
import { presets } from "../../src/models/providers/presets.ts";
import type { ModelPrice } from "../../src/protocol/catalogue.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("the data file is dated, names its source and its licence, and every row of it can be read", async () => {
  expect(await dataOrigin()).toEqual({
    date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    source: expect.stringContaining("models.dev"),
    license: expect.stringContaining("MIT"),
  });
  for (const [preset, models] of Object.entries(data.providers)) {
    expect(presets.map(({ id }) => id)).toContain(preset);
    for (const id of Object.keys(models)) expect((await knownModel(preset, id))?.window).toBeGreaterThan(0);
  }
});

test("a snapshot and Gemini's folder name the model that they are of; another provider's name is nobody's", async () => {
  const [first = ""] = Object.keys(data.providers.openai);
  const known = await knownModel("openai", first);
  expect(known).not.toBeNull();
  expect(await knownModel("openai", `${first}-2025-08-07`)).toEqual(known);
  const [gemini = ""] = Object.keys(data.providers.gemini);
  expect(await knownModel("gemini", `models/${gemini}`)).not.toBeNull();
  expect(await knownModel("groq", first)).toBeNull();
  expect(await knownModel("openai", "constructor")).toBeNull();
});

test("who was trained on patches is marked in the data file: OpenAI's from the fifth generation on, no older ones, no open weights", async () => {
  const rows = Object.entries(data.providers).flatMap(([preset, models]) =>
    Object.keys(models).map((id) => ({ preset, id })),
  );
  const patching: string[] = [];
  for (const { preset, id } of rows) if ((await knownModel(preset, id))?.patch === true) patching.push(id);
  expect(patching.length).toBeGreaterThan(50);
  expect(patching.filter((id) => !/gpt|codex/.test(id) || /gpt-(?:[34]|oss|audio)/.test(id))).toEqual([]);
  const all = rows.map(({ id }) => id).filter((id) => /codex|gpt-[5-9]/.test(id));
  expect(all.filter((id) => !patching.includes(id))).toEqual([]);
});

const price = { input: 2, output: 10, cachedInput: 0.5 };
const tiered = { ...price, tiers: [{ above: 1_000, input: 4, output: 20 }] };
const usage = (inputTokens: number | null, outputTokens: number | null, more = {}) => ({
  inputTokens,
  outputTokens,
  ...more,
});

const costs: readonly (readonly [string, readonly [ModelUsage, ModelPrice | null, number | null]])[] = [
  ["input and output", [usage(1_000, 100), price, 0.003]],
  [
    "cached tokens are part of the input and cost their own price",
    [usage(1_000, 0, { cachedInputTokens: 800 }), price, 0.0008],
  ],
  ["more cached than sent counts as all", [usage(100, 0, { cachedInputTokens: 900 }), price, 0.00005]],
  [
    "cached tokens without a price cost as the others",
    [usage(1_000, 0, { cachedInputTokens: 800 }), { input: 2, output: 1 }, 0.002],
  ],
  ["at a tier's bound it does not hold yet", [usage(1_000, 0), tiered, 0.002]],
  ["above it the whole request is billed at it", [usage(1_001, 0), tiered, 0.004004]],
  ["what the endpoint says wins", [usage(1_000, 100, { cost: 0.7 }), price, 0.7]],
  ["what the endpoint says needs no price", [usage(null, null, { cost: 0.7 }), null, 0.7]],
  ["without a price it is unknown, not 0", [usage(1_000, 100), null, null]],
  ["without a count it is unknown, not 0", [usage(1_000, null), price, null]],
  ["what is no amount is unknown", [usage(9, 1), { input: Number.POSITIVE_INFINITY, output: 1 }, null]],
  ["what nobody can have paid is unknown", [usage(9, 1, { cost: 1e305 }), null, null]],
  ["what is free is 0", [usage(1_000, 100), { input: 0, output: 0 }, 0]],
];

test.each(costs)("cost: %s", (_, [counts, of, cost]) => {
  const worked = costOf(counts, of);
  if (cost === null) expect(worked).toBeNull();
  else expect(worked).toBeCloseTo(cost, 10);
});

function taught(id: string, model: string, baseUrl = "https://a.example/v1") {
  return { provider: { id, baseUrl }, model };
}

const noon = new Date("2026-01-01T12:00:00.000Z");

async function limits() {
  const directory = await temporaryFolder();
  const errors: unknown[] = [];
  const open = (now: () => Date = () => noon) =>
    new LearnedLimits({ directory, files: durableFiles, report: (error) => errors.push(error), now });
  return { open, errors, path: join(directory, "learned-limits.json") };
}

test("what was learnt outlives the process, in a file that only its owner reads", async () => {
  const { open, path } = await limits();
  const first = open();
  await Promise.all([
    first.learn(taught("p", "m"), { contextWindow: 8_192 }, null),
    first.learn(taught("p", "m"), { lesson: "no_stream_options" }, null),
    first.learn(taught("p", "m"), { lesson: "no_stream_options" }, null),
    first.learn(taught("p", "other"), { inputLimit: 4_000 }, null),
  ]);
  expect(await open().of(taught("p", "m"), null)).toEqual({
    contextWindow: 8_192,
    lessons: ["no_stream_options"],
    besideWindow: null,
    learnedAt: noon.toISOString(),
  });
  expect(await open().of(taught("p", "never"), null)).toBeNull();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a limit is over when its server names another window", async () => {
  const { open } = await limits();
  const learned = open();
  await learned.learn(taught("llamacpp", "m"), { contextWindow: 4_096 }, 8_192);
  expect((await learned.of(taught("llamacpp", "m"), 8_192))?.contextWindow).toBe(4_096);
  expect((await learned.of(taught("llamacpp", "m"), null))?.contextWindow).toBe(4_096);
  expect(await learned.of(taught("llamacpp", "m"), 32_768)).toBeNull();
});

test.each([0, -5, 3, 256, 2_047, Number.NaN, 2_048.5, Number.POSITIVE_INFINITY])(
  "MDL-12: the number %s is no limit",
  async (tokens) => {
    const { open } = await limits();
    const learned = open();
    await learned.learn(taught("p", "m"), { contextWindow: tokens, lesson: "no_tools" }, null);
    expect(await learned.of(taught("p", "m"), null)).toEqual({
      lessons: ["no_tools"],
      besideWindow: null,
      learnedAt: noon.toISOString(),
    });
  },
);

test("MDL-12: a number far below the window that the server names is no limit", async () => {
  const { open } = await limits();
  const learned = open();
  await learned.learn(taught("p", "m"), { contextWindow: 30_000, inputLimit: 31_999 }, 128_000);
  expect(await learned.of(taught("p", "m"), 128_000)).not.toHaveProperty("contextWindow");
  await learned.learn(taught("p", "m"), { inputLimit: 32_000 }, 128_000);
  expect(await learned.of(taught("p", "m"), 128_000)).toMatchObject({ inputLimit: 32_000 });
});

test("MDL-12: what was learnt is of that address alone, and is believed for a day", async () => {
  const { open } = await limits();
  let now = noon;
  const learned = open(() => now);
  await learned.learn(taught("p", "m"), { contextWindow: 8_192 }, null);
  expect(await learned.of(taught("p", "m", "https://b.example/v1"), null)).toBeNull();
  now = new Date(noon.getTime() + 24 * 60 * 60_000);
  // Something new does not prolong what was learnt before.
  await learned.learn(taught("p", "m"), { lesson: "no_tools" }, null);
  expect(await learned.of(taught("p", "m"), null)).toMatchObject({ contextWindow: 8_192 });
  now = new Date(now.getTime() + 1);
  expect(await learned.of(taught("p", "m"), null)).toBeNull();
  expect(await open(() => now).of(taught("p", "m"), null)).toBeNull();
});

test("MDL-12: what was learnt of a provider's models is forgotten with it, and only that", async () => {
  const { open } = await limits();
  const learned = open();
  for (const id of ["p", "pp"]) await learned.learn(taught(id, "a/b"), { contextWindow: 8_192 }, null);
  await learned.forget("p");
  expect(await open().of(taught("p", "a/b"), null)).toBeNull();
  expect(await open().of(taught("pp", "a/b"), null)).toMatchObject({ contextWindow: 8_192 });
});

test("a damaged file is set aside, a folder that takes no file is reported, and both go on", async () => {
  const { open, path, errors } = await limits();
  await writeFile(path, "{ torn");
  await open().learn(taught("p", "m"), { contextWindow: 8_192 }, null);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({
    "https://a.example p/m": { contextWindow: 8_192 },
  });
  const nowhere = new LearnedLimits({
    directory: join(path, "not-a-folder"),
    files: durableFiles,
    report: (error) => errors.push(error),
  });
  await nowhere.learn(taught("p", "m"), { contextWindow: 8_192 }, null);
  expect((await nowhere.of(taught("p", "m"), null))?.contextWindow).toBe(8_192);
  expect(errors.length).toBeGreaterThan(0);
});
