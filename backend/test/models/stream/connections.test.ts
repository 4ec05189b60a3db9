/** Connections that come to nothing, hang, or are closed from this side. */
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { brotliCompressSync, createBrotliCompress, createDeflate, createGzip, gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ModelEvent } from "../../../src/agent/model.ts";
import { createChatModel } from "../../../src/models/chat-client.ts";
import { StreamDecoder } from "../../../src/models/stream/stream-decoder.ts";
import { ask, closedPort, endpoint, provider, request } from "../endpoint.ts";
import { shortEnd, text } from "./stream-shapes.ts";

/** A server of any kind on loopback, ended with the test. */
async function listening(server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test.each<[name: string, address: () => Promise<string>, detail: RegExp]>([
  ["refused", async () => `http://127.0.0.1:${await closedPort()}/v1`, /ECONNREFUSED/],
  [
    "reset before an answer",
    async () => {
      const server = createTcpServer((socket) => socket.on("data", () => socket.resetAndDestroy()));
      return `http://127.0.0.1:${await listening(server)}/v1`;
    },
    /ECONNRESET/,
  ],
  [
    "closed before an answer",
    async () => {
      const server = createTcpServer((socket) => socket.on("data", () => socket.end()));
      return `http://127.0.0.1:${await listening(server)}/v1`;
    },
    /other side closed/,
  ],
  ["a name that nobody has", async () => `http://${"x".repeat(70)}.test/v1`, /ENOTFOUND|EAI_/],
  [
    "TLS that fails",
    async () => {
      const server = createTlsServer({}, () => undefined);
      return `https://127.0.0.1:${await listening(server)}/v1`;
    },
    /EPROTO|SSL|TLS/i,
  ],
  [
    "plain HTTP where TLS was asked for",
    async () => {
      const server = createTcpServer((socket) =>
        socket.on("data", () => socket.end("HTTP/1.1 400 Bad\r\n\r\n")),
      );
      return `https://127.0.0.1:${await listening(server)}/v1`;
    },
    /EPROTO|SSL|TLS/i,
  ],
  [
    "an answer that is no HTTP",
    async () => {
      const server = createTcpServer((socket) => socket.on("data", () => socket.end("SSH-2.0-OpenSSH\r\n")));
      return `http://127.0.0.1:${await listening(server)}/v1`;
    },
    /HTTP/,
  ],
])("MDL-10: %s is named within ten seconds", { timeout: 10_000 }, async (...[, address, detail]) => {
  const { said, end } = await ask(provider(await address()));
  expect([said, shortEnd(end)]).toEqual([[], "model_unreachable!"]);
  expect(end.type === "problem" ? end.problem.detail : "").toMatch(detail);
});

test("MDL-10: an address that is none is a failure like others", async () => {
  const { end } = await ask(provider("not an address"));
  expect(end).toMatchObject({ type: "problem", problem: { code: "model_unreachable", provider: "Test" } });
});

test("MDL-01: two minutes of silence end the answer, and what it said is kept", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await endpoint((response) => response.write(text("Hel")));
  const resolved = { provider: provider(server.baseUrl), model: "m", contextWindow: null };
  const model = createChatModel({ resolve: async () => resolved });
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, new AbortController().signal)) {
    events.push(event);
    vi.advanceTimersByTime(event.type === "text" ? 120_000 : 0);
  }
  expect(events).toEqual([
    { type: "text", text: "Hel" },
    {
      type: "end",
      end: { type: "problem", retryable: true, problem: { code: "model_timeout", provider: "Test" } },
      calls: [],
      usage: null,
      contextWindow: null,
      meta: { model: "default/m" },
    },
  ]);
  await server.cutOff;
});

test("MDL-01: comments, pings and blank lines are no progress, and events are", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: false });
  const progressAfter = (bytes: string) => {
    decoder.push(new TextEncoder().encode(bytes));
    return decoder.progress;
  };
  const quiet = [
    ": keep-alive\n\n",
    "\n\n",
    'event: ping\ndata: {"type":"ping"}\n\n',
    "data:\n\n",
    "data: {",
  ];
  expect(quiet.map(progressAfter)).toEqual([0, 0, 0, 0, 0]);
  expect(progressAfter('"choices":[]}\n\n')).toBe(1);
});

