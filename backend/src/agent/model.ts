/** What the loop needs from any model endpoint. Vendors are adapted in `models/`. */
import type { TurnProblem } from "../protocol/session.ts";
import type { ModelCallMeta } from "../protocol/tool-call.ts";

/** One message of a request, in the order in which endpoints take them. */
export type ModelMessage =
  | { readonly role: "system"; readonly content: string }
  | { readonly role: "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly calls: readonly ModelCallMeta[] }
  /** `callId` is the vendor's id of the call that this answers. */
  | { readonly role: "tool"; readonly callId: string; readonly content: string };

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
}

/** Tokens as the endpoint counts them; null: it does not say. */
export interface ModelUsage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
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
}

/** `stream` never throws for a failure of the vendor or an abort: it ends in exactly one `end` event. */
export interface Model {
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
