/** Keeps the beginning and the end of a command's output in bounded memory, in the form that a model should read. */

/** A model reads this much of one command's output: the first quarter and the rest from the end. */
const outputLimit = 30_000;

const headShare = 0.25;
/** A line that no newline ends is passed on at this length, so that endless ones take no memory. */
const longestOpenLine = 4_000;
const longestEscape = 4_096;

/** The end of what was said, and how many characters came before it. */
export interface LatestOutput {
  readonly text: string;
  readonly omitted: number;
}

/** Head and tail of a text that arrives in pieces. */
export class OutputWindow {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head = "";
  #tail: string[] = [];
  #tailLength = 0;
  #length = 0;

  constructor(limit = outputLimit) {
    this.#headLimit = Math.floor(limit * headShare);
    this.#tailLimit = limit - this.#headLimit;
  }

  push(text: string): void {
    this.#length += text.length;
    const space = this.#headLimit - this.#head.length;
    this.#head += text.slice(0, space);
    const rest = text.slice(Math.max(0, space));
    if (rest === "") return;
    this.#tail.push(rest);
    this.#tailLength += rest.length;
    if (this.#tailLength > 4 * this.#tailLimit || this.#tail.length > 4_096) this.#trim();
  }

  /** Characters that `text` leaves out. */
  get omitted(): number {
    return Math.max(0, this.#length - this.#headLimit - this.#tailLimit);
  }

  /** The whole text, or head and tail with the number of characters left out between them. */
  text(): string {
    this.#trim();
    const tail = this.#tail.join("");
    if (this.omitted === 0) return this.#head + tail;
    return `${withoutHalfPairs(this.#head)}\n\n[… ${this.omitted} characters left out …]\n\n${withoutHalfPairs(tail)}`;
  }

  /** The end alone, at most `limit` characters, and how many characters came before it. */
  latest(limit: number): LatestOutput {
    const whole = (this.omitted === 0 ? this.#head : "") + this.#tail.join("");
    const text = endOf(whole, this.omitted === 0 ? limit : Math.min(limit, this.#tailLimit));
    return { text, omitted: this.#length - text.length };
  }

  #trim(): void {
    const kept = this.#tail.join("").slice(-this.#tailLimit);
    this.#tail = [kept];
    this.#tailLength = kept.length;
  }
}

/**
 * Makes a terminal's output plain while it streams: escape sequences and control characters go; `plain` keeps lone carriage
 * returns. One per stream, since a sequence may be cut between two pieces.
 */
export class TerminalText {
  #held = "";

  plain(text: string): string {
    let whole = this.#held + text;
    this.#held = "";
    if (!hasControls.test(whole)) return whole;
    whole = whole.replace(escapeSequence, "");
    const open = whole.search(openSequence);
    if (open >= 0) {
      const rest = whole.slice(open);
      this.#held = rest.length > longestEscape ? "" : rest;
      whole = whole.slice(0, open);
    }
    // A CR at the end may be the first half of a CR LF.
    if (whole.endsWith("\r")) {
      this.#held = `\r${this.#held}`;
      whole = whole.slice(0, -1);
    }
    return whole.replace(/\r+\n/g, "\n").replace(otherControls, "");
  }

  /** What was held back at the end. */
  rest(): string {
    const held = this.#held;
    this.#held = "";
    return held.startsWith("\r") ? "\r" : "";
  }
}

/** Collapses progress that rewrites its line with carriage returns: only what would still stand on the screen is passed on. */
export class ProgressLines {
  readonly #pass: (text: string) => void;
  #line = "";

  constructor(pass: (text: string) => void) {
    this.#pass = pass;
  }

  /** Takes text that `TerminalText` has made plain. */
  push(text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) this.#pass(visible(this.#line + text.slice(0, end)));
    this.#line = visible((end > 0 ? "" : this.#line) + text.slice(end));
    if (this.#line.length <= longestOpenLine) return;
    this.#pass(this.#line);
    this.#line = "";
  }

  end(): void {
    if (this.#line !== "") this.#pass(this.#line.replace(/\r$/, ""));
    this.#line = "";
  }
}

/** Without what a later part of the same line writes over; a CR at the very end has not written over anything yet. */
function visible(text: string): string {
  if (!text.includes("\r")) return text;
  const lines = text.split("\n");
  return lines
    .map((line, index) => standing(line, index < lines.length - 1 ? "complete" : "open"))
    .join("\n");
}

function standing(line: string, state: "complete" | "open"): string {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  const start = line.lastIndexOf("\r", end - 1) + 1;
  return line.slice(start, end) + (state === "open" && end < line.length ? "\r" : "");
}

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here.
const hasControls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const escapeSequence =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-OQ-WYZ`-~\\]/g;
const openSequence =
  /(?:(?:\x1b\[|\x9b)[0-?]*[ -/]*|\x1b\][^\x07\x1b]*\x1b?|\x1b[PX^_][^\x1b]*\x1b?|\x1b[ -/]*)$/;
const otherControls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above.

/** The last `limit` characters, or one less where a pair would be halved. */
export function endOf(text: string, limit: number): string {
  return text.slice(Math.max(0, text.length - limit)).replace(/^[\udc00-\udfff]/, "");
}

function withoutHalfPairs(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, "").replace(/[\ud800-\udbff]$/, "");
}
