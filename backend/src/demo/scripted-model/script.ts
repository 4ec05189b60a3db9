/** What a scripted model is told to do: ordered steps for the main agent, side rules, and a fallback. */
import { readFile } from "node:fs/promises";
import type { Conversation } from "./conversation.ts";

export interface Script {
  /** Listed by `GET /v1/models`; a request for another one is answered 404. Default: one model, "scripted". */
  readonly models?: readonly ScriptedModelEntry[];
  /** The script's tool names → the product's, where they differ. */
  readonly toolNames?: Readonly<Record<string, string>>;
  /** Looked at first, in this order: titles, summaries, subagents. */
  readonly rules?: readonly SideRule[];
  /** Answered one after another to every request that no rule caught. */
  readonly steps?: readonly ScriptStep[];
  /** Answers what comes after the last step. Without it such a request is a violation. */
  readonly fallback?: ReplySource;
}

export interface ScriptedModelEntry {
  readonly id: string;
  readonly name: string;
  readonly contextWindow?: number;
  /** What else the list says of it, in the words of some provider. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type ReplySource =
  | ScriptedReply
  | ((conversation: Conversation) => ScriptedReply | Promise<ScriptedReply>);

export interface ScriptStep {
  readonly reply: ReplySource;
  /** Unmet expectations become violations; the reply is given all the same. */
  readonly expect?: Expectation;
  /** Given first, `times` times, without moving on. */
  readonly errors?: ScriptedError;
}

/** `when`: all that is given must hold. `uses`: how often it may answer (default: always). */
export interface SideRule extends ScriptStep {
  readonly name: string;
  readonly when: RequestPattern;
  readonly uses?: number;
}

export interface RequestPattern {
  readonly system?: RegExp;
  readonly lastUser?: RegExp;
  readonly anyMessage?: RegExp;
  readonly withoutTools?: true;
}

export interface ScriptedError {
  readonly times: number;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when a string. Default: an OpenAI error object. */
  readonly body?: unknown;
}

export interface ScriptedReply {
  /** A string is cut into chunks; the pieces of an iterable are sent as they are, taken when it is their turn. */
  readonly text?: string | Iterable<string>;
  readonly reasoning?: string;
  /** Vendors differ. Default: `reasoning_content`. */
  readonly reasoningField?: "reasoning_content" | "reasoning";
  readonly calls?: readonly ScriptedCall[];
  /** Default: `tool_calls` with calls, else `stop`. null: the stream ends without one. */
  readonly finish?: string | null;
  /** Default: counted at four bytes a token. null: none is sent. */
  readonly usage?: ScriptedUsage | null;
  /** Before the first byte of the answer. */
  readonly delayMs?: number;
  /** Between the headers and the first chunk. */
  readonly firstChunkDelayMs?: number;
  /** Default: as fast as possible. */
  readonly tokensPerSecond?: number;
  /** Code points of a chunk of text, reasoning or arguments. Default: about a token of text, arguments in 24s. */
  readonly chunkCharacters?: number;
  /** Writes the stream in pieces of so many bytes, across characters and lines. */
  readonly wireBytes?: number;
  readonly fault?: ScriptedFault;
}

/** Once so many characters of text were sent: cut breaks the connection, hold waits for `release()`, error sends an error event. */
export interface ScriptedFault {
  readonly type: "cut" | "hold" | "error";
  readonly afterCharacters: number;
}

export interface ScriptedCall {
  readonly tool: string;
  /** A string is sent as it is, valid JSON or not. */
  readonly arguments: string | Readonly<Record<string, ArgumentValue>>;
  /** Default: unique. */
  readonly id?: string;
}

/** A JSON value, or a function of the conversation that makes one. */
export type ArgumentValue = string | number | boolean | null | readonly unknown[] | ComputedArgument;
export type ComputedArgument = (conversation: Conversation) => unknown;

export interface ScriptedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
}

/** What must be true of the request that asks for a step. */
export interface Expectation {
  readonly lastRole?: "system" | "user" | "assistant" | "tool";
  readonly lastText?: RegExp;
  /** Somewhere in the text of the messages. */
  readonly contains?: readonly (string | RegExp)[];
  readonly lacks?: readonly (string | RegExp)[];
  readonly maxTokens?: number;
  readonly maxCharacters?: number;
  readonly toolsPresent?: readonly string[];
  readonly toolsAbsent?: readonly string[];
  /** Tool results since the model last spoke. */
  readonly resultCount?: number;
  /** Each must match one of those results. */
  readonly results?: readonly RegExp[];
  /** Says what is wrong, or null. */
  readonly check?: (conversation: Conversation) => string | null;
}

/** An argument that is a file's text with replacements, each of which must be found: a wrong solution is one edit away. */
export function fileArgument(
  path: string,
  replacements: readonly (readonly [string, string])[] = [],
): ComputedArgument {
  return async () => {
    let text = await readFile(path, "utf8");
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${path} does not contain ${JSON.stringify(from)}`);
      text = text.replaceAll(from, () => to);
    }
    return text;
  };
}
