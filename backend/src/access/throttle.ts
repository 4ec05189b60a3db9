/** Slows down guessing: a token bucket for each client and one for all together, in a bounded table. */
import { isIPv6 } from "node:net";

interface Bucket {
  tries: number;
  at: number;
}

export interface ThrottleOptions {
  /** Failed tries that one client, and all together, have at hand; null: nobody pays for what others try. */
  readonly perClient: number;
  readonly total: number | null;
  /** In which time a spent supply grows back. */
  readonly windowMs: number;
  readonly maxClients: number;
  readonly now?: () => number;
}

/** Counts failed tries. A client is held up when its own supply, or everybody's, is spent. */
export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #clients = new Map<string, Bucket>();
  readonly #all: Bucket = { tries: 0, at: 0 };

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** How many milliseconds this client must wait before its next try; 0: none. */
  waitMs(client: string): number {
    const { perClient, total } = this.#options;
    const own = this.#clients.get(client);
    return Math.max(
      own === undefined ? 0 : this.#waitOf(own, perClient),
      total === null ? 0 : this.#waitOf(this.#all, total),
    );
  }

  /**
   * Takes one try: 0, or how many milliseconds to wait, and then nothing was taken. It is counted before its outcome is
   * known, so that many at once do not slip through; a good one is given back.
   */
  take(client: string): number {
    const waitMs = this.waitMs(client);
    if (waitMs === 0) this.fail(client);
    return waitMs;
  }

  /** The try that was taken was no guess. */
  giveBack(client: string): void {
    for (const bucket of [this.#clients.get(client), this.#all]) {
      if (bucket !== undefined) bucket.tries = Math.max(0, bucket.tries - 1);
    }
  }

  /** Notes a failed try. */
  fail(client: string): void {
    const own = this.#clients.get(client) ?? { tries: 0, at: this.#now() };
    this.#clients.delete(client);
    this.#clients.set(client, own);
    this.#spend(own, this.#options.perClient);
    if (this.#options.total !== null) this.#spend(this.#all, this.#options.total);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > this.#options.maxClients && oldest !== undefined) this.#clients.delete(oldest);
  }

  /** Clients that are remembered now. */
  get size(): number {
    return this.#clients.size;
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now();
  }

  #spent(bucket: Bucket, supply: number): number {
    const grownBack = ((this.#now() - bucket.at) / this.#options.windowMs) * supply;
    return Math.max(0, bucket.tries - grownBack);
  }

  #spend(bucket: Bucket, supply: number): void {
    bucket.tries = this.#spent(bucket, supply) + 1;
    bucket.at = this.#now();
  }

  #waitOf(bucket: Bucket, supply: number): number {
    const missing = this.#spent(bucket, supply) + 1 - supply;
    return missing <= 0 ? 0 : Math.ceil((missing / supply) * this.#options.windowMs);
  }
}

/** Wrong codes: ten a minute for one client, sixty for all together. */
export const codeLimits: ThrottleOptions = { perClient: 10, total: 60, windowMs: 60_000, maxClients: 1_000 };

/** Wrong proofs of a device that is in: ten a minute, whatever strangers do meanwhile. */
export const proofLimits: ThrottleOptions = { ...codeLimits, total: null };

/** Tokens that nobody knows: a browser with an old cookie asks often, before it says that it must be paired anew. */
export const tokenLimits: ThrottleOptions = { ...codeLimits, perClient: 60, total: null };

/** Under which name an address is counted: whoever has an IPv6 network has all of its /64, and IPv4 has one spelling. */
export function clientKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d{1,3}(?:\.\d{1,3}){3}$)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
