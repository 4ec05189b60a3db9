/** Frames that wait for their reader, taken in portions. */

/** First in, first out; knows how many bytes wait. */
export class FrameBuffer {
  #frames: Buffer[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait for more than the frame whose turn it is. */
  get bytesBehindFirst(): number {
    return this.#bytes - (this.#frames[0]?.length ?? 0);
  }

  add(frame: Buffer): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** Takes whole frames as far as they fit; of a first one that does not, its beginning. */
  take(maxBytes: number): Buffer {
    const [first] = this.#frames;
    if (first === undefined) return Buffer.alloc(0);
    if (first.length > maxBytes) {
      this.#frames[0] = first.subarray(maxBytes);
      this.#bytes -= maxBytes;
      return first.subarray(0, maxBytes);
    }
    let [count, bytes] = [0, 0];
    for (const frame of this.#frames) {
      if (bytes + frame.length > maxBytes) break;
      count += 1;
      bytes += frame.length;
    }
    this.#bytes -= bytes;
    return Buffer.concat(this.#frames.splice(0, count));
  }

  takeAll(): Buffer {
    const all = Buffer.concat(this.#frames);
    this.#frames = [];
    this.#bytes = 0;
    return all;
  }
}
