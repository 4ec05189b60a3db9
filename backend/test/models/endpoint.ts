/** A model endpoint on loopback that plays bytes, and what the client made of them. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Model, ModelEnd, ModelEvent, ModelRequest, ModelUsage } from "../../src/agent/model.ts";
import type { ResolvedModel } from "../../src/models/catalogue.ts";
import { type ChatModelOptions, createChatModel } from "../../src/models/chat-client.ts";
import type { ModelProvider } from "../../src/models/provider.ts";
import type { ModelEntry } from "../../src/protocol/catalogue.ts";
import type { StepMeta } from "../../src/protocol/session-update.ts";
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
  /** What came before the end, in order: neighbouring pieces of one kind joined. */
  readonly said: readonly string[];
  readonly text: string;
  readonly thought: string;
  readonly calls: readonly ModelCallMeta[];
  readonly end: ModelEnd;
  readonly usage: ModelUsage | null;
  readonly meta: StepMeta | null;
}

export const request: ModelRequest = {
  model: "default/m",
  messages: [{ role: "user", content: "Hi" }],
  tools: [],
};

export interface AskOptions extends ChatModelOptions {
  readonly signal?: AbortSignal;
  readonly request?: ModelRequest;
  readonly resolved?: Partial<ResolvedModel>;
}

/** Asks once and gathers the answer; fails when there is not exactly one end, last. */
export async function ask(asked: ModelProvider, options: AskOptions = {}): Promise<Answer> {
  const resolved = { provider: asked, model: "m", contextWindow: null, ...options.resolved };
  return answerFrom(createChatModel({ resolve: async () => resolved }, options), options);
}

/** The same of a model that is asked more than once. */
export async function answerFrom(model: Model, options: AskOptions = {}): Promise<Answer> {
  const events: ModelEvent[] = [];
  const signal = options.signal ?? new AbortController().signal;
  for await (const event of model.stream(options.request ?? request, signal)) events.push(event);
  return answerOf(events);
}

/** Throws unless the last event, and no other, is an end. */
export function answerOf(events: readonly ModelEvent[]): Answer {
  const said: string[] = [];
  for (const [index, event] of events.entries()) {
    if (event.type === "end") continue;
    if (event.type === "call_started") said.push("call");
    else if (events[index - 1]?.type === event.type) said[said.length - 1] += event.text;
    else said.push(`${event.type}: ${event.text}`);
  }
  const joined = (type: "text" | "thought") =>
    events.map((event) => (event.type === type ? event.text : "")).join("");
  const last = events.at(-1);
  const ends = events.filter((event) => event.type === "end");
  if (last?.type !== "end" || ends.length !== 1) throw new Error(`${ends.length} ends`);
  const { calls, end, usage, meta = null } = last;
  return { said, text: joined("text"), thought: joined("thought"), calls, end, usage, meta };
}

/** A model as the catalogue lists it, of which nothing is known but what is `told`. */
export function listedEntry(id: string, told: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id,
    name: id,
    contextWindow: null,
    outputLimit: null,
    images: null,
    tools: null,
    efforts: [],
    price: null,
    retired: false,
    ...told,
  };
}
