/**
 * gzip (RFC 1952) for a body that never ends. Each part is compressed by itself, at once and on this thread: nothing stays
 * behind, nothing waits for the disk's threads, and an open stream keeps no compressor. Small parts are stored as they are.
 */
import { constants, crc32, deflateRawSync } from "node:zlib";

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A block without content, as a sync flush ends with: readers such as Go's, which stand in proxies, hand on only there. */
const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff]);
/** A last block without content (RFC 1951, 3.2.4). */
const lastBlock = Buffer.from([1, 0, 0, 0xff, 0xff]);
/** Below it, as live events mostly are, compressing gains less than it takes. At most 65,535. */
const leastBytes = 1_024;
const options = { level: 4, finishFlush: constants.Z_SYNC_FLUSH };

/** One body; its parts are to be sent in the order in which they are made. */
export class StreamCompression {
  #checksum = 0;
  #length = 0;
  #hasBegun = false;

  /** The part as it goes over the wire: who has it can read all of it. */
  part(bytes: Buffer): Buffer {
    this.#checksum = crc32(bytes, this.#checksum);
    this.#length = (this.#length + bytes.length) % 2 ** 32;
    const blocks = bytes.length < leastBytes ? storedBlock(bytes) : [deflateRawSync(bytes, options)];
    const begin = this.#hasBegun ? [] : [header];
    this.#hasBegun = true;
    return Buffer.concat([...begin, ...blocks]);
  }

  /** The ending. */
  end(): Buffer {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#checksum, 0);
    trailer.writeUInt32LE(this.#length, 4);
    return Buffer.concat([...(this.#hasBegun ? [] : [header]), lastBlock, trailer]);
  }
}

function storedBlock(bytes: Buffer): readonly Buffer[] {
  if (bytes.length === 0) return [];
  const head = Buffer.alloc(5);
  head.writeUInt16LE(bytes.length, 1);
  head.writeUInt16LE(bytes.length ^ 0xffff, 3);
  return [head, bytes, emptyBlock];
}
