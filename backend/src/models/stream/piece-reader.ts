/** Reads a body piece by piece, while it comes. */
import type { Readable } from "node:stream";

/** So many wait at most before the other end is asked to. */
const mostWaiting = 16;

/** The only reader of a body. */
export class PieceReader {
  readonly #body: Readable;
  #waiting: Uint8Array[] = [];
  #isOver = false;
  #failure: unknown = null;
  #wake: (() => void) | null = null;

  constructor(body: Readable) {
    this.#body = body;
    body.on("data", (piece: Uint8Array) => {
      this.#waiting.push(piece);
      if (this.#waiting.length >= mostWaiting) body.pause();
      this.#wake?.();
    });
    body.once("error", (error) => this.#end(error));
    // Also without an end, as when it was destroyed without a reason.
    body.once("close", () => this.#end(null));
    body.once("end", () => this.#end(null));
  }

  /** The next piece; null at the end. Rejects as the connection does, after what had come. Calls must not overlap. */
  async read(): Promise<Uint8Array | null> {
    while (this.#waiting.length === 0 && !this.#isOver)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = null;
    const piece = this.#waiting.shift();
    if (this.#waiting.length === 0 && this.#body.isPaused()) this.#body.resume();
    if (piece !== undefined) return piece;
    if (this.#failure !== null) throw this.#failure;
    return null;
  }

  #end(failure: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#wake?.();
  }
}
