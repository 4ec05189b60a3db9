/**
 * The conversation as the model must be told it: a fold of the log, kept up event by event.
 * Pure: no Node, no DOM, no Zod. `agent/projection.ts` makes a model request of it.
 */
import type { ContentBlock } from "../backend/src/protocol/content.ts";
import type { ModelCallMeta, ToolCallStatus } from "../backend/src/protocol/tool-call.ts";

export interface HistoryCall {
  readonly toolCallId: string;
  /** As the model wrote it, with the vendor's id and the exact argument string. */
  readonly call: ModelCallMeta;
  readonly status: ToolCallStatus;
  /** What the model is told; null while the call is open. */
  readonly result: string | null;
}

export type HistoryItem =
  | { readonly type: "user"; readonly messageId: string; readonly content: readonly ContentBlock[] }
  /** One model response. */
  | {
      readonly type: "step";
      readonly stepId: string;
      readonly text: string;
      readonly calls: readonly HistoryCall[];
    };

export type History = readonly HistoryItem[];
