/** The beat of all sessions of a server: where many stream at once, what they say is written together, and told together. */

/** Half a frame (16 ms), and under the pause between the tokens of a model that writes 100 a second. */
export const beatMs = 8;
/** Who are this few in a beat disturb nobody: each of them writes when it likes. */
const freeInBeat = 4;

/** One for each server; a gathering that shares it with nobody is alone with its own pace. */
export class SharedBeat {
  readonly #waiting = new Set<() => void>();
  /** Calls off the next common write; null: none is planned. */
  #cancel: (() => void) | null = null;
  #beganMs = Number.NEGATIVE_INFINITY;
  #writtenCount = 0;

  /** Whether one more may write at this very moment; it is then taken to have done so. */
  isFree(): boolean {
    const nowMs = performance.now();
    // After a crowded beat all that this turn of the loop brings is written together, until fewer come.
    if (this.#isCrowded) return false;
    if (nowMs - this.#beganMs >= beatMs) this.#begin(nowMs, 0);
    this.#writtenCount += 1;
    return true;
  }

  /** Calls back once, with all the others that wait: after `waitMs`, when nobody waits yet and the beat is not crowded. */
  join(write: () => void, waitMs: number): void {
    this.#waiting.add(write);
    this.#cancel ??= this.#plan(Math.max(waitMs, this.#leftMs()));
  }

  /** That one needs no call any more. */
  leave(write: () => void): void {
    this.#waiting.delete(write);
    if (this.#waiting.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
  }

  get #isCrowded(): boolean {
    return this.#writtenCount >= freeInBeat;
  }

  /** Until a crowded beat is over; it may be long ago. */
  #leftMs(): number {
    return this.#isCrowded ? Math.max(0, this.#beganMs + beatMs - performance.now()) : 0;
  }

  #plan(waitMs: number): () => void {
    const writeAll = (): void => this.#writeAll();
    if (waitMs === 0) {
      const immediate = setImmediate(writeAll);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(writeAll, waitMs);
    return () => clearTimeout(timer);
  }

  #begin(nowMs: number, writtenCount: number): void {
    this.#beganMs = nowMs;
    this.#writtenCount = writtenCount;
  }

  #writeAll(): void {
    this.#cancel = null;
    const writing = [...this.#waiting];
    this.#waiting.clear();
    this.#begin(performance.now(), writing.length);
    for (const write of writing) write();
  }
}
