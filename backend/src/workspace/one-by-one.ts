/** Work that must not overlap: each piece begins when the one before it is over. */

/** One for each thing that is changed one by one. */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work once all that came before it is over; resolves and rejects as the work does. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // Each caller hears of its own failure; the next one must not inherit it.
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves once all that came before is over. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
