/** Where in a log's file to begin reading for a position: one entry for every 256 kB or so. */

import type { LogPlaces } from "./log-pages.ts";

interface IndexEntry {
  readonly seq: number;
  readonly offset: number;
}

const spacingBytes = 262_144;

/** Grows with the log; entries are in order. */
export class LogIndex implements LogPlaces {
  readonly #entries: IndexEntry[] = [];

  /** Tells of a line as it is read or written; most are not kept. */
  note(entry: IndexEntry): void {
    const last = this.#entries.at(-1);
    if (last === undefined || entry.offset - last.offset >= spacingBytes) this.#entries.push(entry);
  }

  offsetFor(seq: number): number {
    return this.#entries[this.#placeOf(seq)]?.offset ?? 0;
  }

  seqBefore(seq: number, steps: number): number {
    return this.#entries[this.#placeOf(seq) - steps]?.seq ?? 1;
  }

  #placeOf(seq: number): number {
    return this.#entries.findLastIndex((entry) => entry.seq <= seq);
  }
}
