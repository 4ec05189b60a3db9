/** How many tokens of an endpoint one estimated token is: learned from what it says it was sent. */

const least = 0.4;
const most = 3;
/** A change smaller than this is none: the cuts of a request stay where they are. */
const step = 0.05;

/** One for each session and model. */
export class TokenFactor {
  #value: number | null = null;

  /** 1 until something is known. */
  get value(): number {
    return this.#value ?? 1;
  }

  /** Takes in what a request was estimated at and what it had. Grows at once, shrinks by halves. */
  learn(estimated: number, actual: number): void {
    if (estimated < 200 || actual <= 0) return;
    const seen = Math.min(most, Math.max(least, actual / estimated));
    const next = seen >= this.value || this.#value === null ? seen : (this.value + seen) / 2;
    if (this.#value === null || Math.abs(next - this.value) >= step) this.#value = next;
  }
}
