/** The windows in which every task must be done, and how their tokens are counted. */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { outputRoom, type TokenCounter } from "../../../src/demo/scripted-model/chat-request.ts";
import type { LoggedRequest } from "../../../src/demo/scripted-model/request-log.ts";

export interface Window {
  readonly name: string;
  /** What the endpoint's list says; undefined: nothing. */
  readonly listedTokens: number | undefined;
  /** A longer request is refused with 413, and the refusal names this number. */
  readonly limitTokens: number | undefined;
  /** So is one that is longer with the room that it asks for its answer. */
  readonly minuteTokens?: number;
}

/** With room for everything. */
export const standardWindow: Window = { name: "128k", listedTokens: 128_000, limitTokens: undefined };
/** The endpoint's list says how small it is. */
export const smallWindow: Window = { name: "8k", listedTokens: 8_000, limitTokens: 8_000 };
/** Nobody says how small it is until a request is refused. */
export const taughtWindow: Window = {
  name: "8k, taught by a refusal",
  listedTokens: undefined,
  limitTokens: 8_000,
};

/** A free service: its window is large, and a minute has few tokens, of which an answer's room counts at once. */
export const minuteWindow: Window = {
  name: "6k a minute",
  listedTokens: 128_000,
  limitTokens: undefined,
  minuteTokens: 6_000,
};

/** For `test.for`: each task is done in each of them. */
export const windows: readonly Window[] = [standardWindow, smallWindow, taughtWindow, minuteWindow];

/** What a model reads of a request, by o200k: its messages and its tools as JSON. */
export const requestTokens: TokenCounter = ({ messages, tools }) =>
  countTokens(JSON.stringify({ messages, tools }), { allowedSpecial: "all" });

/** What counts against the limit of a window. */
export function countedTokens({ body, tokens }: LoggedRequest, { minuteTokens }: Window): number {
  return minuteTokens === undefined ? tokens : tokens + outputRoom(body);
}
