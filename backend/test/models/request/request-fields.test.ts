/** Headers and query of a provider's own: what arrives at the endpoint, request by request. */
import { expect, test } from "vitest";
import { redactionFor } from "../../../src/command-line/secret-advice.ts";
import { ModelCatalogue } from "../../../src/models/catalogue.ts";
import type { ModelProvider } from "../../../src/models/provider.ts";
import { deploymentOf, endpointAddress, queryOf } from "../../../src/models/provider.ts";
import { testConnection } from "../../../src/models/providers/connection-test.ts";
import {
  changedFields,
  isSecretName,
  pastedQuery,
  rememberedTexts,
  requestField,
  secretTexts,
} from "../../../src/models/providers/request-fields.ts";
import { HeaderName, QueryName } from "../../../src/protocol/request-field.ts";
import { ask, endpoint, provider } from "../endpoint.ts";

const secret = "gw-canary-7c41d9e0";
const word = `data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;

/** Lists one model, and answers with one word. */
async function gateway() {
  return endpoint((response, { path }) => {
    const isList = path.includes("/models");
    response.writeHead(200, { "content-type": isList ? "application/json" : "text/event-stream" });
    response.end(isList ? '{"data":[{"id":"small"}]}' : word);
  });
}

const fields = (own: ModelProvider): ModelProvider => ({
  ...own,
  headers: [
    requestField("HTTP-Referer", "https://my.example"),
    requestField("X-Title", "My agent"),
    requestField("X-Gateway-Key", secret),
  ],
  query: [requestField("api-version", "2024-10-21")],
});

test("R22: every request carries the provider's own headers and query: the answer, the list and the trial", async () => {
  const server = await gateway();
  const own = fields(provider(server.baseUrl, "sk-key"));
  await ask(own);
  await testConnection(own, null, new AbortController().signal);
  const catalogue = new ModelCatalogue({ configured: {}, localServers: [] });
  catalogue.register(own);
  await catalogue.list();
  const seen = server.requests.map(({ path, headers }) => [
    path,
    headers.authorization,
    headers["http-referer"],
    headers["x-title"],
    headers["x-gateway-key"],
  ]);
  const rest = ["Bearer sk-key", "https://my.example", "My agent", secret];
  expect(seen).toEqual([
    ["/v1/chat/completions?api-version=2024-10-21", ...rest],
    ["/v1/models?api-version=2024-10-21", ...rest],
    ["/v1/chat/completions?api-version=2024-10-21", ...rest],
    ["/v1/models?api-version=2024-10-21", ...rest],
  ]);
});

test("R22: a header of the same name wins over the key's own, however it is written", async () => {
  const server = await gateway();
  const own = {
    ...provider(server.baseUrl, "sk-key"),
    headers: [requestField("AUTHORIZATION", "Basic YTpi")],
  };
  await ask(own);
  expect(server.requests[0]?.headers.authorization).toBe("Basic YTpi");
});

test("R22: a provider that is let in by a header of its own misses no key", async () => {
  const server = await gateway();
  const preset = { id: "x", name: "X", baseUrl: null, hosts: [], keyVariables: [], auth: "key" } as const;
  const own = fields({ ...provider(server.baseUrl), preset: { ...preset, isLocal: false } });
  expect(await testConnection(own, null, new AbortController().signal)).toMatchObject({ outcome: "works" });
  const bare = { ...own, headers: [], query: [] };
  expect(await testConnection(bare, null, new AbortController().signal)).toMatchObject({
    outcome: "key_missing",
  });
});

test("SEC-03: an endpoint that repeats a header or a query's key is shown without it", async () => {
  const server = await endpoint((response, { headers, path }) => {
    response.writeHead(400, { "content-type": "application/json" });
    const authorization = String(headers.authorization).split(" ")[1];
    const message = `No access for ${headers["x-gateway-key"]} at ${path} with ${authorization}`;
    response.end(JSON.stringify({ error: { message } }));
  });
  const own: ModelProvider = {
    ...provider(server.baseUrl),
    headers: [requestField("X-Gateway-Key", secret), requestField("Authorization", "Basic bG9uZzpzZWNyZXQ=")],
    query: [requestField("code", "a/b+canary=")],
  };
  const { end } = await ask(own);
  expect(end).toMatchObject({ problem: { detail: "No access for … at /v1/chat/completions?code=… with …" } });
});

test("Azure's addresses: a deployment with its api-version is its one model, and the v1 form is an address like any", async () => {
  const server = await gateway();
  const root = `http://127.0.0.1:${server.port}`;
  const deployment = `${root}/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21`;
  const catalogue = new ModelCatalogue({
    configured: { baseUrl: deployment, apiKey: "k", headers: { "api-key": secret } },
    localServers: [],
  });
  const resolved = await catalogue.resolve("default/my-gpt");
  expect(resolved).toMatchObject({
    model: "my-gpt",
    provider: { baseUrl: `${root}/openai/deployments/my-gpt`, model: "my-gpt" },
  });
  await ask(resolved?.provider ?? provider(server.baseUrl));
  const newer = new ModelCatalogue({ configured: { baseUrl: `${root}/openai/v1/` }, localServers: [] });
  await ask((await newer.resolve("default/m"))?.provider ?? provider(server.baseUrl));
  expect(server.requests.map(({ path, headers }) => [path, headers["api-key"]])).toEqual([
    ["/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21", secret],
    ["/openai/v1/chat/completions", undefined],
  ]);
});

