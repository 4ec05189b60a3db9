/** Pages of a log that nobody has opened, from its end: only lines that a page needs are read, backwards, and checked. */
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { type Line, readLines } from "./line-stream.ts";
import { type LogPage, type LogPlaces, type LogRange, readPage } from "./log-pages.ts";
import { intactSeq } from "./log-scan.ts";

const partBytes = 262_144;
/** Further back than this, opening the log costs as little: it passes over text, which a page decodes. */
const maxTailBytes = 32_000_000;

/**
 * The newest events before a position, of complete lines up to `size`; the same page as of the opened log. Null when
 * that is not certain: a line on the way is damaged or missing, the position is far from the end, or the range has none.
 */
export async function readTailPage(path: string, size: number, range: LogRange): Promise<LogPage | null> {
  if (range.before === undefined || range.limit === undefined) return null;
  const index = new LogTail(path, size);
  try {
    return await readPage({ path, size, lastSeq: await index.lastSeq(), index }, range);
  } catch (error) {
    // Whoever opens the log says what is wrong with it.
    if (error instanceof UncertainTail || systemErrorCode(error) !== null) return null;
    throw error;
  }
}

class UncertainTail extends Error {
  override readonly name = "UncertainTail";
}

interface Place {
  readonly seq: number;
  readonly offset: number;
}

/** An index that grows backwards, as far as it is asked. Every line that it goes over is whole, and none is missing. */
class LogTail implements LogPlaces {
  readonly #path: string;
  readonly #size: number;
  /** The first line of each part, the newest part first. */
  readonly #places: Place[] = [];
  #lastSeq = 0;

  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
  }

  async lastSeq(): Promise<number> {
    if (this.#places.length === 0) await this.#reachBack();
    return this.#lastSeq;
  }

  offsetFor(seq: number): number {
    return this.#places.find((place) => place.seq <= seq)?.offset ?? 0;
  }

  async seqBefore(seq: number, steps: number): Promise<number> {
    const position = this.#places.findIndex((place) => place.seq <= seq);
    const found = position === -1 ? undefined : this.#places[position + steps];
    if (found !== undefined) return found.seq;
    if (this.#places.at(-1)?.offset === 0) return 1;
    await this.#reachBack();
    return this.seqBefore(seq, steps);
  }

  async #reachBack(): Promise<void> {
    const next = this.#places.at(-1);
    const lines = await this.#linesBefore(next?.offset ?? this.#size);
    let following = next?.seq ?? null;
    for (const { bytes, isComplete } of lines.toReversed()) {
      const seq = isComplete ? intactSeq(bytes) : null;
      if (seq === null || (following !== null && seq !== following - 1)) throw new UncertainTail();
      if (following === null) this.#lastSeq = seq;
      following = seq;
    }
    const offset = lines[0]?.offset;
    if (offset === undefined || following === null) throw new UncertainTail();
    if (offset === 0 && following !== 1) throw new UncertainTail();
    this.#places.push({ seq: following, offset });
  }

  /** About so many bytes of whole lines, however long one of them is. */
  async #linesBefore(end: number): Promise<readonly Line[]> {
    for (let bytes = partBytes; ; bytes *= 2) {
      const start = Math.max(0, end - bytes);
      if (this.#size - start > maxTailBytes) throw new UncertainTail();
      const lines: Line[] = [];
      for await (const batch of readLines(this.#path, { start, end })) lines.push(...batch);
      // The first one may have begun before.
      const whole = start === 0 ? lines : lines.slice(1);
      if (whole.length > 0 || start === 0) return whole;
    }
  }
}
