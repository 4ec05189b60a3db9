/** Takes secrets out of text that comes in pieces. However it is cut, what comes out is that of the whole text. */
import { base64Characters, type CharacterClass, runEnd } from "./character-class.ts";
import { judgeKeyRun, keyMarkAt, keyReach, nextKeyRun } from "./key-block.ts";
import type { RedactionRules } from "./redaction-rules.ts";

/** What stands in place of a secret. */
export function redacted(kind: string): string {
  return `‹redacted: ${kind}›`;
}

/** So much of what was passed on is kept, to know what the next piece follows. */
const contextLength = 32;
/** Behind a letter, the first characters of `://`, of a key's mark, of a known secret and of `github_pat_` are passed on: they stay in any case. */
const lookBack = 10;

/** `from` what is to be hidden begins, `to` where it ends, but for what it goes on with. */
interface FoundSecret {
  readonly type: "secret";
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly goesOn: CharacterClass | null;
}

/** hold: only more text can tell. mark: the begin or the end of a private key. */
type Found = FoundSecret | { readonly type: "no" | "hold" } | { readonly type: "mark"; readonly to: number };

const no: Found = { type: "no" };
const hold: Found = { type: "hold" };

/** One for each stream of text. Its time grows with the text alone, and it holds back some two thousand characters at most. */
export class StreamRedactor {
  readonly #rules: () => RedactionRules;
  /** What is at hand: the end of what was passed on since the last secret, then what is held back. */
  #text = "";
  /** So much of `#text` is passed on. */
  #emitted = 0;
  /** Where `#text` begins in the whole text. */
  #start = 0;
  /** Until where in the whole text a private key may go on. */
  #keyUntil = 0;
  /** What the secret that was found last goes on with. */
  #goesOn: CharacterClass | null = null;
  #isWhole = false;

  constructor(rules: () => RedactionRules) {
    this.#rules = rules;
  }

  /** Takes the next piece; returns what is safe to pass on. */
  push(piece: string): string {
    this.#text += piece;
    const output = this.#read();
    this.#drop(Math.max(0, this.#emitted - contextLength));
    return output;
  }

  /** No more will come: returns what was held back, and begins anew. */
  end(): string {
    this.#isWhole = true;
    const output = this.#read();
    this.#isWhole = false;
    this.#drop(this.#text.length);
    this.#start = 0;
    this.#keyUntil = 0;
    this.#goesOn = null;
    return output;
  }

  #read(): string {
    const rules = this.#rules();
    let output = "";
    while (this.#isPastSecret()) {
      const found = this.#findSecret(rules);
      output += this.#text.slice(this.#emitted, found.from);
      this.#emitted = found.from;
      if (found.type === "none") break;
      output += redacted(found.kind);
      // What comes after a secret is looked at as if the text began there.
      this.#drop(found.to);
      this.#goesOn = found.goesOn;
    }
    return output;
  }

  /** Drops what the last secret goes on with. False: it may go on in the next piece. */
  #isPastSecret(): boolean {
    if (this.#goesOn === null) return true;
    this.#drop(runEnd(this.#text, 0, { of: this.#goesOn, most: Number.POSITIVE_INFINITY }));
    if (this.#text === "" && !this.#isWhole) return false;
    this.#goesOn = null;
    return true;
  }

  #drop(length: number): void {
    this.#text = this.#text.slice(length);
    this.#start += length;
    this.#emitted = Math.max(0, this.#emitted - length);
  }

  /** The next secret, or up to where there is none for certain. */
  #findSecret(rules: RedactionRules): FoundSecret | { readonly type: "none"; readonly from: number } {
    const text = this.#text;
    const limit = this.#isWhole ? text.length : rules.openEnd(text, this.#emitted);
    let candidate = rules.next(text, Math.max(0, this.#emitted - lookBack));
    let run = this.#nextRun(this.#emitted);
    for (let at = Math.min(candidate, run); at < text.length && at <= limit; at = Math.min(candidate, run)) {
      const found = this.#look(rules, { at, isCandidate: at === candidate, isRun: at === run });
      if (found.type === "secret") return found;
      if (found.type === "hold") return { type: "none", from: Math.max(at, this.#emitted) };
      const next = found.type === "mark" ? found.to : at + 1;
      if (candidate < next) candidate = rules.next(text, next);
      if (run < next || found.type === "mark") run = this.#nextRun(next);
    }
    return { type: "none", from: limit };
  }

  #look(
    rules: RedactionRules,
    { at, isCandidate, isRun }: { at: number; isCandidate: boolean; isRun: boolean },
  ): Found {
    const found = isCandidate ? this.#judge(rules, at) : no;
    return found.type === "no" && isRun ? this.#judgeRun(at) : found;
  }

  #judge(rules: RedactionRules, at: number): Found {
    const mark = keyMarkAt(this.#text, at);
    switch (mark.type) {
      case "begin":
        this.#keyUntil = this.#start + mark.to + keyReach;
        return { type: "mark", to: mark.to };
      case "end":
        this.#keyUntil = 0;
        return { type: "mark", to: mark.to };
      case "more":
        return this.#isWhole ? no : hold;
      case "no": {
        const found = rules.judge({ text: this.#text, at, isWhole: this.#isWhole });
        // What begins in what is passed on was looked at when it came.
        return found.type === "secret" && found.from < this.#emitted ? no : found;
      }
    }
  }

  #judgeRun(at: number): Found {
    const run = judgeKeyRun({ text: this.#text, at, isWhole: this.#isWhole });
    if (run.type !== "secret") return { type: run.type === "more" ? "hold" : "no" };
    this.#keyUntil = this.#start + at + keyReach;
    return { type: "secret", kind: "private key", from: at, to: run.to, goesOn: base64Characters };
  }

  /** Where the next run of a key's characters begins, near a key; the text's length when there is none. */
  #nextRun(from: number): number {
    const end = Math.min(this.#text.length, this.#keyUntil - this.#start);
    return nextKeyRun(this.#text, from, end) ?? this.#text.length;
  }
}
