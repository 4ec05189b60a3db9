/** Which models can be had, and which endpoint stands behind a name. */
import { expect, test } from "vitest";
import { ModelCatalogue } from "../../src/models/catalogue.ts";
import { endpointAddress } from "../../src/models/provider.ts";
import { closedPort, endpoint, listedEntry, provider } from "./endpoint.ts";

const list = (...ids: readonly string[]) =>
  JSON.stringify({ object: "list", data: ids.map((id) => ({ id })) });
const none = { configured: {}, localServers: [] };
const found = async (...ids: readonly string[]) => {
  const server = await endpoint((response) => response.end(list(...ids)));
  return { server, local: { id: "ollama", name: "Ollama", port: server.port } };
};

test("with nothing configured the first local server that has a model is the default", async () => {
  const { local } = await found("qwen3:8b", "nomic-embed-text");
  const closed = { id: "lmstudio", name: "LM Studio", port: await closedPort() };
  const catalogue = new ModelCatalogue({ configured: {}, localServers: [closed, local] });
  const listing = await catalogue.list();
  expect(listing.default).toBe("ollama/qwen3:8b");
  expect(listing.providers).toEqual([
    {
      id: "lmstudio",
      name: "LM Studio",
      baseUrl: `http://127.0.0.1:${closed.port}/v1`,
      source: "found",
      available: false,
      problem: { code: "model_unreachable", detail: `connect ECONNREFUSED 127.0.0.1:${closed.port}` },
      retiredOn: null,
      models: [],
    },
    {
      id: "ollama",
      name: "Ollama",
      baseUrl: `http://127.0.0.1:${local.port}/v1`,
      source: "found",
      available: true,
      problem: null,
      retiredOn: null,
      models: [listedEntry("qwen3:8b", { price: { input: 0, output: 0 } })],
    },
  ]);
  expect(await catalogue.defaultModel()).toBe("ollama/qwen3:8b");
  expect(await catalogue.resolve(null)).toMatchObject({ provider: { id: "ollama" }, model: "qwen3:8b" });
});

test("a configured model is the default and is found without asking the network", async () => {
  const server = await endpoint((response) => response.end(list("a")));
  const configured = { baseUrl: `${server.baseUrl}/chat/completions/`, apiKey: "k", model: "org/big" };
  const catalogue = new ModelCatalogue({ configured, localServers: [] });
  const expected = {
    provider: { id: "default", baseUrl: server.baseUrl, apiKey: "k" },
    model: "org/big",
    contextWindow: null,
  };
  expect(await catalogue.resolve(null)).toMatchObject(expected);
  expect(await catalogue.resolve("default/org/big")).toMatchObject(expected);
  expect(await catalogue.resolve("org/big")).toMatchObject(expected);
  expect(server.requests).toEqual([]);
  const listing = await catalogue.list();
  expect([listing.default, listing.providers[0]?.models.map((model) => model.id)]).toEqual([
    "default/org/big",
    ["org/big", "a"],
  ]);
  expect(server.requests[0]?.headers.authorization).toBe("Bearer k");
  expect(JSON.stringify(listing)).not.toContain('"k"');
});

test("SEC-07: a model whose provider is gone is nobody's, whatever else there is", async () => {
  const [corp, other] = [await found("m"), await found("m")];
  const catalogue = new ModelCatalogue({ configured: {}, localServers: [other.local] });
  catalogue.register({ ...provider(corp.server.baseUrl), id: "corp" });
  expect(await catalogue.resolve("corp/m")).toMatchObject({ provider: { id: "corp" } });
  const without = new ModelCatalogue({ configured: {}, localServers: [other.local] });
  for (const name of ["corp/m", "m", "ollama"]) expect(await without.resolve(name)).toBeNull();
  expect(other.server.requests).toEqual([]);
  const configured = { baseUrl: other.server.baseUrl, model: "org/big" };
  const beside = new ModelCatalogue({ configured, localServers: [] });
  expect(await beside.resolve("corp/m")).toBeNull();
  expect(await beside.resolve("org/big")).toMatchObject({ provider: { id: "default" }, model: "org/big" });
});

