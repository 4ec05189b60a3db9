/** A model endpoint on loopback that plays bytes, and what the client made of them. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { ModelEnd, ModelEvent, ModelRequest } from "../../src/agent/model.ts";
import { createChatModel } from "../../src/models/chat-client.ts";
import type { ModelProvider } from "../../src/models/provider.ts";
import type { IdleTimes } from "../../src/models/stream/idle-timer.ts";
import type { ModelCallMeta } from "../../src/protocol/tool-call.ts";

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface Endpoint {
  readonly baseUrl: string;
  readonly port: number;
  readonly requests: SeenRequest[];
  /** Resolves once a response was closed before its end. */
  readonly cutOff: Promise<void>;
}

/** Starts the endpoint; it ends with the test. */
export async function endpoint(
  answer: (response: ServerResponse, request: SeenRequest) => void,
): Promise<Endpoint> {
  const requests: SeenRequest[] = [];
  let wasCutOff: () => void = () => undefined;
  const cutOff = new Promise<void>((resolve) => {
    wasCutOff = resolve;
  });
  const server = createServer(async (incoming, response) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part);
    const text = Buffer.concat(parts).toString("utf8");
    const request = {
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: text === "" ? null : JSON.parse(text),
    };
    requests.push(request);
    response.on("close", () => {
      if (!response.writableFinished) wasCutOff();
    });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, port, requests, cutOff };
}

/** A port on loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function provider(baseUrl: string, apiKey: string | null = null): ModelProvider {
  return { id: "default", name: "Test", baseUrl, apiKey, model: null, source: "configured" };
}

export interface Answer {
  readonly text: string;
  readonly thought: string;
  readonly calls: readonly ModelCallMeta[];
  readonly end: ModelEnd;
}

export const request: ModelRequest = {
  model: "default/m",
  messages: [{ role: "user", content: "Hi" }],
  tools: [],
};

/** Asks once and gathers the answer; fails when there is not exactly one end, last. */
export async function ask(
  asked: ModelProvider,
  options: { readonly times?: IdleTimes; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const resolver = { resolve: async () => ({ provider: asked, model: "m", contextWindow: null }) };
  const model = createChatModel(resolver, options.times);
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, options.signal ?? new AbortController().signal))
    events.push(event);
  return answerOf(events);
}

/** Neighbouring texts joined; throws unless the last event, and no other, is an end. */
export function answerOf(events: readonly ModelEvent[]): Answer {
  const joined = (type: "text" | "thought") =>
    events.map((event) => (event.type === type ? event.text : "")).join("");
  const last = events.at(-1);
  const ends = events.filter((event) => event.type === "end");
  if (last?.type !== "end" || ends.length !== 1) throw new Error(`${ends.length} ends`);
  return { text: joined("text"), thought: joined("thought"), calls: last.calls, end: last.end };
}
