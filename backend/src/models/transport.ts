/** The HTTP client for model endpoints, loaded on first use. It waits without end: slow local models think for minutes, and the callers have timers. */

/** The standard's `fetch`. */
export type Fetch = typeof globalThis.fetch;

const connectTimeoutMs = 8_000;

let loaded: Fetch | null = null;

/** One connection pool for all providers. Redirects are not followed, so that a key reaches no other origin. */
export async function loadFetch(): Promise<Fetch> {
  const undici = await import("undici");
  loaded ??= createFetch(undici);
  return loaded;
}

function createFetch({ Agent, fetch }: typeof import("undici")): Fetch {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: connectTimeoutMs } });
  const send = (address: string, init: object) => fetch(address, { ...init, redirect: "manual", dispatcher });
  // The package's own Response differs from Node's in type only: both implement the fetch standard.
  return send as unknown as Fetch;
}

/** The body as text, at most `limit` bytes of it; null when it is longer. */
export async function readBounded(response: Response, limit: number): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
