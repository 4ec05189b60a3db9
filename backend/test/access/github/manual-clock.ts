/** Time that stands still until the test moves it. */
import type { Clock } from "../../../src/access/github/clock.ts";

interface Waiting {
  readonly ms: number;
  readonly at: number;
  readonly resolve: () => void;
}

export class ManualClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);
  readonly #waiting: Waiting[] = [];
  #announce: ((ms: number) => void) | null = null;
  readonly #unannounced: number[] = [];

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#announce === null) this.#unannounced.push(ms);
    else this.#announce(ms);
    this.#announce = null;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ms, at: this.#now + ms, resolve });
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  /** Resolves once somebody waits, to how long that somebody wants to wait. */
  nextWait(): Promise<number> {
    const known = this.#unannounced.shift();
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  /** Lets so much time go by. */
  advance(ms: number): void {
    this.#now += ms;
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.at <= this.#now) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }
}
