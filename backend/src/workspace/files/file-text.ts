/** Files as text for a model: what kind of file it is, its lines in bounded memory, and its hash. */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { WorkspaceError } from "../workspace-error.ts";
import { openFile } from "./open-file.ts";

/** Files up to this size are hashed and can be edited; larger ones can be read in ranges near their beginning. */
const largestWholeFile = 10_000_000;
const scanLimit = 64_000_000;
const pieceSize = 262_144;
/** Files of the system's own say that they are empty. */
const smallestPiece = 8_192;
const byteOrderMark = "\uFEFF";

/** A whole file with the mode to write it back with. */
export interface FileBytes {
  readonly bytes: Buffer;
  readonly hash: string;
  /** Permission bits. */
  readonly mode: number;
}

/** SHA-256 in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Reads a regular file whole. `absolute` is resolved. Throws WorkspaceError as `openFile`, and `too_large` for more than `longest` bytes. */
export async function readBytes(absolute: string, longest = largestWholeFile): Promise<FileBytes> {
  const { handle, status } = await openFile(absolute);
  try {
    if (status.size > longest) throw tooLarge(absolute, status.size);
    const bytes = await readUpTo(handle, longest + 1);
    if (bytes.length > longest) throw tooLarge(absolute, bytes.length);
    return { bytes, hash: hashOf(bytes), mode: status.mode & 0o7777 };
  } finally {
    await handle.close();
  }
}

function tooLarge(absolute: string, size: number): WorkspaceError {
  return new WorkspaceError(
    "too_large",
    `${absolute} is too large to be edited or replaced (${sizeText(size)}).`,
  );
}

async function readUpTo(handle: FileHandle, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let position = 0; position < limit; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceSize, limit - position));
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
  return Buffer.concat(pieces);
}

export interface LineRange {
  /** 1-based. */
  readonly from: number;
  readonly lineLimit: number;
  readonly byteLimit: number;
  /** Characters of one line that are kept. */
  readonly lineLength: number;
}

export interface FileLines {
  /** Lines of the range, without their ends; cut lines end with a note of how much was cut. */
  readonly lines: readonly string[];
  /** Lines in the file; when `isCounted` is false, lines until the reading stopped. */
  readonly total: number;
  readonly isCounted: boolean;
  readonly size: number;
  /** Null for a file that is too large to be hashed. */
  readonly hash: string | null;
  /** The file as it was read; null where it is larger than one piece. */
  readonly bytes: Buffer | null;
}

export type ReadLines =
  | ({ readonly type: "text" } & FileLines)
  | { readonly type: "binary"; readonly kind: string; readonly size: number };

/** Reads a range of lines; memory is bounded by the range, whatever the file. Throws WorkspaceError as `openFile`. */
export async function readLines(absolute: string, range: LineRange): Promise<ReadLines> {
  const { handle, status } = await openFile(absolute);
  const { size } = status;
  try {
    const piece = Buffer.allocUnsafe(Math.max(smallestPiece, Math.min(pieceSize, size)));
    const { bytesRead } = await handle.read(piece, 0, piece.length, 0);
    const kind = binaryKind(piece.subarray(0, bytesRead));
    if (kind !== null) return { type: "binary", kind, size };
    return { type: "text", ...(await scan(handle, { range, size, piece, bytesRead })) };
  } finally {
    await handle.close();
  }
}

interface Scan {
  readonly range: LineRange;
  readonly size: number;
  /** Holds the file's first bytes, and then one part after the other. */
  readonly piece: Buffer;
  readonly bytesRead: number;
}

async function scan(handle: FileHandle, { range, size, piece, ...first }: Scan): Promise<FileLines> {
  const hash = size > largestWholeFile ? null : createHash("sha256");
  const gathered = new LineGatherer(range);
  const decoder = new StringDecoder("utf8");
  let position = 0;
  let { bytesRead } = first;
  let isCounted = bytesRead === 0;
  let bytes: Buffer | null = null;
  while (!isCounted) {
    const read = piece.subarray(0, bytesRead);
    position += bytesRead;
    hash?.update(read);
    gathered.push(decoder.write(read));
    if (position >= scanLimit || (hash === null && gathered.isFull)) break;
    // A file that says its size has no more to ask for.
    if (position === size && bytesRead === size) {
      bytes = read;
      isCounted = true;
      break;
    }
    ({ bytesRead } = await handle.read(piece, 0, piece.length, position));
    isCounted = bytesRead === 0;
  }
  gathered.push(decoder.end());
  gathered.end();
  return {
    lines: gathered.lines,
    total: gathered.total,
    isCounted,
    size,
    hash: hash !== null && isCounted ? hash.digest("hex") : null,
    bytes,
  };
}

