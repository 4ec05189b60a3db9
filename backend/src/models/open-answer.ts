/** An answer while it comes: pieces in, model events out, and one end whatever becomes of the connection. */
import type { ModelEndEvent, ModelEvent } from "../agent/model.ts";
import { type Fault, faultOfConnection } from "./model-errors.ts";
import type { IdleTimer } from "./stream/idle-timer.ts";
import type { PieceReader } from "./stream/piece-reader.ts";
import { StreamDecoder } from "./stream/stream-decoder.ts";

/** How long to wait for the end of a body after its last event, so that the connection can be used again. */
const drainMs = 1_000;

interface Hearing {
  /** `provider/model`. */
  readonly model: string;
  /** Named in problems. */
  readonly provider: string;
  readonly inlineThoughts: boolean;
  /** Is told whenever something came that counts. */
  readonly timer: IdleTimer;
}

/** One for each answer; calls must not overlap. */
export class OpenAnswer {
  readonly #reader: PieceReader;
  readonly #hearing: Hearing;
  readonly #decoder: StreamDecoder;
  #end: ModelEndEvent | null = null;

  constructor(reader: PieceReader, hearing: Hearing) {
    this.#reader = reader;
    this.#hearing = hearing;
    this.#decoder = new StreamDecoder(hearing);
  }

  /** The end; null before `next` has said null. */
  get end(): ModelEndEvent | null {
    return this.#end;
  }

  /** What the next piece says; null after the last. Never rejects. */
  async next(): Promise<readonly ModelEvent[] | null> {
    if (this.#end !== null) return null;
    let broken: Fault | null = null;
    try {
      const piece = this.#decoder.isOver ? null : await this.#reader.read();
      if (piece !== null) return this.#take(piece);
    } catch (error) {
      broken = brokenOff(error, this.#hearing.provider);
    }
    return this.#finish(broken);
  }

  /** Reads the rest, which is nothing or a few bytes; an endpoint that goes on sending is cut off. Never rejects. */
  async drain(upstream: AbortController): Promise<void> {
    const timer = setTimeout(() => upstream.abort(), drainMs);
    timer.unref();
    try {
      while ((await this.#reader.read()) !== null);
    } catch {
      // Cut off, by us or by the endpoint: the answer is what it is.
    } finally {
      clearTimeout(timer);
    }
  }

  #take(piece: Uint8Array): readonly ModelEvent[] {
    const before = this.#decoder.progress;
    const events = this.#decoder.push(piece);
    if (this.#decoder.progress > before) this.#hearing.timer.progress();
    return events;
  }

  #finish(broken: Fault | null): readonly ModelEvent[] {
    const { events, end } = this.#decoder.finish();
    const meta = { model: this.#hearing.model, ...this.#decoder.meta };
    this.#end = broken === null ? { ...end, meta } : { ...end, meta, calls: [], end: broken };
    return events;
  }
}

function brokenOff(error: unknown, provider: string): Fault {
  const found = faultOfConnection(error, provider);
  return { ...found, problem: { ...found.problem, code: "model_truncated" } };
}
