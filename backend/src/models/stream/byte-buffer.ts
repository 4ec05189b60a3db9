/** Bytes in the making, in one block however small the pieces are that they come in. */

const firstCapacity = 4_096;

/** Grows by doubling; `clear` keeps a small block for the next use. */
export class ByteBuffer {
  #bytes = Buffer.allocUnsafe(firstCapacity);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.byteLength;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  text(): string {
    return this.#bytes.toString("utf8", 0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > 1024 * 1024) this.#bytes = Buffer.allocUnsafe(firstCapacity);
  }
}
