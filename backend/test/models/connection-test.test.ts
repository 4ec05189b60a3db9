/** Trying a provider: each thing that can be wrong, over real sockets, and the one word for it. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { ModelProvider } from "../../src/models/provider.ts";
import { failureOfNetwork } from "../../src/models/providers/connection-failures.ts";
import { testConnection } from "../../src/models/providers/connection-test.ts";
import { presetOf } from "../../src/models/providers/presets.ts";
import { closedPort, endpoint, provider } from "./endpoint.ts";

const key = "sk-canary-90125";
const list = { data: [{ id: "small" }, { id: "big" }] };
const word = { choices: [{ index: 0, delta: { content: "ok" } }] };

interface Says {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | object;
}

/** A provider that says this of its list and of a question; `null` is 404 without a word. */
async function saying(models: Says | null, chat: Says | null, path = "/v1"): Promise<ModelProvider> {
  const server = await endpoint((response, request) => {
    const said =
      request.path === `${path}/models` ? models : request.path === `${path}/chat/completions` ? chat : null;
    if (said === null) return void response.writeHead(404).end();
    const { status = 200, type = "application/json", body } = said;
    response.writeHead(status, { "content-type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return provider(server.baseUrl, key);
}

const models: Says = { body: list };
const stream = (event: object): Says => ({
  type: "text/event-stream",
  body: `data: ${JSON.stringify(event)}\n\n`,
});
const refusal = (status: number, message: string, more = {}): Says => ({
  status,
  body: { error: { message, ...more } },
});

const cases: Readonly<Record<string, readonly [models: Says | null, chat: Says | null, report: object]>> = {
  "all is well": [models, stream(word), { outcome: "works", models: 2, model: "small" }],
  "it has no list and answers": [null, stream(word), { outcome: "wrong_path", models: null, model: null }],
  "the list refuses the key": [
    refusal(401, `Incorrect key ${key}`),
    null,
    { outcome: "key_refused", status: 401, detail: "Incorrect key …" },
  ],
  "the list forbids": [refusal(403, "No access"), null, { outcome: "forbidden", status: 403 }],
  "the service ended": [refusal(410, "Retired"), null, { outcome: "gone", status: 410 }],
  "nothing is there": [null, null, { outcome: "wrong_path" }],
  "a web page with 200": [
    { body: "<html>Sign in</html>", type: "text/html" },
    null,
    { outcome: "not_an_endpoint" },
  ],
  "a redirect": [{ status: 302, body: "" }, null, { outcome: "redirect", status: 302 }],
  "no models": [{ body: { data: [] } }, null, { outcome: "no_models", models: 0, model: null }],
  "only models that do not chat": [
    { body: { data: [{ id: "nomic-embed-text" }] } },
    null,
    { outcome: "no_models", models: 0 },
  ],
  "the question's path is wrong": [models, null, { outcome: "wrong_path", status: 404 }],
  "the model is not there": [
    models,
    refusal(404, "model 'small' not found"),
    { outcome: "model_missing", status: 404 },
  ],
  "it cannot call tools": [
    models,
    refusal(400, "small does not support tools"),
    { outcome: "no_tools", status: 400 },
  ],
  "tools are switched off": [
    models,
    refusal(
      400,
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set (enable)',
    ),
    { outcome: "no_tools" },
  ],
  "no endpoint has tools": [
    models,
    refusal(404, "No endpoints found that support tool use"),
    { outcome: "no_tools" },
  ],
  "it does not stream": [
    models,
    { body: { choices: [{ message: { content: "ok" } }] } },
    { outcome: "not_streaming" },
  ],
  "an answer of nothing": [models, { body: "", type: "text/event-stream" }, { outcome: "not_streaming" }],
  "a web page for an answer": [
    models,
    { body: "<!doctype html>", type: "text/html" },
    { outcome: "not_an_endpoint" },
  ],
  "an error in the stream": [
    models,
    stream({ error: { message: "insufficient_quota" } }),
    { outcome: "quota", status: 200 },
  ],
  "an error at 200": [models, { body: { error: { message: "Overloaded" } } }, { outcome: "failed" }],
  "the quota is used up": [models, refusal(402, "Payment required"), { outcome: "quota", status: 402 }],
  "too many requests": [models, refusal(429, "Rate limit reached"), { outcome: "rate_limit", status: 429 }],
  "the key may list and not ask": [models, refusal(401, "Bad key"), { outcome: "key_refused", models: 2 }],
  "it fails": [models, refusal(500, "Oops"), { outcome: "failed", status: 500, detail: "Oops" }],
};

test.each(Object.entries(cases))(
  "a test says exactly what is wrong: %s",
  async (_, [listed, asked, report]) => {
    const found = await testConnection(await saying(listed, asked), null, AbortSignal.timeout(10_000));
    expect(found).toMatchObject(report);
    expect(JSON.stringify(found)).not.toContain(key);
  },
);

test("an address without its /v1 is told with the one that answers", async () => {
  const asked = await saying(models, stream(word));
  const report = await testConnection(
    { ...asked, baseUrl: asked.baseUrl.replace("/v1", "") },
    null,
    AbortSignal.timeout(10_000),
  );
  expect(report).toMatchObject({ outcome: "wrong_path", betterBaseUrl: asked.baseUrl });
});

test("a model that is named is looked for in the list, and one of its owner's need not stand there", async () => {
  const asked = await saying(models, stream(word));
  const missing = await testConnection(asked, "huge", AbortSignal.timeout(10_000));
  expect(missing).toMatchObject({ outcome: "model_missing", model: "huge", models: 2 });
  const own = await testConnection(
    { ...asked, models: [{ id: "huge" }] },
    "huge",
    AbortSignal.timeout(10_000),
  );
  expect(own).toMatchObject({ outcome: "works", model: "huge" });
});

test("a service without its key is not even asked", async () => {
  const preset = presetOf("groq");
  const server = await endpoint((response) => response.end());
  const asked = { ...provider(server.baseUrl), ...(preset === null ? {} : { preset }) };
  expect((await testConnection(asked, null, AbortSignal.timeout(1_000))).outcome).toBe("key_missing");
  expect(server.requests).toEqual([]);
});

test("an address of an Azure deployment without its version is not even asked; with it, it is", async () => {
  const preset = presetOf("azure");
  if (preset === null) throw new Error("There is no such preset.");
  const server = await endpoint((response) => response.writeHead(404).end());
  const baseUrl = `http://127.0.0.1:${server.port}/openai/deployments/d`;
  const asked = { ...provider(baseUrl, key), preset };
  expect(await testConnection(asked, null, AbortSignal.timeout(1_000))).toEqual({
    outcome: "version_missing",
    status: null,
    detail: null,
    models: null,
    model: null,
    betterBaseUrl: null,
    answeredAfterMs: null,
  });
  expect(server.requests).toEqual([]);
  const query = [{ name: "API-Version", value: "2024-10-21", isSecret: false }];
  const report = await testConnection({ ...asked, query, model: "d" }, null, AbortSignal.timeout(10_000));
  expect([report.outcome, server.requests.length > 0]).toEqual(["wrong_path", true]);
});

test("MDL-10: a closed port, a name of nobody, a port of something else, plain http where TLS is spoken, and silence each have their own word", async () => {
  const port = await closedPort();
  const plain = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void plain.close());
  const address = plain.address();
  const plainPort = typeof address === "object" ? address?.port : 0;
  const silent = await endpoint(() => undefined);
  const outcomes = await Promise.all(
    [
      `http://127.0.0.1:${port}/v1`,
      "http://nobody.invalid/v1",
      "http://127.0.0.1:6000/v1",
      `https://127.0.0.1:${plainPort}/v1`,
    ].map(async (baseUrl) => {
      const report = await testConnection(provider(baseUrl), null, AbortSignal.timeout(10_000));
      return [report.outcome, report.detail !== null];
    }),
  );
  // Only what needs them has the system's own words beside it.
  expect(outcomes).toEqual([
    ["refused", false],
    ["unknown_host", false],
    ["bad_port", false],
    ["tls", true],
  ]);
  const quiet = await testConnection(provider(silent.baseUrl), null, AbortSignal.timeout(50));
  expect(quiet.outcome).toBe("timeout");
});

test.each([
  ["ENOTFOUND", "unknown_host"],
  ["EAI_AGAIN", "unknown_host"],
  ["ECONNREFUSED", "refused"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
  ["UND_ERR_CONNECT_TIMEOUT", "unreachable"],
  ["EHOSTUNREACH", "unreachable"],
  ["ECONNRESET", "unreachable"],
])("the system's %s is called %s, also behind another error", (code, outcome) => {
  const cause = Object.assign(new Error("inner"), { code });
  expect(failureOfNetwork(new TypeError("fetch failed", { cause }))).toBe(outcome);
  expect(failureOfNetwork(new TypeError("fetch failed", { cause: new AggregateError([cause]) }))).toBe(
    outcome,
  );
});

test("RES-01: of a list without end the first 2,000 models are counted", async () => {
  const server = await endpoint((response, request) => {
    if (request.path.endsWith("/models"))
      response.end(
        JSON.stringify({ data: Array.from({ length: 50_000 }, (_, index) => ({ id: `m${index}` })) }),
      );
    else response.end("data: {}\n\n");
  });
  const report = await testConnection(provider(server.baseUrl), null, new AbortController().signal);
  expect(report).toMatchObject({ outcome: "works", models: 2_000, model: "m0" });
});
