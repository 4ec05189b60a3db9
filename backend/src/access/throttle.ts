/** Slows down guessing: a token bucket for each client and one for all together, in a bounded table. */

interface Bucket {
  tries: number;
  at: number;
}

export interface ThrottleOptions {
  /** Failed tries that one client, and all together, have at hand. */
  readonly perClient: number;
  readonly total: number;
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
    return Math.max(own === undefined ? 0 : this.#waitOf(own, perClient), this.#waitOf(this.#all, total));
  }

  /** Notes a failed try. */
  fail(client: string): void {
    const own = this.#clients.get(client) ?? { tries: 0, at: this.#now() };
    this.#clients.delete(client);
    this.#clients.set(client, own);
    this.#spend(own, this.#options.perClient);
    this.#spend(this.#all, this.#options.total);
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
