/** Where the audit log lies, and how its lines are read from either end without holding it whole. */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { systemErrorCode } from "../../workspace/workspace-error.ts";

/** How many entries were written and the hash of the last: kept apart, so that a log that was cut at its end is found out. */
export const AuditHead = z.object({
  version: z.literal(1),
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditHead = z.infer<typeof AuditHead>;

/** The two files of a state folder. */
export function auditPaths(directory: string): { readonly log: string; readonly head: string } {
  return { log: join(directory, "audit.jsonl"), head: join(directory, "audit-head.json") };
}

export interface AuditLine {
  /** Without its newline. */
  readonly text: string;
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** False: nothing ends it; it was being written, or was torn. */
  readonly isComplete: boolean;
}

const newline = 10;
const blockBytes = 65_536;
/** No entry is nearly as long: what has no newline for so long is not kept in memory to look for one. */
const longestLineBytes = 1_000_000;

/** Bytes of a file, 0 when there is none. */
export async function fileSize(path: string): Promise<number> {
  const handle = await openIfPresent(path);
  if (handle === null) return 0;
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** The bytes of a log up to its last whole line, also while a server adds to it. */
export async function* exportAudit(path: string): AsyncGenerator<Uint8Array> {
  const size = await fileSize(path);
  for await (const line of linesBackward(path, size)) {
    const end = line.isComplete ? size : line.offset;
    if (end > 0) yield* createReadStream(path, { end: end - 1 });
    return;
  }
}

/** All lines of the first `size` bytes, in order. */
export async function* linesForward(path: string, size: number): AsyncGenerator<AuditLine> {
  if (size === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const data of createReadStream(path, { end: size - 1, highWaterMark: blockBytes })) {
    const block: Buffer = Buffer.concat([rest, data]);
    let start = 0;
    for (let end = block.indexOf(newline); end !== -1; end = block.indexOf(newline, start)) {
      yield { text: block.toString("utf8", start, end), offset, isComplete: true };
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = block.subarray(start);
    if (rest.byteLength <= longestLineBytes) continue;
    yield { text: "", offset, isComplete: true };
    offset += rest.byteLength;
    rest = Buffer.alloc(0);
  }
  if (rest.byteLength > 0) yield { text: rest.toString("utf8"), offset, isComplete: false };
}

/** The lines of the first `size` bytes, the last one first. */
export async function* linesBackward(path: string, size: number): AsyncGenerator<AuditLine> {
  const handle = await openIfPresent(path);
  if (handle === null) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let isLast = true;
    for (let start = size; start > 0; ) {
      const length = Math.min(blockBytes, start);
      start -= length;
      const block: Buffer = Buffer.concat([await readBlock(handle, start, length), rest]);
      let end = block.byteLength;
      for (let at = lastNewline(block, end); at !== -1; at = lastNewline(block, end)) {
        const line = { text: block.toString("utf8", at + 1, end), offset: start + at + 1 };
        // The newline at the very end is followed by no line.
        if (!isLast || line.text !== "") yield { ...line, isComplete: !isLast };
        isLast = false;
        end = at;
      }
      rest = block.byteLength > longestLineBytes ? Buffer.alloc(0) : block.subarray(0, end);
    }
    if (rest.byteLength > 0) yield { text: rest.toString("utf8"), offset: 0, isComplete: !isLast };
  } finally {
    await handle.close();
  }
}

function lastNewline(block: Buffer, end: number): number {
  return end === 0 ? -1 : block.lastIndexOf(newline, end - 1);
}

async function readBlock(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const block = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(block, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return block.subarray(0, filled);
}

async function openIfPresent(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}
