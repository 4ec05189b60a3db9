/** The client against a real HTTP endpoint: every shape of stream, every kind of failure, and nothing said that should not be. */
import { expect, onTestFinished, test } from "vitest";
import type { ModelEvent } from "../../src/agent/model.ts";
import { createChatModel, type ModelResolver } from "../../src/models/chat-client.ts";
import { complete, ModelFailure, streamComplete } from "../../src/models/completions.ts";
import type { ModelPrice } from "../../src/protocol/catalogue.ts";
import { answerFrom, answerOf, ask, closedPort, endpoint, provider, request } from "./endpoint.ts";
import { providerShapes } from "./stream/provider-shapes.ts";
import { expectedAnswer, shortEnd, streamShapes } from "./stream/stream-shapes.ts";

const hello =
  'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

test.each([...streamShapes, ...providerShapes])("understands $name", async (shape) => {
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(shape.body);
  });
  const { said, calls, end, usage, meta } = await ask(provider(server.baseUrl));
  const limit =
    end.type === "problem" && end.limitTokens !== undefined ? { limitTokens: end.limitTokens } : {};
  expect({ said, calls, end: shortEnd(end), usage, meta, ...limit }).toEqual(expectedAnswer(shape));
});

test("sends the request in the shape that every endpoint takes, with the key and nothing of this machine", async () => {
  const server = await endpoint((response) => response.end(hello));
  const resolver = {
    resolve: async () => ({
      provider: provider(server.baseUrl, "secret-key"),
      model: "org/m",
      contextWindow: 9,
    }),
  };
  const call = { id: "v1", name: "read", arguments: "{}" };
  const tools = [{ name: "read", description: "Reads.", parameters: { type: "object" } }];
  const events: ModelEvent[] = [];
  const sent = createChatModel(resolver).stream(
    {
      model: "default/org/m",
      tools,
      messages: [
        { role: "system", content: "S" },
        { role: "user", content: "U" },
        { role: "assistant", content: "", calls: [call] },
        { role: "tool", callId: "v1", content: "R" },
        { role: "assistant", content: "A", calls: [] },
      ],
    },
    new AbortController().signal,
  );
  for await (const event of sent) events.push(event);
  expect(events.at(-1)).toEqual({
    type: "end",
    end: { type: "stop" },
    calls: [],
    usage: null,
    contextWindow: 9,
    meta: { model: "default/org/m" },
  });
  expect(server.requests[0]?.path).toBe("/v1/chat/completions");
  expect(server.requests[0]?.body).toEqual({
    model: "org/m",
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: "function", function: tools[0] }],
    messages: [
      { role: "system", content: "S" },
      { role: "user", content: "U" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "v1", type: "function", function: { name: "read", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "v1", content: "R" },
      { role: "assistant", content: "A" },
    ],
  });
  const headers = server.requests[0]?.headers ?? {};
  expect(headers.authorization).toBe("Bearer secret-key");
  expect(Object.keys(headers).filter((name) => name.startsWith("x-"))).toEqual([]);
});

test("without a key no authorization is sent, and without tools no list of them", async () => {
  const server = await endpoint((response) => response.end(hello));
  await ask(provider(server.baseUrl));
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
  expect(Object.keys(Object(server.requests[0]?.body))).toEqual([
    "model",
    "messages",
    "stream",
    "stream_options",
  ]);
});

test("SEC-07: a redirect is not followed, so the key stays where it belongs", async () => {
  const other = await endpoint((response) => response.end(hello));
  const server = await endpoint((response) => {
    response.writeHead(307, { location: `${other.baseUrl}/chat/completions` });
    response.end();
  });
  const { end } = await ask(provider(server.baseUrl, "secret-key"));
  const detail = `Moved to ${other.baseUrl}/chat/completions`;
  expect(end).toEqual({
    type: "problem",
    retryable: false,
    problem: { code: "model_invalid_request", detail, provider: "Test", status: 307 },
  });
  expect(other.requests).toEqual([]);
});

test("SEC-03: a key that the endpoint repeats is not passed on", async () => {
  const server = await endpoint((response) => {
    response.writeHead(401);
    response.end('{"error":{"message":"Incorrect API key provided: secret-key, header Bearer secret-key"}}');
  });
  const { end } = await ask(provider(server.baseUrl, "secret-key"));
  expect(end).toEqual({
    type: "problem",
    retryable: false,
    problem: {
      code: "model_auth",
      detail: "Incorrect API key provided: …, header Bearer …",
      provider: "Test",
      status: 401,
    },
  });
});

test("MDL-10: a port where nobody listens is named", async () => {
  const port = await closedPort();
  const { end } = await ask(provider(`http://127.0.0.1:${port}/v1`));
  const detail = `connect ECONNREFUSED 127.0.0.1:${port}`;
  expect(end).toEqual({
    type: "problem",
    retryable: true,
    problem: { code: "model_unreachable", detail, provider: "Test" },
  });
});

test("MDL-03: a connection that breaks in the middle is a truncated answer", async () => {
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', () => response.destroy());
  });
  const { text, end } = await ask(provider(server.baseUrl));
  expect([text, shortEnd(end)]).toEqual(["Hel", "model_truncated!"]);
});

test("MDL-01: keep-alive comments do not count as progress", async () => {
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n');
    const pings = setInterval(() => response.write(": ping\n\n"), 10);
    response.on("close", () => clearInterval(pings));
  });
  const { text, end } = await ask(provider(server.baseUrl), { times: { firstMs: 2_000, betweenMs: 60 } });
  expect([text, shortEnd(end)]).toEqual(["Hel", "model_timeout!"]);
  await server.cutOff;
});

