/** Keeps the searched texts up with their logs behind everything else: no turn waits for it, and no search needs it. */
import { setTimeout as delay } from "node:timers/promises";

/** As long as a text took, so many times as long it rests: where many turns end at once, the others go on streaming. */
const restsTimes = 9;
const leastRestMs = 20;
/** A text of many megabytes takes seconds: the others do not wait for minutes. */
const mostRestMs = 5_000;

interface TextUpkeepOptions {
  /** Brings up the text of one session, and tells for how many milliseconds it worked, not waited; never rejects. */
  readonly bringUp: (id: string) => Promise<number>;
  /** Aborted: nothing more is begun. */
  readonly signal: AbortSignal;
  /** Waits for so many milliseconds, or until the signal; never rejects. Left out: by the clock. */
  readonly rest?: typeof restByClock;
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
    const { bringUp, signal, rest = restByClock } = this.#options;
    this.#isGoing = true;
    for (const id of this.#due) {
      if (signal.aborted) break;
      this.#due.delete(id);
      const tookMs = await bringUp(id);
      await rest(Math.min(Math.max(leastRestMs, restsTimes * tookMs), mostRestMs), signal);
    }
    this.#isGoing = false;
  }
}

async function restByClock(ms: number, signal: AbortSignal): Promise<void> {
  // Aborted: the loop ends.
  await delay(ms, undefined, { ref: false, signal }).catch(() => undefined);
}
