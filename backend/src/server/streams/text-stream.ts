/** An answer that is written piece by piece, as fast as it is read and no faster. */

const pieceCharacters = 64_000;

/** Begins to call back when the answer has to end before its end; returns how to stop that. */
type Tie = (close: () => void) => () => void;

/**
 * A response of these texts. When they fail in the middle, or it has to end, the connection breaks: half a file must not
 * look whole. `tie` is asked when somebody begins to read.
 */
export function textStream(
  texts: AsyncGenerator<string>,
  headers: Readonly<Record<string, string>>,
  tie: Tie,
): Response {
  return new Response(new ReadableStream<Uint8Array>(new TextSource(texts, tie), { highWaterMark: 0 }), {
    headers,
  });
}

/** What a stream of bytes asks for its pieces. */
class TextSource {
  readonly #texts: AsyncGenerator<string>;
  readonly #tie: Tie;
  readonly #encoder = new TextEncoder();
  #untie: (() => void) | null = null;
  #isOver = false;

  constructor(texts: AsyncGenerator<string>, tie: Tie) {
    this.#texts = texts;
    this.#tie = tie;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#untie ??= this.#tie(() => this.#break(controller));
    try {
      await this.#writePiece(controller);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async cancel(): Promise<void> {
    this.#end();
    await this.#texts.return(undefined);
  }

  async #writePiece(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let piece = "";
    let isLast = false;
    while (piece.length < pieceCharacters && !isLast) {
      const next = await this.#texts.next();
      if (this.#isOver) return;
      if (next.done === true) isLast = true;
      else piece += next.value;
    }
    if (piece !== "") controller.enqueue(this.#encoder.encode(piece));
    if (!isLast) return;
    this.#end();
    controller.close();
  }

  #break(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#isOver) return;
    this.#end();
    controller.error(new Error("The answer had to end before its end."));
    // What it was reading is closed when that is done; whether it fails then is nobody's concern any more.
    this.#texts.return(undefined).catch(() => undefined);
  }

  #end(): void {
    this.#isOver = true;
    this.#untie?.();
  }
}