test("MDL-09: stopping closes the connection within a second, and what still came is dropped", async () => {
  const stopping = new AbortController();
  const server = await endpoint((response) =>
    response.write(`${text("one")}event: x\ndata: {}\n\n${call()}`),
  );
  const model = createChatModel({
    resolve: async () => ({ provider: provider(server.baseUrl), model: "m", contextWindow: null }),
  });
  const events: ModelEvent[] = [];
  let stoppedAt = 0;
  for await (const event of model.stream(request, stopping.signal)) {
    events.push(event);
    if (event.type !== "text") continue;
    stoppedAt = performance.now();
    stopping.abort();
  }
  await server.cutOff;
  expect(performance.now() - stoppedAt).toBeLessThan(1_000);
  expect(events.map(({ type }) => type)).toEqual(["text", "end"]);
  expect(events.at(-1)).toMatchObject({ calls: [], end: { type: "problem" } });
});

function call(): string {
  const delta = { tool_calls: [{ index: 0, id: "c", function: { name: "shell", arguments: "{}" } }] };
  return `data: ${JSON.stringify({ choices: [{ delta, finish_reason: "tool_calls" }] })}\n\n`;
}

test("MDL-09: what was stopped before it began asks nobody", async () => {
  const server = await endpoint((response) => response.end());
  const { end } = await ask(provider(server.baseUrl), { signal: AbortSignal.abort() });
  expect([end.type, server.requests]).toEqual(["problem", []]);
});

test("MDL-02: an endpoint that goes on sending after its end is cut off, and the answer stands", async () => {
  const server = await endpoint((response) => {
    response.write(`${text("Hi")}data: [DONE]\n\n`);
    const sending = setInterval(() => response.write(text("more")), 5);
    response.on("close", () => clearInterval(sending));
  });
  const { said, end } = await ask(provider(server.baseUrl));
  expect([said, end]).toEqual([["text: Hi"], { type: "stop" }]);
  await server.cutOff;
});

test.each([
  ["gzip", () => createGzip()],
  ["deflate", () => createDeflate()],
  ["br", () => createBrotliCompress()],
])("an answer that comes as %s unasked is read while it comes", async (encoding, compressor) => {
  const packed = compressor();
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": encoding });
    packed.pipe(response);
    packed.write(text("first"));
    packed.flush();
  });
  const model = createChatModel({
    resolve: async () => ({ provider: provider(server.baseUrl), model: "m", contextWindow: null }),
  });
  const said: string[] = [];
  for await (const event of model.stream(request, new AbortController().signal)) {
    if (event.type === "text") said.push(event.text);
    // The rest is written only once the beginning was read.
    if (said.length === 1 && !packed.writableEnded) packed.end(`${text(" second")}data: [DONE]\n\n`);
  }
  expect(said.join("")).toBe("first second");
});

test("what is compressed twice is read, and what stands behind the end is not waited for", async () => {
  const twice = gzipSync(gzipSync(`${text("Hi")}data: [DONE]\n\n`));
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip, gzip" });
    response.end(twice);
  });
  expect((await ask(provider(server.baseUrl))).said).toEqual(["text: Hi"]);

  const trailed = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "br" });
    response.write(brotliCompressSync(`${text("Hi")}data: [DONE]\n\n`));
    response.write("behind the end".repeat(100_000));
  });
  expect((await ask(provider(trailed.baseUrl))).end).toEqual({ type: "stop" });
  await trailed.cutOff;
});

test.each(["zstd", "gzip, gzip, gzip"])(
  "an answer that is compressed as %s is refused by that name",
  async (encoding) => {
    const server = await endpoint((response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": encoding });
      response.write(text("packed"));
    });
    const { end } = await ask(provider(server.baseUrl));
    expect(end.type === "problem" ? end.problem.detail : "").toContain(`compressed as "${encoding}"`);
    await server.cutOff;
  },
);

test("an answer that is not compressed as it says was cut off", async () => {
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    response.end(text("plain"));
  });
  const { said, end } = await ask(provider(server.baseUrl));
  expect([said, shortEnd(end)]).toEqual([[], "model_truncated!"]);
});

test("who asks has a name: some refuse to answer nobody", async () => {
  const server = await endpoint((response) => response.end(`${text("Hi")}data: [DONE]\n\n`));
  await ask(provider(server.baseUrl));
  expect(server.requests[0]?.headers).toMatchObject({
    "user-agent": "undici",
    "accept-encoding": "identity",
  });
});
