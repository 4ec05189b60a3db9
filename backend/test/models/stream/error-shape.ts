/** What a refusal is, and what it must be understood as. */
import type { LearnedFact } from "../../../src/models/dialect.ts";

export interface ErrorShape {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a text. */
  readonly body: unknown;
  /** A problem's code, with `!` when it may be retried. */
  readonly end: string;
  /** What a person is shown; absent: not looked at. */
  readonly detail?: string;
  readonly retryAfterMs?: number;
  /** The wait is for a person to know of. */
  readonly mustWait?: true;
  readonly limitTokens?: number;
  readonly learned?: readonly LearnedFact[];
}

/** The body that OpenAI answers with, which most others copy. */
export const said = (message: string, more: object = {}) => ({ error: { message, ...more } });
