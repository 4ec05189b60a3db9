/** What servers and services say of their models, each in its own words; and what stays when the list cannot be had. */
import type { ServerResponse } from "node:http";
import { beforeEach, expect, test, vi } from "vitest";
import { ModelCatalogue } from "../../src/models/catalogue.ts";
import { readListedModel } from "../../src/models/providers/listed-model.ts";
import { isPlaceOf, presetAt, presetOf, presets } from "../../src/models/providers/presets.ts";
import type { ModelEntry } from "../../src/protocol/catalogue.ts";
import { endpoint, listedEntry, provider } from "./endpoint.ts";

// Half a second is little for a busy machine, and how long is waited is not what is looked at here.
beforeEach(() => {
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
  return () => void vi.restoreAllMocks();
});

const atHome = (id: string, told: Partial<ModelEntry> = {}) =>
  listedEntry(id, { price: { input: 0, output: 0 }, ...told });

/** A local server of that make, which answers these paths and no other. */
async function local(id: string, answers: Readonly<Record<string, object>>) {
  const server = await endpoint((response, { path, body }) => {
    const model =
      typeof body === "object" && body !== null && "model" in body ? `#${String(body.model)}` : "";
    const answer = answers[`${path}${model}`];
    if (answer === undefined) response.writeHead(404).end();
    else response.end(JSON.stringify(answer));
  });
  const catalogue = new ModelCatalogue({
    configured: {},
    localServers: [{ id, name: id, port: server.port }],
  });
  return { catalogue, models: async () => (await catalogue.list()).providers[0]?.models };
}

test("llama.cpp: the window that runs, not the one it was trained with; at home it is free", async () => {
  const { models } = await local("llamacpp", {
    "/v1/models": {
      data: [
        { id: "running", meta: { n_ctx: 8_192, n_ctx_train: 131_072 } },
        { id: "older", meta: { n_ctx_train: 32_768 } },
      ],
    },
  });
  expect(await models()).toEqual([
    atHome("running", { contextWindow: 8_192 }),
    atHome("older", { contextWindow: 32_768 }),
  ]);
});

test("LM Studio: the window of the loaded instance, else the model's own, and what it can do", async () => {
  const { models } = await local("lmstudio", {
    "/v1/models": { data: [{ id: "loaded" }, { id: "resting" }] },
    "/api/v1/models": {
      models: [
        {
          key: "loaded",
          type: "llm",
          display_name: "Loaded 7B",
          max_context_length: 131_072,
          loaded_instances: [{ id: "loaded", config: { context_length: 4_096 } }],
          capabilities: { vision: true, trained_for_tool_use: true },
        },
        { key: "resting", type: "llm", max_context_length: 32_768, loaded_instances: [] },
      ],
    },
  });
  expect(await models()).toEqual([
    atHome("loaded", { name: "Loaded 7B", contextWindow: 4_096, images: true, tools: true }),
    atHome("resting", { contextWindow: 32_768 }),
  ]);
});

test("Ollama: the running window, else the one it is told, else unknown: its own maximum is seldom what it gets", async () => {
  const info = { "qwen3.context_length": 262_144 };
  const { models } = await local("ollama", {
    "/v1/models": { data: [{ id: "running" }, { id: "told" }, { id: "resting" }, { id: "big:cloud" }] },
    "/api/ps": { models: [{ name: "running", context_length: 16_384 }] },
    "/api/show#running": { model_info: info, capabilities: ["completion", "tools", "vision"] },
    "/api/show#told": {
      model_info: info,
      parameters: "stop x\nnum_ctx    8192\n",
      capabilities: ["completion"],
    },
    "/api/show#resting": { model_info: info },
  });
  expect(await models()).toEqual([
    atHome("running", { contextWindow: 16_384, images: true, tools: true }),
    atHome("told", { contextWindow: 8_192, images: false, tools: false }),
    atHome("resting"),
    listedEntry("big:cloud"),
  ]);
});

