/** The requests that a scripted model has had: their bodies and times, never their headers. */
import type { ChatRequest, TokenCounter } from "./chat-request.ts";

export interface LoggedRequest {
  /** 1-based, also the `request` of a violation. */
  readonly number: number;
  /** The step that was next when it came, 0-based. */
  readonly step: number;
  readonly body: ChatRequest;
  readonly tokens: number;
  readonly characters: number;
  /** Milliseconds since 1970 with fractions, when its headers had come and when its answer was over. */
  readonly receivedAtMs: number;
  readonly endedAtMs: number | null;
  /** broken_off: the reader left, or the script cut the connection. */
  readonly outcome: "open" | "answered" | "broken_off";
  /** `step 3`, a rule's name or `fallback`; null when it was refused. */
  readonly answeredBy: string | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class RequestLog {
  readonly #limit: number;
  readonly #countTokens: TokenCounter;
  #requests: Mutable<LoggedRequest>[] = [];
  #count = 0;

  constructor(limit: number, countTokens: TokenCounter) {
    this.#limit = limit;
    this.#countTokens = countTokens;
  }

  /** The newest ones, oldest first; an open one changes until it has ended. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** All that ever came. */
  get count(): number {
    return this.#count;
  }

  add(body: ChatRequest, { step, receivedAtMs }: { step: number; receivedAtMs: number }): LoggedRequest {
    this.#count += 1;
    const logged: LoggedRequest = {
      number: this.#count,
      step,
      body,
      tokens: this.#countTokens(body),
      characters: JSON.stringify(body).length,
      receivedAtMs,
      endedAtMs: null,
      outcome: "open",
      answeredBy: null,
    };
    this.#requests.push(logged);
    if (this.#requests.length > this.#limit) this.#requests.shift();
    return logged;
  }

  answer(logged: LoggedRequest, answeredBy: string | null): void {
    this.#patch(logged, { answeredBy });
  }

  /** The first end counts. */
  end(logged: LoggedRequest, outcome: "answered" | "broken_off"): void {
    const isOpen = this.#find(logged)?.outcome === "open";
    if (isOpen) this.#patch(logged, { outcome, endedAtMs: performance.timeOrigin + performance.now() });
  }

  clear(): void {
    this.#requests = [];
    this.#count = 0;
  }

  #patch(logged: LoggedRequest, change: Partial<LoggedRequest>): void {
    const entry = this.#find(logged);
    if (entry) Object.assign(entry, change);
  }

  /** Undefined once the entry was pushed out or cleared. */
  #find({ number, receivedAtMs }: LoggedRequest): Mutable<LoggedRequest> | undefined {
    return this.#requests.find((entry) => entry.number === number && entry.receivedAtMs === receivedAtMs);
  }
}
