/**
 * Opens the response stream of one chat completion through the `openai` package, which is loaded on first use: it knows the
 * address and the form of a request. Headers, limits, retries and the reading are ours, so the body goes past it.
 */
import type { ClientOptions, OpenAI } from "openai";
import { type Fault, faultOfConnection, faultOfResponse } from "./model-errors.ts";
import { type ModelProvider, providerHeaders, requestAddress } from "./provider.ts";
import type { ChatBody } from "./request/chat-body.ts";
import { PieceReader } from "./stream/piece-reader.ts";
import { loadPost, type Post, type PostResponse, readBounded } from "./transport.ts";

export type OpenedStream =
  | { readonly type: "open"; readonly body: PieceReader }
  | { readonly type: "fault"; readonly fault: Fault };

/** As long as a timer can be: the callers have their own, which know of more than headers. */
const noTimeoutMs = 2 ** 31 - 1;
const longestErrorBodyBytes = 256 * 1024;

/** The package hands a response on as it got it; the bytes that belong to it are beside it. */
const bodies = new WeakMap<Response, PieceReader>();

/** Never throws; an abort is a fault too, which the caller knows better than to show. */
export async function openChatStream(
  provider: ModelProvider,
  body: ChatBody,
  signal: AbortSignal,
): Promise<OpenedStream> {
  try {
    const client = await clientOf(provider);
    // The package's type of a body lists what OpenAI itself takes; ours is that, with read-only lists.
    const sent = body as unknown as Parameters<typeof client.chat.completions.create>[0];
    const response = await client.chat.completions.create(sent, { signal }).asResponse();
    const pieces = bodies.get(response);
    if (pieces === undefined) throw new Error("The response has no body.");
    return { type: "open", body: pieces };
  } catch (error) {
    return { type: "fault", fault: refusalIn(error) ?? faultOfConnection(error, provider.name) };
  }
}

const clients = new WeakMap<ModelProvider, OpenAI>();

async function clientOf(provider: ModelProvider): Promise<OpenAI> {
  const [{ OpenAI }, post] = await Promise.all([import("openai"), loadPost()]);
  const client = clients.get(provider) ?? new OpenAI(clientOptions(provider, post));
  clients.set(provider, client);
  return client;
}

/** Nothing is taken from the environment: its keys and headers belong to another service. */
function clientOptions(provider: ModelProvider, post: Post): ClientOptions {
  return {
    baseURL: provider.baseUrl,
    apiKey: "unused",
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: noTimeoutMs,
    fetch: (address, init) => sendOwn(post, provider, { address: String(address), init }),
  };
}

interface Sending {
  readonly address: string;
  readonly init: RequestInit | undefined;
}

/** Carries the fault of a response that is not 2xx through the package, which would read the body without our limit. */
class EndpointRefusal extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super("The endpoint refused the request.");
    this.fault = fault;
  }
}

async function sendOwn(post: Post, provider: ModelProvider, { address, init }: Sending): Promise<Response> {
  const received = await post(requestAddress(provider, address), {
    headers: requestHeaders(provider),
    body: String(init?.body),
    signal: init?.signal ?? undefined,
  });
  if (received.status < 200 || received.status > 299)
    throw new EndpointRefusal(await responseFault(provider, received));
  const response = new Response(null, { status: received.status, headers: received.headers });
  bodies.set(response, new PieceReader(received.body));
  return response;
}

function refusalIn(error: unknown): Fault | null {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof EndpointRefusal ? cause.fault : null;
}

/** All the headers that are sent: the package's own would tell the endpoint about this machine. */
function requestHeaders(provider: ModelProvider): Record<string, string> {
  return { "content-type": "application/json", accept: "text/event-stream", ...providerHeaders(provider) };
}

async function responseFault(provider: ModelProvider, received: PostResponse): Promise<Fault> {
  const { status, headers } = received;
  const text = (await readBounded(received, longestErrorBodyBytes)) ?? "";
  return faultOfResponse({ status, headers, text, provider: provider.name });
}
