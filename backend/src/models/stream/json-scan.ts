/** Follows a JSON object that arrives in pieces, so that its end is known without reading it again each time. */

const quote = 34;
const backslash = 92;
const openings: ReadonlySet<number> = new Set([91, 123]);
const closings: ReadonlySet<number> = new Set([93, 125]);

/** Knows brackets and strings only: whether what stands between them is JSON is for a parser to say. */
export class JsonScan {
  #depth = 0;
  #hasBegun = false;
  #isInString = false;
  #isEscaped = false;

  /** Every bracket that was opened is closed, and there was one. */
  get isComplete(): boolean {
    return this.#hasBegun && this.#depth === 0 && !this.#isInString;
  }

  take(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#takeCode(text.charCodeAt(index));
  }

  #takeCode(code: number): void {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === backslash) this.#isEscaped = true;
      else if (code === quote) this.#isInString = false;
      return;
    }
    if (code === quote) this.#isInString = true;
    else if (openings.has(code)) {
      this.#hasBegun = true;
      this.#depth += 1;
    } else if (closings.has(code)) this.#depth -= 1;
  }
}
