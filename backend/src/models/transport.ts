/** The HTTP client for model endpoints, loaded on first use. It waits without end: slow local models think for minutes, and the callers have timers. */
import { pipeline, type Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";

/** The standard's `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** What an endpoint says to a question. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As the socket brings it, but uncompressed: the standard's stream costs a hundred answers at once a tenth of the server's time. */
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

/** The name that the package's `fetch` gives, since some endpoints refuse who has none; and that nothing need be compressed. */
const ownHeaders = { "user-agent": "undici", "accept-encoding": "identity" };

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
      const named = { ...ownHeaders, ...headers };
      const sent = { ...question, method: "POST", headers: named, dispatcher } as const;
      return answerOf(await request(address, sent));
    },
  };
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  const listed = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((each): [string, string] => [name, each]),
  );
  const readable = new Headers(listed);
  return { status: statusCode, headers: readable, body: plainBody(body, readable.get("content-encoding")) };
}

/** The body as it was before it was compressed, for those that compress unasked. A fault of either stream ends both. */
function plainBody(body: Readable, encoding: string | null): Readable {
  const decoder = decoderOf(encoding?.trim().toLowerCase());
  return decoder === null ? body : pipeline(body, decoder, () => undefined);
}

/** Says what it has at each flush of the other side: an answer is read while it comes. */
function decoderOf(encoding: string | undefined): Transform | null {
  const flushing = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip(flushing);
    case "deflate":
      return createInflate(flushing);
    case "br":
      return createBrotliDecompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      });
    default:
      return null;
  }
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
