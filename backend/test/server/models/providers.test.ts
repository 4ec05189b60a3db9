/** Providers as a person sets them up: keys go in and never come out, and a change asks for proof. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ModelListing } from "../../../src/protocol/catalogue.ts";
import { ConnectionReport, ProviderEntry, ProviderSettings } from "../../../src/protocol/provider.ts";
import { childEnvironment } from "../../../src/workspace/processes/child-environment.ts";
import { closedPort, endpoint } from "../../models/endpoint.ts";
import { problemOf, type RunningApp, type RunningAppOptions, runningApp } from "../../support/running-app.ts";

const key = "sk-canary-3f9a7c21e8b64d05";
const models = JSON.stringify({
  object: "list",
  data: [{ id: "small" }, { id: "big", context_length: 64_000 }],
});

async function appWithEndpoint(options: RunningAppOptions = {}) {
  const server = await endpoint((response) => response.end(models));
  return { app: await runningApp(options), server };
}

const put = (baseUrl: string, more: object = {}) => ({
  body: { preset: null, name: "Mine", baseUrl, key, ...more },
});
const settings = (app: RunningApp) => app.read("GET /api/providers", ProviderSettings);
const entryOf = async (app: RunningApp, id: string) =>
  (await settings(app)).providers.find((provider) => provider.id === id);

test("a provider that is entered is there at once, its key kept for its owner alone and never shown again", async () => {
  const { app, server } = await appWithEndpoint();
  const saved = await app.read(
    "PUT /api/providers/mine",
    ProviderEntry,
    put(`${server.baseUrl}/chat/completions/`),
  );
  expect(saved).toEqual({
    id: "mine",
    name: "Mine",
    preset: null,
    baseUrl: server.baseUrl,
    source: "settings",
    key: "stored",
    variable: null,
    headers: [],
    query: [],
    models: [],
    retiredOn: null,
  });
  const listing = await app.read("GET /api/models", ModelListing);
  expect([listing.default, listing.providers[0]?.models.map(({ id }) => id)]).toEqual([
    "mine/small",
    ["small", "big"],
  ]);
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
  const path = join(app.state, "providers.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toContain(key);
  const shown = [
    JSON.stringify(saved),
    JSON.stringify(listing),
    await (await app.request("GET /api/providers")).text(),
    await (await app.request("GET /api/audit")).text(),
    await readFile(join(app.state, "audit.jsonl"), "utf8"),
  ].join("\n");
  expect(shown).not.toContain(key);
  expect(app.parts.redaction.text(`curl -H "${key}"`)).toBe('curl -H "‹redacted: model key›"');
  expect(JSON.stringify(childEnvironment({ ...process.env, OPENAI_API_KEY: key }))).not.toContain(key);
});

test("what changed is in the record, with the origin and without the path", async () => {
  const { app, server } = await appWithEndpoint();
  await app.request("PUT /api/providers/mine", put(server.baseUrl));
  expect((await app.request("DELETE /api/providers/mine")).status).toBe(204);
  const lines = (await readFile(join(app.state, "audit.jsonl"), "utf8")).trim().split("\n");
  const changes = lines
    .map((line) => JSON.parse(line).record)
    .filter(({ kind }) => kind === "provider_changed");
  expect(changes).toEqual([
    { kind: "provider_changed", provider: "mine", change: "set", origin: new URL(server.baseUrl).origin },
    { kind: "provider_changed", provider: "mine", change: "removed", origin: null },
  ]);
  expect(await entryOf(app, "mine")).toBeUndefined();
  expect(await readFile(join(app.state, "providers.json"), "utf8")).not.toContain(key);
});

test("without a key in the change the kept one stays, at another origin it goes, and null takes it away", async () => {
  const { app, server } = await appWithEndpoint();
  const other = await endpoint((response) => response.end(models));
  await app.request("PUT /api/providers/mine", put(server.baseUrl));
  await app.request("PUT /api/providers/mine", put(server.baseUrl, { key: undefined, name: "Renamed" }));
  expect(await entryOf(app, "mine")).toMatchObject({ name: "Renamed", key: "stored" });
  await app.request("PUT /api/providers/mine", put(other.baseUrl, { key: undefined }));
  expect((await entryOf(app, "mine"))?.key).toBe("none");
  await app.request("GET /api/models");
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  await app.request("PUT /api/providers/mine", put(server.baseUrl));
  await app.request("PUT /api/providers/mine", put(server.baseUrl, { key: null }));
  expect((await entryOf(app, "mine"))?.key).toBe("none");
});

test.each(["approve", "read"] as const)(
  "a device with the right %s sees and changes nothing of it",
  async (rights) => {
    const { app, server } = await appWithEndpoint();
    const token = await app.tokenOf(rights);
    const calls = [
      app.request("GET /api/providers", { token }),
      app.request("PUT /api/providers/mine", { token, ...put(server.baseUrl) }),
      app.request("DELETE /api/providers/mine", { token }),
      app.request("POST /api/providers/mine/test", { token, body: {} }),
      app.request("PUT /api/models/default", { token, body: { model: null } }),
    ];
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(server.requests).toEqual([]);
  },
);

test("without fresh proof nothing is set up and nothing taken away", async () => {
  let now = new Date("2026-11-22T10:00:00Z");
  const { app, server } = await appWithEndpoint({ now: () => now });
  await app.request("PUT /api/providers/mine", put(server.baseUrl));
  now = new Date("2026-11-22T11:00:00Z");
  const refused = [
    await app.request("PUT /api/providers/mine", put("http://127.0.0.1:1/v1")),
    await app.request("DELETE /api/providers/mine"),
  ];
  expect(await Promise.all(refused.map(async (each) => (await problemOf(each)).code))).toEqual([
    "proof_needed",
    "proof_needed",
  ]);
  expect((await entryOf(app, "mine"))?.baseUrl).toBe(server.baseUrl);
});

test.each([
  ["an address that is none", { baseUrl: "api.example.org" }],
  ["another scheme", { baseUrl: "file:///etc/passwd" }],
  ["a key with a line break", { key: "sk-a\r\nx-evil: 1" }],
  ["an empty name", { name: "  " }],
])("%s is refused", async (_, change) => {
  const { app, server } = await appWithEndpoint();
  const response = await app.request("PUT /api/providers/mine", put(server.baseUrl, change));
  expect([response.status, (await problemOf(response)).code]).toEqual([400, "invalid_request"]);
});

test("a service whose variable is set is there with that key, says so, and is not changed here", async () => {
  const { app } = await appWithEndpoint({ providerKeys: { GROQ_API_KEY: key } });
  expect(await entryOf(app, "groq")).toMatchObject({
    source: "environment",
    key: "environment",
    variable: "GROQ_API_KEY",
  });
  const changes = [
    await app.request("PUT /api/providers/groq", put("https://api.groq.com/openai/v1", { preset: "groq" })),
    await app.request("DELETE /api/providers/groq"),
  ];
  for (const refused of changes)
    expect([refused.status, (await problemOf(refused)).code]).toEqual([409, "set_by_environment"]);
  expect(JSON.stringify(await settings(app))).not.toContain(key);
});

test("an endpoint of the settings names the variable of its key, and of no key that is not sent there", async () => {
  const modelsBaseUrl = "https://api.groq.com/openai/v1";
  const { app } = await appWithEndpoint({ modelsBaseUrl, modelsApiKey: key });
  const configured = { id: "default", source: "configured" };
  expect(await entryOf(app, "default")).toMatchObject({
    ...configured,
    key: "environment",
    variable: "VOXPILOT_MODELS_API_KEY",
  });
  const without = await appWithEndpoint({ modelsBaseUrl, providerKeys: { GROQ_API_KEY: key } });
  expect(await entryOf(without.app, "default")).toMatchObject({
    ...configured,
    key: "missing",
    variable: null,
  });
});

test("the key of a variable goes to its service's own hosts, whatever address bears its preset", async () => {
  const { app, server } = await appWithEndpoint({ providerKeys: { OPENAI_API_KEY: key } });
  await app.request("PUT /api/providers/near", put(server.baseUrl, { preset: "openai", key: undefined }));
  const report = await app.read("POST /api/providers/near/test", ConnectionReport, { body: {} });
  expect([report.outcome, server.requests]).toEqual(["key_missing", []]);
  await app.parts.catalogue.resolve("near/small");
  expect((await app.parts.catalogue.resolve("near/small"))?.provider.apiKey).toBeNull();
});

test("several are there at once, each model with its provider before the first slash", async () => {
  const { app, server } = await appWithEndpoint();
  const other = await endpoint((response) => response.end(models));
  await app.request("PUT /api/providers/one", put(server.baseUrl));
  await app.request("PUT /api/providers/two", put(other.baseUrl));
  expect(await app.parts.catalogue.resolve("two/org/name:tag")).toMatchObject({
    provider: { id: "two", baseUrl: other.baseUrl },
    model: "org/name:tag",
  });
});

test("what a person says of a model counts for more than its list", async () => {
  const { app, server } = await appWithEndpoint();
  const own = { id: "big", contextWindow: 8_000, images: true, tools: true, price: { input: 1, output: 2 } };
  await app.request("PUT /api/providers/mine", put(server.baseUrl, { models: [own, { id: "unlisted" }] }));
  const [provider] = (await app.read("GET /api/models", ModelListing)).providers;
  expect(provider?.models.map(({ id, contextWindow, price }) => [id, contextWindow, price])).toEqual([
    ["unlisted", null, null],
    ["small", null, null],
    ["big", 8_000, { input: 1, output: 2 }],
  ]);
  expect(await app.parts.catalogue.describe("mine/big")).toMatchObject({
    contextWindow: 8_000,
    images: true,
  });
});

test("the model that was chosen for new sessions is the default, and survives the file being read again", async () => {
  const { app, server } = await appWithEndpoint();
  await app.request("PUT /api/providers/mine", put(server.baseUrl));
  expect((await app.request("PUT /api/models/default", { body: { model: "mine/big" } })).status).toBe(204);
  expect((await app.read("GET /api/models", ModelListing)).default).toBe("mine/big");
  expect(JSON.parse(await readFile(join(app.state, "providers.json"), "utf8")).defaultModel).toBe("mine/big");
  await app.request("PUT /api/models/default", { body: { model: null } });
  expect((await app.read("GET /api/models", ModelListing)).default).toBe("mine/small");
});

test("a test of nobody is 404, of a closed port says that nothing listens", async () => {
  const { app } = await appWithEndpoint();
  const port = await closedPort();
  expect((await app.request("POST /api/providers/nobody/test", { body: {} })).status).toBe(404);
  await app.request("PUT /api/providers/mine", put(`http://127.0.0.1:${port}/v1`));
  expect(await app.read("POST /api/providers/mine/test", ConnectionReport, { body: {} })).toEqual({
    outcome: "refused",
    status: null,
    detail: null,
    models: null,
    model: null,
    betterBaseUrl: null,
    answeredAfterMs: null,
  });
});

test("SEC-07: an address that holds a name or a password is refused", async () => {
  const app = await runningApp();
  const put = (baseUrl: string) =>
    app.request("PUT /api/providers/mine", { body: { preset: null, name: "Mine", baseUrl } });
  for (const address of ["http://bob:secret@127.0.0.1:9/v1", "https://bob@models.example/v1"])
    expect((await put(address)).status).toBe(400);
  expect(await (await app.request("GET /api/models")).text()).not.toContain("secret");
  expect((await put("http://127.0.0.1:9/v1")).status).toBe(200);
});
