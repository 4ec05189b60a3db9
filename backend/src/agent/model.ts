/** What the loop needs from any model endpoint. Vendors are adapted in `models/`. */
import type { ImageContent } from "../protocol/content.ts";
import type { Effort, TurnProblem } from "../protocol/session.ts";
import type { StepMeta } from "../protocol/session-update.ts";
import type { ModelCallMeta } from "../protocol/tool-call.ts";

/** One message of a request, in the order in which endpoints take them. */
export type ModelMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string; readonly images?: readonly ImageContent[] }
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly calls: readonly ModelCallMeta[];
      /** Absent: nothing is known of where this answer came from. */
      readonly origin?: AnswerOrigin;
    }
  /** `callId` is the vendor's id of the call that this answers. */
  | {
      readonly role: "tool";
      readonly callId: string;
      readonly content: string;
      readonly images?: readonly ImageContent[];
    };

/** Who wrote an answer and what it thought: sent back only to the same model, and only as its dialect asks. */
export interface AnswerOrigin {
  /** `provider/model`. */
  readonly model: string;
  readonly thought: string;
  readonly reasoningField?: StepMeta["reasoningField"];
  readonly reasoningDetails?: readonly unknown[];
}

/** `parameters` is a JSON Schema of the arguments. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One question to a model: the whole conversation, and the tools that it may call. */
export interface ModelRequest {
  /** `provider/model`. */
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  /** How long the answer may be, in tokens; absent: the endpoint's own limit. */
  readonly maxOutputTokens?: number;
  /** How hard it is to think, where the model has a choice. */
  readonly effort?: Effort;
}

/** edit: pieces of text are replaced. patch: the form of `*** Begin Patch`. */
export type EditFormat = "edit" | "patch";

/** What is known of a model. Null: unknown, never guessed. */
export interface ModelFacts {
  /** Tokens of a request and its answer together; what the endpoint itself said wins over any catalogue. */
  readonly contextWindow: number | null;
  /** Tokens that a request may have, where an endpoint said so. */
  readonly inputLimit: number | null;
  /** A limit of these was read from the words of a refusal, which may be wrong. */
  readonly isLimitLearned?: boolean;
  readonly outputLimit: number | null;
  /** The output limit of a request counts against the window as if it were used. */
  readonly countsOutput: boolean;
  readonly images: boolean | null;
  readonly tools: boolean | null;
  /** In which form it was trained to change files; absent: unknown, which counts as `edit`. */
  readonly editFormat?: EditFormat;
  /** Empty: it has no choice, or none is known. */
  readonly efforts: readonly Effort[];
}

/** Of a model that nobody says anything of. */
export const unknownFacts: ModelFacts = {
  contextWindow: null,
  inputLimit: null,
  outputLimit: null,
  countsOutput: false,
  images: null,
  tools: null,
  efforts: [],
};

/** Tokens as the endpoint counts them; null: it does not say. */
export interface ModelUsage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Of `inputTokens`. */
  readonly cachedInputTokens?: number | null;
  /** US dollars, worked out or as the endpoint says; null: unknown. */
  readonly cost?: number | null;
}

/** What came of a response. After anything but `stop` and `calls`, no call of it may run. */
export type ModelEnd =
  | { readonly type: "stop" }
  | { readonly type: "calls" }
  | { readonly type: "length" }
  | { readonly type: "refusal"; readonly detail?: string }
  | {
      readonly type: "problem";
      readonly problem: TurnProblem;
      readonly retryable: boolean;
      /** What the endpoint asks for, a minute at most: whoever must wait longer is told when, and does not retry. */
      readonly retryAfterMs?: number;
      /** On an overflow: the limit in tokens that its words name. */
      readonly limitTokens?: number;
    };

/** What comes of a request, in order. */
export type ModelEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thought"; readonly text: string }
  /** A call has begun to arrive, whatever becomes of it. */
  | { readonly type: "call_started" }
  | ModelEndEvent;

/** Exactly one, last. `calls` are complete, in order, and empty unless `end` is `calls`. */
export interface ModelEndEvent {
  readonly type: "end";
  readonly end: ModelEnd;
  readonly calls: readonly ModelCallMeta[];
  readonly usage: ModelUsage | null;
  readonly contextWindow: number | null;
  /** What must be sent back with this answer. */
  readonly meta?: StepMeta;
}

/** The end of an answer of which nothing else came. */
export function bareEnd(end: ModelEnd): ModelEndEvent {
  return { type: "end", end, calls: [], usage: null, contextWindow: null };
}

/** `stream` never throws for a failure of the vendor or an abort: it ends in exactly one `end` event. */
export interface Model {
  /** What is known of a model now. Never throws, and asks the network only where nothing is known at all. */
  describe(model: string): Promise<ModelFacts>;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
