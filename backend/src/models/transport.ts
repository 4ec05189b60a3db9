/** The HTTP client for model endpoints, loaded on first use. It waits without end: slow local models think for minutes, and the callers have timers. */
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/** The standard's `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** What an endpoint says to a question. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As the socket brings it: the standard's stream costs a hundred answers at once a tenth of the server's time. */
  readonly body: Readable;
}

/** Asks with a body, and resolves with the headers of the answer. Rejects as the connection does; `signal` also ends the body. */
export type Post = (
  address: string,
  question: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal | undefined;
  },
) => Promise<Answer>;

const connectTimeoutMs = 8_000;

interface HttpClient {
  readonly fetch: Fetch;
  readonly post: Post;
}

let loaded: HttpClient | null = null;

/** One connection pool for all providers. Redirects are not followed, so that a key reaches no other origin. */
export async function loadFetch(): Promise<Fetch> {
  return (await load()).fetch;
}

/** The same pool, for answers that are read while they come. */
export async function loadPost(): Promise<Post> {
  return (await load()).post;
}

async function load(): Promise<HttpClient> {
  const undici = await import("undici");
  loaded ??= createClient(undici);
  return loaded;
}

function createClient({ Agent, fetch, request }: typeof import("undici")): HttpClient {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: connectTimeoutMs } });
  const send = (address: string, init: object) => fetch(address, { ...init, redirect: "manual", dispatcher });
  return {
    // The package's own Response differs from Node's in type only: both implement the fetch standard.
    fetch: send as unknown as Fetch,
    post: async (address, { headers, ...question }) => {
      const plain = { ...headers, "accept-encoding": "identity" };
      const sent = { ...question, method: "POST", headers: plain, dispatcher } as const;
      return answerOf(await request(address, sent));
    },
  };
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  const listed = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((each): [string, string] => [name, each]),
  );
  return { status: statusCode, headers: new Headers(listed), body };
}

/** The body as text, at most `limit` bytes of it; null when it is longer. */
export async function readBounded(
  { body }: { readonly body: AsyncIterable<Uint8Array> | null },
  limit: number,
): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