test("MDL-01: an endpoint that never answers is given up", async () => {
  const server = await endpoint(() => undefined);
  const { end } = await ask(provider(server.baseUrl), { times: { firstMs: 60, betweenMs: 60 } });
  expect(shortEnd(end)).toBe("model_timeout!");
  await server.cutOff;
});

test("MDL-09: stopping closes the connection to the endpoint", async () => {
  const stopping = new AbortController();
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', () => stopping.abort());
  });
  const { end } = await ask(provider(server.baseUrl), { signal: stopping.signal });
  expect(end.type).toBe("problem");
  await server.cutOff;
});

test("MDL-09: a reader that turns away closes the connection too", async () => {
  const server = await endpoint((response) =>
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'),
  );
  const model = createChatModel({
    resolve: async () => ({ provider: provider(server.baseUrl), model: "m", contextWindow: null }),
  });
  for await (const event of model.stream(request, new AbortController().signal)) {
    expect(event).toEqual({ type: "text", text: "Hel" });
    break;
  }
  await server.cutOff;
});

test("keys and headers in the environment are not sent", async () => {
  const names = ["OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_CUSTOM_HEADERS"];
  const before = names.map((name) => process.env[name]);
  onTestFinished(() => {
    names.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  });
  for (const name of names) process.env[name] = "other-secret: other-secret";
  const server = await endpoint((response) => response.end(hello));
  expect((await ask(provider(server.baseUrl))).text).toBe("Hello");
  expect(JSON.stringify(server.requests)).not.toContain("other-secret");
});

test("without a model there is one end that says so", async () => {
  const events: ModelEvent[] = [];
  const model = createChatModel({ resolve: async () => null });
  for await (const event of model.stream(request, new AbortController().signal)) events.push(event);
  expect(shortEnd(answerOf(events).end)).toBe("model_missing");
});

test("a completion is the whole answer, or its pieces, or a failure with its problem", async () => {
  let body = hello;
  const server = await endpoint((response) => response.end(body));
  const model = createChatModel({
    resolve: async () => ({ provider: provider(server.baseUrl), model: "m", contextWindow: null }),
  });
  const chat = { model: "default/m", messages: [{ role: "user", content: "Hi \ud83d" }] } as const;
  const signal = new AbortController().signal;
  expect(await complete(model, chat, signal)).toEqual({
    model: "default/m",
    message: { role: "assistant", content: "Hello" },
  });
  expect(server.requests[0]?.body).toMatchObject({ messages: [{ role: "user", content: "Hi " }] });
  const pieces: string[] = [];
  for await (const piece of streamComplete(model, chat, signal)) pieces.push(piece);
  expect(pieces).toEqual(["Hello"]);
  body = '{"error":{"message":"The model is overloaded"}}';
  const failure = await complete(model, chat, signal).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ModelFailure);
  expect(failure).toMatchObject({
    problem: { code: "model_unavailable", detail: "The model is overloaded" },
  });
});

test("R18: a tool that had to be sent under another name is called by its own", async () => {
  const name = `mcp_${"very_".repeat(20)}long`;
  const server = await endpoint((response, { body }) => {
    const sent = Object(body).tools[0].function.name;
    const delta = { tool_calls: [{ index: 0, id: "c", function: { name: sent, arguments: "{}" } }] };
    response.end(
      `data: ${JSON.stringify({ choices: [{ delta, finish_reason: "tool_calls" }] })}\n\ndata: [DONE]\n\n`,
    );
  });
  const tools = [{ name, description: "Reads.", parameters: { type: "object" } }];
  const { calls } = await ask(provider(server.baseUrl), { request: { ...request, tools } });
  expect(calls).toEqual([{ id: "c", name, arguments: "{}" }]);
});

const withUsage = (usage: object) =>
  `${hello.replace("data: [DONE]", `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]`)}`;

test.each<[usage: object, price: ModelPrice | null, cost: number | undefined]>([
  [{ prompt_tokens: 1_000_000, completion_tokens: 0 }, { input: 3, output: 15 }, 3],
  [{ prompt_tokens: 0, completion_tokens: 1_000_000 }, null, undefined],
  [{ prompt_tokens: 1_000_000, completion_tokens: 1, cost: 0.5 }, { input: 3, output: 15 }, 0.5],
])("what %j costs at %j is %d", async (usage, price, cost) => {
  const server = await endpoint((response) => response.end(withUsage(usage)));
  const answer = await ask(provider(server.baseUrl), { resolved: { price } });
  expect(answer.usage?.cost).toBe(cost);
});

test("what is known of a model is what the catalogue says, and nothing where it fails", async () => {
  const nothing = {
    contextWindow: null,
    inputLimit: null,
    outputLimit: null,
    countsOutput: false,
    images: null,
    tools: null,
    efforts: [],
  };
  const resolved = { provider: provider("http://127.0.0.1:1/v1"), model: "m", contextWindow: 9 };
  const facts = { ...nothing, images: true, contextWindow: 7 };
  const described = (resolver: ModelResolver) => createChatModel(resolver).describe("default/m");
  const broken = () => Promise.reject(new Error("The providers cannot be read."));
  expect(await described({ resolve: async () => resolved })).toEqual({ ...nothing, contextWindow: 9 });
  expect(await described({ resolve: async () => ({ ...resolved, facts }) })).toEqual(facts);
  expect(await described({ resolve: broken, describe: async () => facts })).toEqual(facts);
  expect(await described({ resolve: async () => null })).toEqual(nothing);
  expect(await described({ resolve: broken })).toEqual(nothing);
  const { end } = await answerFrom(createChatModel({ resolve: broken }));
  expect(end).toEqual({
    type: "problem",
    retryable: false,
    problem: { code: "internal", detail: "The providers cannot be read." },
  });
});
