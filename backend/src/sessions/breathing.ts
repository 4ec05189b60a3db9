/** Long work that is done piece by piece leaves room between the pieces: nobody else waits for its end. */
import { setImmediate as breathe } from "node:timers/promises";

const mostPieces = 200;
const mostMs = 10;

/** One for each long work. */
export class Breathing {
  #pieces = 0;
  #sinceMs = performance.now();

  /** Whether it is time to let others go first; then `breathe`. */
  get isDue(): boolean {
    this.#pieces += 1;
    return this.#pieces >= mostPieces || performance.now() - this.#sinceMs >= mostMs;
  }

  /** Lets all that waits go first. */
  async breathe(): Promise<void> {
    await breathe();
    this.#pieces = 0;
    this.#sinceMs = performance.now();
  }
}