/** Cuts streamed text into lines, keeps those of the range, and counts the rest. */
class LineGatherer {
  readonly lines: string[] = [];
  total = 0;
  isFull = false;
  readonly #range: LineRange;
  #bytes = 0;
  #line = "";
  #cut = 0;
  #isOpen = false;
  #isFirst = true;

  constructor(range: LineRange) {
    this.#range = range;
  }

  push(text: string): void {
    if (text === "") return;
    const pieces = (this.#isFirst && text.startsWith(byteOrderMark) ? text.slice(1) : text).split("\n");
    this.#isFirst = false;
    const open = pieces.pop() ?? "";
    for (const piece of pieces) {
      this.#append(piece);
      this.#endLine();
    }
    if (open === "") return;
    this.#append(open);
    this.#isOpen = true;
  }

  end(): void {
    if (this.#isOpen) this.#endLine();
  }

  #append(piece: string): void {
    // One character more than is kept, so that a CR at the limit is told from text.
    const space = this.#range.lineLength + 1 - this.#line.length;
    this.#line += piece.slice(0, Math.max(0, space));
    this.#cut += Math.max(0, piece.length - Math.max(0, space));
  }

  #endLine(): void {
    this.total += 1;
    if (this.total >= this.#range.from) this.#keep();
    this.#line = "";
    this.#cut = 0;
    this.#isOpen = false;
  }

  #keep(): void {
    const { lineLength, lineLimit, byteLimit } = this.#range;
    const line = this.#cut === 0 ? this.#line.replace(/\r$/, "") : this.#line;
    const cut = this.#cut + Math.max(0, line.length - lineLength);
    const text = cut === 0 ? line : `${line.slice(0, lineLength)} [${cut} more characters cut]`;
    this.#bytes += Buffer.byteLength(text) + 1;
    if (this.lines.length >= lineLimit || (this.#bytes > byteLimit && this.lines.length > 0))
      this.isFull = true;
    if (!this.isFull) this.lines.push(text);
  }
}

/** `hex` is the beginning of a pattern: a dot stands for any digit. */
const signatures: readonly (readonly [kind: string, hex: string])[] = [
  ["PNG image", "89504e47"],
  ["JPEG image", "ffd8ff"],
  ["GIF image", "474946383"],
  ["WebP image", "52494646........57454250"],
  ["BMP image", "424d......000000"],
  ["PDF document", "255044462d"],
  ["zip archive", "504b0304"],
  ["gzip archive", "1f8b"],
  ["xz archive", "fd377a585a"],
  ["bzip2 archive", "425a68"],
  ["ELF program", "7f454c46"],
  ["Mach-O program", "cffaedfe"],
  ["WebAssembly module", "0061736d"],
  ["SQLite database", "53514c69746520666f726d6174"],
  ["UTF-16 text", "fffe"],
  ["UTF-16 text", "feff"],
];

/** What a file that is not text is, from its first bytes; null for text. */
export function binaryKind(head: Buffer): string | null {
  const hasNul = head.subarray(0, 8_192).includes(0);
  // Of text only a PDF is asked about: its first letter says whether it may be one.
  if (!hasNul && head[0] !== 0x25) return null;
  const hex = head.subarray(0, 32).toString("hex");
  const known = signatures.find(([, signature]) => new RegExp(`^${signature}`).test(hex));
  if (known !== undefined && (hasNul || known[0].includes("PDF"))) return known[0];
  return hasNul ? "binary file" : null;
}

/** `12 bytes`, `3.4 KB`, `5.0 GB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(1)} ${["bytes", "KB", "MB", "GB", "TB"][power]}`;
}