test("a name that a person writes without a known provider is a model of the configured endpoint", async () => {
  const { server, local } = await found("a");
  const none = new ModelCatalogue({ configured: {}, localServers: [local] });
  expect(await none.named("org/big")).toBe("org/big");
  const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [local] });
  const written = ["org/big", "big", "ollama/a", "default/a"];
  expect(await Promise.all(written.map((name) => catalogue.named(name)))).toEqual([
    "default/org/big",
    "default/big",
    "ollama/a",
    "default/a",
  ]);
});

test("the demo's endpoint is a provider of that name", async () => {
  const server = await endpoint((response) => response.end(list("script")));
  const configured = { baseUrl: server.baseUrl, model: "script", demo: true, name: "Demo" };
  const listing = await new ModelCatalogue({ configured, localServers: [] }).list();
  expect([listing.default, listing.providers[0]?.source, listing.providers[0]?.name]).toEqual([
    "demo/script",
    "demo",
    "Demo",
  ]);
});

test("a provider registered while running is there at once", async () => {
  const catalogue = new ModelCatalogue(none);
  expect(await catalogue.list()).toEqual({ default: null, providers: [] });
  expect(await catalogue.resolve(null)).toBeNull();
  const server = await endpoint((response) => response.end(list("script")));
  catalogue.register({ ...provider(server.baseUrl), id: "demo", source: "demo" });
  expect((await catalogue.list()).default).toBe("demo/script");
  expect(await catalogue.resolve("demo/script")).toMatchObject({
    provider: { baseUrl: server.baseUrl },
    model: "script",
  });
});

test("looks within three seconds share one answer", async () => {
  const { server, local } = await found("a");
  const catalogue = new ModelCatalogue({ configured: {}, localServers: [local] });
  await Promise.all([catalogue.list(), catalogue.list()]);
  await catalogue.list();
  expect(server.requests.filter(({ path }) => path === "/v1/models")).toHaveLength(1);
});

test("windows are taken from whatever field names them", async () => {
  const data = [
    { id: "a", context_window: 8_000 },
    { id: "b", context_length: 16_000, name: "B" },
    { id: "c", max_model_len: 32_000 },
    { id: "d", context_window: "much" },
  ];
  const server = await endpoint((response) => response.end(JSON.stringify({ data })));
  const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [] });
  const listing = await catalogue.list();
  expect(listing.providers[0]?.models).toEqual([
    listedEntry("a", { contextWindow: 8_000 }),
    listedEntry("b", { name: "B", contextWindow: 16_000 }),
    listedEntry("c", { contextWindow: 32_000 }),
    listedEntry("d"),
  ]);
  expect(await catalogue.resolve("default/b")).toMatchObject({ contextWindow: 16_000 });
});

test.each([
  ["garbage", "<html>", "model_invalid_response"],
  ["another shape", '{"models":1}', "model_invalid_response"],
  ["a huge list", `{"data":[{"id":"a","junk":"${"x".repeat(6_000_000)}"}]}`, "model_invalid_response"],
  ["an empty list", '{"data":[]}', "no_models"],
])("a server that answers %s is not available, with the reason", async (_name, body, code) => {
  const server = await endpoint((response) => response.end(body));
  const catalogue = new ModelCatalogue({ configured: { baseUrl: server.baseUrl }, localServers: [] });
  expect(await catalogue.list()).toMatchObject({
    default: null,
    providers: [{ available: false, problem: { code }, models: [] }],
  });
});

test("a local server that does not answer costs half a second, not more", async () => {
  const silent = await endpoint(() => undefined);
  const catalogue = new ModelCatalogue({
    configured: {},
    localServers: [{ id: "llamacpp", name: "llama.cpp", port: silent.port }],
  });
  const before = performance.now();
  expect((await catalogue.list()).providers[0]?.problem).toEqual({ code: "model_timeout" });
  expect(performance.now() - before).toBeLessThan(2_000);
});

test.each([
  ["http://h/v1/", "http://h/v1"],
  [" http://h/v1/chat/completions ", "http://h/v1"],
  ["http://h/v1/models/", "http://h/v1"],
  ["http://h", "http://h"],
])("the address %j is %j", (pasted, address) => {
  expect(endpointAddress(pasted)).toBe(address);
});
