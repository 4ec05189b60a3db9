/** Keeps the searched texts up with their logs behind everything else: no turn waits for it, and no search needs it. */
import { setTimeout as rest } from "node:timers/promises";

/** As long as a text took, so many times as long it rests: where many turns end at once, the others go on streaming. */
const restsTimes = 9;
const leastRestMs = 20;

interface TextUpkeepOptions {
  /** Brings up the text of one session; never rejects. */
  readonly bringUp: (id: string) => Promise<void>;
  /** Aborted: nothing more is begun. */
  readonly signal: AbortSignal;
}

/** One text after another, each once, however often it was asked for meanwhile. */
export class TextUpkeep {
  readonly #options: TextUpkeepOptions;
  readonly #due = new Set<string>();
  #isGoing = false;

  constructor(options: TextUpkeepOptions) {
    this.#options = options;
  }

  /** Asks for a session's text. */
  add(id: string): void {
    this.#due.add(id);
    if (!this.#isGoing) void this.#go();
  }

  async #go(): Promise<void> {
    const { bringUp, signal } = this.#options;
    this.#isGoing = true;
    for (const id of this.#due) {
      if (signal.aborted) break;
      this.#due.delete(id);
      const beganMs = performance.now();
      await bringUp(id);
      const restMs = Math.max(leastRestMs, restsTimes * (performance.now() - beganMs));
      // Aborted: the loop ends.
      await rest(restMs, undefined, { ref: false, signal }).catch(() => undefined);
    }
    this.#isGoing = false;
  }
}
