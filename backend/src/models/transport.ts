/** The HTTP client for model endpoints, loaded on first use. It waits without end: slow local models think for minutes, and the callers have timers. */
import { pipeline, type Readable } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";

/** The standard's `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** What an endpoint sends back, from its headers on. */
export interface PostResponse {
  readonly status: number;
  readonly headers: Headers;
  /** As the socket brings it, but uncompressed: the standard's stream costs a hundred responses at once a tenth of the server's time. */
  readonly body: Readable;
}

/** Posts a body, and resolves with the headers of the response. Rejects as the connection does; `signal` also ends the body. */
export type Post = (
  address: string,
  request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal | undefined;
  },
) => Promise<PostResponse>;

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

/** The same pool, for responses that are read while they come. */
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
    post: async (address, { headers, body, signal }) => {
      const named = { ...ownHeaders, ...headers };
      return responseOf(await request(address, { method: "POST", headers: named, body, signal, dispatcher }));
    },
  };
}

function responseOf({ statusCode, headers, body }: Dispatcher.ResponseData): PostResponse {
  const listed = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? ""]).map((each): [string, string] => [name, each]),
  );
  const readable = new Headers(listed);
  const encodings = encodingsOf(readable);
  if (encodings !== null) return { status: statusCode, headers: readable, body: plainBody(body, encodings) };
  // A refusal tells enough by its status.
  if (statusCode > 299) return { status: statusCode, headers: readable, body };
  // Given up before anybody listens.
  body.on("error", () => undefined).destroy();
  const named = readable.get("content-encoding")?.slice(0, 50);
  throw new Error(`The response is compressed as "${named}", which cannot be read.`);
}

/** More of them, one around the other, are there to blow up a little into very much. */
const mostEncodings = 2;
/** Each tells what it has whenever the other side flushes: an answer is read while it comes. */
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};
const decoders = {
  gzip: () => createGunzip(zlibOptions),
  "x-gzip": () => createGunzip(zlibOptions),
  deflate: () => createInflate(zlibOptions),
  br: () => createBrotliDecompress(brotliOptions),
} as const;

type Encoding = keyof typeof decoders;

/** How the body is compressed, the last first to be undone; null: as nobody here can read. */
function encodingsOf(headers: Headers): readonly Encoding[] | null {
  const named = headers.get("content-encoding")?.toLowerCase().split(",") ?? [];
  const encodings = named.map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
  return encodings.length <= mostEncodings && encodings.every(isEncoding) ? encodings : null;
}

function isEncoding(name: string): name is Encoding {
  return Object.hasOwn(decoders, name);
}

/** The body as it was before it was compressed, for those that compress unasked. */
function plainBody(body: Readable, encodings: readonly Encoding[]): Readable {
  return encodings.reduceRight(unpacked, body);
}

/** A fault of either stream ends both; what comes behind the compressed data is not waited for. */
function unpacked(packed: Readable, encoding: Encoding): Readable {
  const decoder = decoders[encoding]();
  decoder.once("end", () => packed.destroy());
  return pipeline(packed, decoder, () => undefined);
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
