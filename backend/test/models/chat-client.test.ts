/** The client against a real HTTP endpoint: every shape of stream, every kind of failure, and nothing said that should not be. */
import { expect, onTestFinished, test } from "vitest";
import type { ModelEvent } from "../../src/agent/model.ts";
import { createChatModel } from "../../src/models/chat-client.ts";
import { complete, ModelFailure, streamComplete } from "../../src/models/completions.ts";
import { answerOf, ask, closedPort, endpoint, provider, request } from "./endpoint.ts";
import { shortEnd, streamShapes } from "./stream-shapes.ts";

const hello =
  'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

test.each(streamShapes)("understands $name", async (shape) => {
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(shape.body);
  });
  const { text, thought, calls, end } = await ask(provider(server.baseUrl));
  expect({ text, thought, calls, end: shortEnd(end) }).toEqual({
    text: shape.text ?? "",
    thought: shape.thought ?? "",
    calls: shape.calls ?? [],
    end: shape.end,
  });
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

test("an endpoint that refuses the question for usage is asked without it, now and later", async () => {
  const server = await endpoint((response, { body }) => {
    const isRefused = "stream_options" in Object(body);
    response.writeHead(isRefused ? 400 : 200);
    response.end(isRefused ? '{"error":{"message":"Unrecognized field: stream_options"}}' : hello);
  });
  const model = createChatModel({
    resolve: async () => ({ provider: provider(server.baseUrl), model: "m", contextWindow: null }),
  });
  const once = async () => {
    const events: ModelEvent[] = [];
    for await (const event of model.stream(request, new AbortController().signal)) events.push(event);
    return answerOf(events).text;
  };
  expect([await once(), await once()]).toEqual(["Hello", "Hello"]);
  expect(server.requests).toHaveLength(3);
});

test("SEC-07: a redirect is not followed, so the key stays where it belongs", async () => {
  const other = await endpoint((response) => response.end(hello));
  const server = await endpoint((response) => {
    response.writeHead(307, { location: `${other.baseUrl}/chat/completions` });
    response.end();
  });
  const { end } = await ask(provider(server.baseUrl, "secret-key"));
  expect(shortEnd(end)).toBe("model_invalid_request");
  expect(end).toMatchObject({
    problem: { detail: `Moved to ${other.baseUrl}/chat/completions`, status: 307 },
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

test("a port where nobody listens is named", async () => {
  const port = await closedPort();
  const { end } = await ask(provider(`http://127.0.0.1:${port}/v1`));
  expect(shortEnd(end)).toBe("model_unreachable!");
  expect(end).toMatchObject({
    problem: { detail: `connect ECONNREFUSED 127.0.0.1:${port}`, provider: "Test" },
  });
});

test("a connection that breaks in the middle is a truncated answer", async () => {
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', () => response.destroy());
  });
  const { text, end } = await ask(provider(server.baseUrl));
  expect([text, shortEnd(end)]).toEqual(["Hel", "model_truncated!"]);
});

test("keep-alive comments do not count as progress", async () => {
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n');
    const pings = setInterval(() => response.write(": ping\n\n"), 10);
    response.on("close", () => clearInterval(pings));
  });
  const { text, end } = await ask(provider(server.baseUrl), { times: { firstMs: 2_000, betweenMs: 60 } });
  expect([text, shortEnd(end)]).toEqual(["Hel", "model_timeout!"]);
  await server.cutOff;
});

test("an endpoint that never answers is given up", async () => {
  const server = await endpoint(() => undefined);
  const { end } = await ask(provider(server.baseUrl), { times: { firstMs: 60, betweenMs: 60 } });
  expect(shortEnd(end)).toBe("model_timeout!");
  await server.cutOff;
});

test("stopping closes the connection to the endpoint", async () => {
  const stopping = new AbortController();
  const server = await endpoint((response) => {
    response.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', () => stopping.abort());
  });
  const { end } = await ask(provider(server.baseUrl), { signal: stopping.signal });
  expect(end.type).toBe("problem");
  await server.cutOff;
});

test("a reader that turns away closes the connection too", async () => {
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
