/** What an endpoint's refusals teach, and what its owner and the next request make of that. */
import { expect, test } from "vitest";
import type { Model, ModelRequest } from "../../src/agent/model.ts";
import { ModelCatalogue } from "../../src/models/catalogue.ts";
import { createChatModel } from "../../src/models/chat-client.ts";
import { LearnedLimits } from "../../src/models/facts/learned-limits.ts";
import { ProviderStore } from "../../src/models/providers/provider-store.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { endpoint } from "./endpoint.ts";

const tool = { name: "x", description: "", parameters: {} };
const request: ModelRequest = {
  model: "mine/m",
  messages: [{ role: "user", content: "Hi" }],
  tools: [tool],
};

async function refusing(message: string) {
  const server = await endpoint((response, { path }) => {
    if (path.endsWith("/models")) response.end('{"data":[{"id":"m"}]}');
    else response.writeHead(400).end(JSON.stringify({ error: { message } }));
  });
  const place = { directory: await temporaryFolder(), files: durableFiles };
  const store = new ProviderStore({ ...place, onKey: () => undefined });
  const learned = new LearnedLimits({ ...place, report: (error) => expect.unreachable(String(error)) });
  const catalogue = new ModelCatalogue({ configured: {}, localServers: [], store, learned });
  const taught: Promise<void>[] = [];
  const model = createChatModel(catalogue, {
    onLearned: (provider, name, fact) => taught.push(catalogue.learn(provider, name, fact)),
  });
  const put = (more: object = {}) =>
    catalogue.providers.put("mine", { preset: null, name: "Mine", baseUrl: server.baseUrl, ...more });
  const ask = async () => {
    for await (const _ of (model satisfies Model).stream(request, new AbortController().signal));
    await Promise.all(taught);
  };
  await put();
  return { catalogue, put, ask, facts: () => catalogue.describe("mine/m") };
}

test("MDL-12: a learned window holds for others, never against its owner, and not once they set it up anew", async () => {
  const { put, ask, facts, catalogue } = await refusing(
    "This model's maximum context length is 4096 tokens.",
  );
  await ask();
  expect(await facts()).toMatchObject({ contextWindow: 4_096, isLimitLearned: true });
  await put({ models: [{ id: "m", contextWindow: 128_000 }] });
  await ask();
  expect((await facts()).contextWindow).toBe(128_000);
  expect(await facts()).not.toHaveProperty("isLimitLearned");
  await put({ models: [] });
  expect((await facts()).contextWindow).toBeNull();
  await ask();
  expect((await facts()).contextWindow).toBe(4_096);
  await catalogue.providers.remove("mine");
  await put();
  expect((await facts()).contextWindow).toBeNull();
});

test("MDL-12: a window in which no agent works is not believed beyond its turn", async () => {
  const { ask, facts } = await refusing("This model's maximum context length is 256 tokens.");
  await ask();
  expect(await facts()).toMatchObject({ contextWindow: null, inputLimit: null });
});

test("MDL-12: what an account may send in a minute is believed, however small a share of the window it is", async () => {
  const { ask, facts } = await refusing(
    "Request too large for m on tokens per minute (TPM): Limit 6000, Requested 14368, please reduce the length.",
  );
  await ask();
  expect(await facts()).toMatchObject({ contextWindow: null, inputLimit: 6_000, countsOutput: true });
});

test("MDL-12: that a model takes no tools is believed of a refusal, but not against its owner", async () => {
  const { put, ask, facts } = await refusing("the model m does not support tools");
  await ask();
  expect((await facts()).tools).toBe(false);
  await put({ models: [{ id: "m", tools: true }] });
  await ask();
  expect((await facts()).tools).toBe(true);
  await put({ models: [] });
  expect((await facts()).tools).toBeNull();
  await ask();
  expect((await facts()).tools).toBe(false);
});
