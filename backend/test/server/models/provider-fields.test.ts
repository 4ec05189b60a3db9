/** Headers and query of a provider as its owner sets them: secrets among them are kept as keys are. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProviderStore } from "../../../src/models/providers/provider-store.ts";
import { ModelListing } from "../../../src/protocol/catalogue.ts";
import { ProviderEntry, ProviderSettings } from "../../../src/protocol/provider.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { endpoint } from "../../models/endpoint.ts";
import { problemOf, runningApp } from "../../support/running-app.ts";

const secret = "gw-canary-3f9a7c21e8b64d05";
const models = JSON.stringify({ data: [{ id: "small" }] });
const headers = [
  { name: "X-Title", value: "My agent" },
  { name: "X-Gateway-Key", value: secret },
];

async function stage() {
  const server = await endpoint((response) => response.end(models));
  const app = await runningApp();
  const put = (change: object) =>
    app.request("PUT /api/providers/mine", {
      body: { preset: null, name: "Mine", baseUrl: server.baseUrl, ...change },
    });
  const entry = async () =>
    (await app.read("GET /api/providers", ProviderSettings)).providers.find(({ id }) => id === "mine");
  return { server, app, put, entry };
}

test("SEC-03: a secret header goes in and never comes out: not to the page, the record or a log", async () => {
  const { server, app, put } = await stage();
  const query = [{ name: "api-version", value: "2024-10-21" }];
  const saved = await put({ headers, query });
  const text = await saved.text();
  expect(ProviderEntry.parse(JSON.parse(text))).toMatchObject({
    key: "stored",
    headers: [
      { name: "X-Title", value: "My agent", isSecret: false },
      { name: "X-Gateway-Key", value: null, isSecret: true },
    ],
    query: [{ name: "api-version", value: "2024-10-21", isSecret: false }],
  });
  const path = join(app.state, "providers.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toContain(secret);
  const listing = await app.read("GET /api/models", ModelListing);
  expect(server.requests.map(({ path, headers }) => [path, headers["x-gateway-key"]])).toEqual([
    ["/v1/models?api-version=2024-10-21", secret],
  ]);
  const shown = [
    text,
    JSON.stringify(listing),
    await (await app.request("GET /api/providers")).text(),
    await readFile(join(app.state, "audit.jsonl"), "utf8"),
  ].join("\n");
  expect(shown).not.toContain(secret);
  expect(app.parts.redaction.text(`-H "${secret}"`)).toBe('-H "‹redacted: model key›"');
});

test("without headers in the change they stay, and at another origin they go", async () => {
  const { app, put, entry } = await stage();
  await put({ headers, query: [{ name: "code", value: secret }] });
  await put({ name: "Renamed" });
  expect((await entry())?.headers.map(({ name }) => name)).toEqual(["X-Title", "X-Gateway-Key"]);
  const other = await endpoint((response) => response.end(models));
  await put({ baseUrl: other.baseUrl });
  expect(await entry()).toMatchObject({ headers: [], query: [], key: "none" });
  await app.request("GET /api/models");
  expect(other.requests.map(({ path, headers }) => [path, headers["x-gateway-key"]])).toEqual([
    ["/v1/models", undefined],
  ]);
});

test("a header without a value keeps the one that is there; one that has none is refused by name", async () => {
  const { app, put } = await stage();
  await put({ headers });
  await put({ headers: [{ name: "x-gateway-key" }, { name: "X-Title", value: "New" }] });
  const provider = (await app.parts.catalogue.providers.all()).get("mine");
  expect(provider?.headers).toEqual([
    { name: "x-gateway-key", value: secret, isSecret: true },
    { name: "X-Title", value: "New", isSecret: false },
  ]);
  const refused = await put({ headers: [{ name: "X-Other" }] });
  expect([refused.status, await problemOf(refused)]).toMatchObject([
    400,
    { code: "invalid_request", detail: expect.stringContaining("X-Other: has no value") },
  ]);
  expect((await app.parts.catalogue.providers.all()).get("mine")?.headers).toHaveLength(2);
});

test("an address is pasted whole: its query is kept beside it, and renaming keeps path and query", async () => {
  const { server, app, put, entry } = await stage();
  const deployment = `http://127.0.0.1:${server.port}/openai/deployments/d`;
  await put({ baseUrl: `${deployment}/chat/completions?api-version=2024-10-21` });
  await put({ baseUrl: deployment, name: "Renamed" });
  expect(await entry()).toMatchObject({
    baseUrl: deployment,
    query: [{ name: "api-version", value: "2024-10-21", isSecret: false }],
  });
  const [listing] = (await app.read("GET /api/models", ModelListing)).providers;
  expect(listing?.models.map(({ id }) => id)).toEqual(["d", "small"]);
  const foundry = `http://127.0.0.1:${server.port}/models`;
  await put({ baseUrl: `${foundry}/chat/completions?api-version=2` });
  await put({ baseUrl: foundry });
  expect((await entry())?.baseUrl).toBe(foundry);
});

test.each([
  [
    "a header that the client sets",
    [{ name: "Host", value: "evil" }],
    "that VoxPilot sets itself. Leave it out.",
  ],
  ["a name with a line break", [{ name: "X-A\r\nX-B", value: "1" }], "is not a header's name. Use letters"],
  [
    "a value with a line break",
    [{ name: "X-A", value: "1\r\nX-B: 2" }],
    "holds characters that cannot be sent.",
  ],
  ["an empty value", [{ name: "X-A", value: " " }], "is empty. Leave the field out"],
  [
    "one header twice",
    [
      { name: "X-A", value: "1" },
      { name: "x-a", value: "2" },
    ],
    "holds one header twice. Keep one of them.",
  ],
])("%s is refused with what to do", async (_, wrong, words) => {
  const { put } = await stage();
  const response = await put({ headers: wrong });
  expect(response.status).toBe(400);
  expect((await problemOf(response)).detail).toContain(words);
});

test("headers that were written into the file by hand are sent, and those of no known name are secrets", async () => {
  const { app } = await stage();
  const hand = {
    providers: [
      {
        id: "hand",
        preset: null,
        name: "By hand",
        baseUrl: "http://127.0.0.1:9/v1",
        apiKey: null,
        headers: [
          { name: "X-Own", value: secret },
          { name: "X-Team", value: "blue", isSecret: false },
        ],
      },
    ],
  };
  await durableFiles.writeAtomic(join(app.state, "providers.json"), JSON.stringify(hand));
  const keys: string[] = [];
  const store = new ProviderStore({
    directory: app.state,
    files: durableFiles,
    onKey: (key) => keys.push(key),
  });
  expect((await store.content()).providers[0]).toMatchObject({
    headers: [
      { name: "X-Own", value: secret, isSecret: true },
      { name: "X-Team", value: "blue", isSecret: false },
    ],
    query: [],
  });
  expect(keys).toEqual([secret]);
});
