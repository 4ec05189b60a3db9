/** Reads a file line by line without ever holding it whole. */
import { createReadStream } from "node:fs";

export interface Line {
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** Without its newline. */
  readonly bytes: Buffer;
  /** Its newline was there. */
  readonly isComplete: boolean;
}

const newline = 10;

/** The lines between two byte offsets, in batches; an empty range opens no file. Throws when the file cannot be read. */
export async function* readLines(
  path: string,
  range: { start: number; end: number },
): AsyncGenerator<Line[]> {
  if (range.end <= range.start) return;
  const stream = createReadStream(path, { start: range.start, end: range.end - 1, highWaterMark: 262_144 });
  let offset = range.start;
  let pending: Buffer[] = [];
  try {
    for await (const data of stream) {
      const chunk: Buffer = data;
      const lines: Line[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        const bytes = joined(pending, chunk.subarray(start, end));
        lines.push({ offset, bytes, isComplete: true });
        offset += bytes.byteLength + 1;
        pending = [];
        start = end + 1;
      }
      if (start < chunk.byteLength) pending.push(chunk.subarray(start));
      yield lines;
    }
  } finally {
    stream.destroy();
  }
  if (pending.length > 0) yield [{ offset, bytes: Buffer.concat(pending), isComplete: false }];
}

function joined(parts: readonly Buffer[], last: Buffer): Buffer {
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}
