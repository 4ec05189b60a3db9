/** Takes secrets out of what is logged, shown, sent to a model or answered. Commands and destinations are never given to it. */
import type { KnownSecret } from "./known-secrets.ts";
import { type RedactionRules, redactionRules } from "./redaction-rules.ts";
import { StreamRedactor } from "./stream-redactor.ts";

const shortestSecret = 8;
/** Of those that come and go. */
const mostTokens = 200;
/** Anything else that somebody hands in as a token would hide words, lines or dots. */
const tokenShape = /^[A-Za-z0-9_-]{20,}$/;
/** What is written where an endpoint needs no key: words, not secrets. */
const placeholders = new Set([
  "lm-studio",
  "not-needed",
  "none-needed",
  "no-key-required",
  "sk-no-key-required",
  "placeholder",
  "dummy-key",
]);

/** Knows the secrets of this server, and the shapes of others. One for each process. */
export class Redaction {
  /** Configured: kept for as long as the process runs. */
  #configured: readonly KnownSecret[] = [];
  /** Of people who sign in, the newest last. */
  #tokens: readonly KnownSecret[] = [];
  #rules: RedactionRules = redactionRules([]);

  /** One that knows these secrets, for another thread. */
  static of(secrets: readonly KnownSecret[]): Redaction {
    const redaction = new Redaction();
    redaction.#configured = secrets;
    redaction.#learn();
    return redaction;
  }

  /** What is known word for word now. */
  get secrets(): readonly KnownSecret[] {
    return [...this.#configured, ...this.#tokens];
  }

  /** From now on this very text becomes `‹redacted: kind›`. Short ones and placeholders are words, and stay. */
  remember(kind: string, secret: string): void {
    if (secret.length < shortestSecret || placeholders.has(secret.toLowerCase())) return;
    if (this.#configured.some(({ text }) => text === secret)) return;
    this.#configured = [...this.#configured, ...spellings(secret).map((text) => ({ kind, text }))];
    this.#learn();
  }

  /** The same for a token that comes and goes: the newest two hundred are kept, and what looks like no token is not. */
  rememberToken(kind: string, token: string): void {
    if (!tokenShape.test(token) || this.#tokens.some(({ text }) => text === token)) return;
    this.#tokens = [...this.#tokens, { kind, text: token }].slice(-mostTokens);
    this.#learn();
  }

  /** A token that opens nothing any more may be seen again. */
  forgetToken(token: string): void {
    const kept = this.#tokens.filter(({ text }) => text !== token);
    if (kept.length === this.#tokens.length) return;
    this.#tokens = kept;
    this.#learn();
  }

  /** A text that is whole. */
  text(text: string): string {
    if (this.#rules.next(text, 0) === text.length) return text;
    const redactor = this.stream();
    return redactor.push(text) + redactor.end();
  }

  /** Plain data with every string in it redacted. */
  value<Value>(value: Value): Value {
    // The shape stays: only strings become other strings.
    return this.#plain(value) as Value;
  }

  /** For text that comes in pieces. */
  stream(): StreamRedactor {
    return new StreamRedactor(() => this.#rules);
  }

  #learn(): void {
    this.#rules = redactionRules(this.secrets);
  }

  #plain(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#plain(item));
    if (typeof value !== "object" || value === null) return value;
    const plain = new Map<string, unknown>();
    for (const [key, item] of Object.entries(value))
      plain.set(freeKey(plain, this.text(key)), this.#plain(item));
    return Object.fromEntries(plain);
  }
}

/** Two keys that were secrets may have become the same: neither takes the other's place. */
function freeKey(taken: ReadonlyMap<string, unknown>, key: string): string {
  let free = key;
  for (let count = 2; taken.has(free); count += 1) free = `${key} ${count}`;
  return free;
}

/** As it is, as it stands in an address, and as it stands in JSON, also in JSON that is a string in JSON. */
function spellings(secret: string): readonly string[] {
  const quoted = quotedText(secret);
  const inAddress = new URLSearchParams([["", secret]]).toString().slice(1);
  return [...new Set([secret, inAddress, quoted, quotedText(quoted)])];
}

function quotedText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