test("a window that no list tells is looked for again when the agent asks", async () => {
  let running: object[] = [];
  const server = await endpoint((response, { path }) => {
    const answers: Record<string, object> = {
      "/v1/models": { data: [{ id: "m" }] },
      "/api/ps": { models: running },
      "/api/show": {},
    };
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  const options = { configured: {}, localServers: [{ id: "ollama", name: "Ollama", port: server.port }] };
  expect((await new ModelCatalogue(options).describe("ollama/m")).contextWindow).toBeNull();
  running = [{ name: "m", context_length: 32_768 }];
  expect((await new ModelCatalogue(options).describe("ollama/m")).contextWindow).toBe(32_768);
});

test.each([
  ["vLLM", { id: "m", max_model_len: 16_384 }, { contextWindow: 16_384 }],
  [
    "OpenRouter",
    {
      id: "org/m",
      name: "Org: M",
      context_length: 200_000,
      top_provider: { context_length: 131_072, max_completion_tokens: 32_768 },
      pricing: { prompt: "0.00000025", completion: "0.000002", input_cache_read: "0.000000025" },
      supported_parameters: ["tools", "reasoning"],
      architecture: { input_modalities: ["text", "image"] },
    },
    {
      name: "Org: M",
      contextWindow: 131_072,
      outputLimit: 32_768,
      images: true,
      tools: true,
      price: { input: 0.25, output: 2, cachedInput: 0.025 },
    },
  ],
  ["a price that is none", { id: "auto", pricing: { prompt: "-1", completion: "-1" } }, { price: undefined }],
  [
    "Groq",
    { id: "m", context_window: 131_072, max_completion_tokens: 32_768 },
    { contextWindow: 131_072, outputLimit: 32_768 },
  ],
  [
    "Mistral",
    {
      id: "m",
      max_context_length: 32_768,
      capabilities: { function_calling: true, vision: false, completion_chat: true },
    },
    { contextWindow: 32_768, tools: true, images: false },
  ],
  [
    "Fireworks",
    { id: "m", context_length: 4_096, supports_tools: false, supports_image_input: true },
    { contextWindow: 4_096, tools: false, images: true },
  ],
  [
    "strange values",
    { id: "m", context_length: "much", pricing: 7, capabilities: 3, limits: null },
    { contextWindow: undefined },
  ],
])("a row as %s writes it", (_, row, expected) => {
  expect(readListedModel(row)).toEqual({ id: row.id, ...expected });
});

test.each([
  { id: "text-embedding-3" },
  { id: "whisper-1" },
  { id: "m", supports_chat: false },
  { id: "m", type: "image" },
  { id: "m", capabilities: { completion_chat: false } },
  { id: "" },
  { name: "no id" },
  null,
  7,
])("%j is no model to chat with", (row) => {
  expect(readListedModel(row)).toBeNull();
});

const good = JSON.stringify({ data: [{ id: "kept", context_length: 9_000 }] });
const troubles: Readonly<Record<string, (response: ServerResponse) => void>> = {
  garbage: (response) => response.end("<html>"),
  "a huge list": (response) => response.end(`[${" ".repeat(6 * 1024 * 1024)}]`),
  "a failing server": (response) => response.writeHead(503).end("{}"),
};

test.each(Object.entries(troubles))(
  "MDL-14: after %s the last good list stays, with the reason",
  async (_, trouble) => {
    let isGood = true;
    const server = await endpoint((response) => (isGood ? response.end(good) : trouble(response)));
    const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [] });
    expect((await catalogue.list()).providers[0]).toMatchObject({ available: true, problem: null });
    isGood = false;
    // The provider is set up anew under the same address: it is looked at again at once.
    catalogue.register({ ...provider(server.baseUrl), id: "default" });
    const { default: first, providers } = await catalogue.list();
    expect(first).toBe("default/kept");
    expect(providers[0]).toMatchObject({
      available: true,
      problem: { code: expect.any(String) },
      models: [{ id: "kept", contextWindow: 9_000 }],
    });
  },
);

test("MDL-14: a server that is down cannot be used, and its last good list can be read", async () => {
  let isUp = true;
  const server = await endpoint((response) => (isUp ? response.end(good) : response.destroy()));
  const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [] });
  await catalogue.list();
  isUp = false;
  catalogue.register({ ...provider(server.baseUrl), id: "default" });
  expect((await catalogue.list()).providers[0]).toMatchObject({
    available: false,
    problem: { code: "model_unreachable" },
    models: [{ id: "kept" }],
  });
});

test("what an endpoint taught wins over its list", async () => {
  const server = await endpoint((response) => response.end(good));
  const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [] });
  await catalogue.list();
  await catalogue.learn("default", "kept", { contextWindow: 4_096 });
  await catalogue.learn("default", "kept", { lesson: "no_images" });
  expect(await catalogue.describe("default/kept")).toMatchObject({ contextWindow: 4_096, images: false });
  expect(await catalogue.resolve("default/kept")).toMatchObject({
    contextWindow: 4_096,
    lessons: ["no_images"],
  });
});

test("every preset has an id that can stand before a slash, and a place that is its own", () => {
  expect(new Set(presets.map(({ id }) => id)).size).toBe(presets.length);
  for (const preset of presets) {
    expect(preset.id).toMatch(/^[a-z0-9]+$/);
    expect(presetOf(preset.id)).toBe(preset);
    if (preset.baseUrl !== null) expect(presetAt(preset.baseUrl)).toBe(preset);
  }
});

test.each([
  ["openai", "https://api.openai.com/v1", true],
  ["openai", "http://api.openai.com/v1", false],
  ["openai", "https://api.openai.com.example.org/v1", false],
  ["openai", "https://notapi.openai.com/v1", false],
  ["openai", "https://api.openai.com:443/v1", true],
  ["openai", "https://api.openai.com:8443/v1", false],
  ["openai", "https://eu.api.openai.com/v1", false],
  ["azure", "https://mine.openai.azure.com:8443/openai/v1", false],
  ["azure", "https://mine.openai.azure.com/openai/v1", true],
  ["azure", "https://mine.services.ai.azure.com/models", true],
  ["azure", "https://evilopenai.azure.com.example.org/v1", false],
  ["github", "http://127.0.0.1:9/inference", false],
  ["ollama", "http://localhost:11434/v1", true],
  ["ollama", "http://10.0.0.5:11434/v1", false],
])("SEC-07: the key of %s may go to %s: %s", (id, address, isOwn) => {
  const preset = presetOf(id);
  expect(preset !== null && isPlaceOf(preset, address)).toBe(isOwn);
});

test("MDL-14: a price that nobody asks for is no price", () => {
  const priced = (prompt: string) => readListedModel({ id: "m", pricing: { prompt, completion: "0" } });
  expect(priced("1e305")?.price).toBeUndefined();
  expect(priced("0.000001")?.price).toEqual({ input: 1, output: 0 });
});
