/** The lines of a text with their ends. Byte strings have one character a byte, so that any encoding survives. */

/** UTF-8 bytes as a string of their values. */
export function toByteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text whose UTF-8 bytes these are; broken ones become U+FFFD. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The 1-based line of a position. */
export function lineAt(body: string, position: number): number {
  let line = 1;
  for (let at = body.indexOf("\n"); at >= 0 && at < position; at = body.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** One line of a file. */
export interface FileLine {
  readonly text: string;
  /** "\n", "\r\n", or "" at the end of the file. */
  readonly end: string;
  readonly start: number;
}

/** A line with its end. */
export function whole(line: FileLine): string {
  return line.text + line.end;
}

/** CR LF becomes LF. */
export function withPlainLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** Every line with where it begins; an empty text has none. */
export function splitLines(body: string): FileLine[] {
  const lines: FileLine[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf("\n", start);
    const end = newline < 0 ? body.length : newline + 1;
    const raw = body.slice(start, end);
    const lineEnd = raw.endsWith("\r\n") ? "\r\n" : raw.endsWith("\n") ? "\n" : "";
    lines.push({ text: raw.slice(0, raw.length - lineEnd.length), end: lineEnd, start });
    start = end;
  }
  return lines;
}

/** A text that is searched many times: its lines, and what they fold to, are made once and only when they are asked for. */
export class SearchedText {
  readonly body: string;
  #lines: readonly FileLine[] | null = null;
  readonly #folded = new Map<(line: string) => string, readonly string[]>();

  constructor(body: string) {
    this.body = body;
  }

  get lines(): readonly FileLine[] {
    this.#lines ??= splitLines(this.body);
    return this.#lines;
  }

  /** Every line after `fold`, which must always be the same function for the same folding. */
  folded(fold: (line: string) => string): readonly string[] {
    const made = this.#folded.get(fold) ?? this.lines.map((line) => fold(line.text));
    this.#folded.set(fold, made);
    return made;
  }

  /** The index of the line that holds a position; the last one for the end of the text. */
  lineIndexAt(position: number): number {
    let low = 0;
    let high = this.lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lines[middle]?.start ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The lines of a text; a final newline ends the last one and begins none. */
export function wholeLines(text: string): string[] {
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** How many lines, or characters, two texts have in common at their beginning, and how many more at their end. */
export function commonEnds(
  one: ArrayLike<string>,
  other: ArrayLike<string>,
): { readonly head: number; readonly tail: number } {
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return { head, tail };
}
