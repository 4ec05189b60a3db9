/** Parts of a text that may lie in each other, and whether a place lies in one of them. */
import type { TextSpan } from "../changes/text-matching.ts";

/** Spans in order of their beginnings. */
export class Scopes {
  readonly #starts: readonly number[];
  /** For each the farthest end of those up to it. */
  readonly #reaches: readonly number[];

  constructor(spans: readonly TextSpan[]) {
    let reach = -1;
    this.#starts = spans.map(({ start }) => start);
    this.#reaches = spans.map(({ end }) => {
      reach = Math.max(reach, end);
      return reach;
    });
  }

  /** Where the first begins. */
  get start(): number {
    return this.#starts[0] ?? 0;
  }

  /** The farthest end of those that begin at a position or before it; -1: none does. */
  reachAt(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return this.#reaches[low - 1] ?? -1;
  }
}