test.each([
  ["https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "d", "api-version=1"],
  ["https://n.openai.azure.com/openai/deployments/my%20d/?api-version=1#top", "my d", "api-version=1"],
  ["https://n.openai.azure.com/openai/deployments/50%", "50%", ""],
  ["https://n.openai.azure.com/openai/v1/", null, ""],
  ["https://n.services.ai.azure.com/models/chat/completions?a=1&b=2", null, "a=1&b=2"],
])("the pasted address %j names the deployment %j and asks %j", (pasted, deployment, query) => {
  expect([deploymentOf(endpointAddress(pasted)), queryOf(pasted)]).toEqual([deployment, query]);
});

test.each([
  ["X-Title", undefined, false],
  ["api-version", undefined, false],
  ["X-Own", undefined, true],
  ["X-Own", false, false],
  ["X-Title", true, true],
  ["Authorization", false, true],
  ["x-goog-api-key", false, true],
  ["Cookie", false, true],
  ["sig", false, true],
])("the field %j, of which %j is said, is a secret: %j", (name, said, isSecret) => {
  expect(isSecretName(name, said)).toBe(isSecret);
});

test("of a pasted query each name stands once, the last value wins, and empty ones are left out", () => {
  expect(pastedQuery("api-version=1&code=abc&api-version=2&=x&empty=")).toEqual([
    { name: "api-version", value: "2", isSecret: false },
    { name: "code", value: "abc", isSecret: true, isGuess: true },
  ]);
});

test("SEC-03: what was a secret stays one while its value is only kept", () => {
  const kept = [requestField("X-Own", secret)];
  expect(changedFields([{ name: "x-own", isSecret: false }], kept)).toEqual([
    { name: "x-own", value: secret, isSecret: true, isGuess: true },
  ]);
  expect(changedFields([{ name: "x-own", value: "new", isSecret: false }], kept)).toEqual([
    { name: "x-own", value: "new", isSecret: false },
  ]);
});

test("SEC-03: a secret is known whole, as addresses spell it, and without its scheme, the longest first", () => {
  expect(
    secretTexts([requestField("Authorization", "Bearer a/b-canary"), requestField("X-Title", "My agent")]),
  ).toEqual([
    "Bearer%20a%2Fb-canary",
    "Bearer%20a%2fb-canary",
    "Bearer+a%2Fb-canary",
    "Bearer+a%2fb-canary",
    "Bearer a/b-canary",
    "a%2Fb-canary",
    "a%2fb-canary",
    "a/b-canary",
  ]);
});

test.each(["plainsecret123", "sec!ret(abc)1234", "two words secret", "p'ss~word-9876", "short12", "s1"])(
  "SEC-03: an endpoint that repeats its address and a header is shown without %j",
  async (value) => {
    const server = await endpoint((response, { headers, path }) => {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `No route ${path} for ${headers["x-gate-auth"]}.` } }));
    });
    const own: ModelProvider = {
      ...provider(server.baseUrl),
      headers: [requestField("x-gate-auth", value)],
      query: [requestField("sig", value)],
    };
    const { end } = await ask(own);
    expect(end).toMatchObject({ problem: { detail: "No route /v1/chat/completions?sig=… for …." } });
  },
);

test("SEC-03: no text loses its words to a field that only might be a secret", () => {
  const redaction = redactionFor({
    modelsApiKey: null,
    modelsBaseUrl: "https://gw.example/v1?deployment=production&code=f00dcafe-f00dcafe-1",
    modelsHeaders: { "X-Team": "internal frontend developers", "X-Gate-Auth": "Bearer canary-key" },
    providerKeys: {},
    gitHub: { clientId: null, clientSecret: null, allowedLogins: [], url: "", apiUrl: "" },
  });
  expect(redaction.text("NODE_ENV=production; the internal frontend developers")).toBe(
    "NODE_ENV=production; the internal frontend developers",
  );
  expect(redaction.text("f00dcafe-f00dcafe-1 and canary-key")).toBe(
    "‹redacted: model key› and ‹redacted: model key›",
  );
});

test("SEC-03: what was said to be a secret is remembered, also while it is only kept; a guess stays one", () => {
  const kept = [requestField("X-Said", "production", true), requestField("X-Guess", "internal")];
  const wanted = [
    { name: "X-Said", isSecret: true },
    { name: "X-Guess", isSecret: true },
  ];
  expect(rememberedTexts(changedFields(wanted, kept))).toEqual(["production"]);
});

test.each(["__proto__", "constructor", "Prototype"])("%s is no name of a field", (name) => {
  expect([HeaderName.safeParse(name).success, QueryName.safeParse(name).success]).toEqual([false, false]);
});
