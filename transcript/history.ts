/**
 * The conversation as the model must be told it: a fold of the log, kept up event by event.
 * Pure: no Node, no DOM, no Zod. `agent/projection.ts` makes a model request of it.
 */
import type { ContentBlock, ImageContent } from "../backend/src/protocol/content.ts";
import type { SessionUpdate, StepMeta } from "../backend/src/protocol/session-update.ts";
import type { ModelCallMeta, ToolCallStatus } from "../backend/src/protocol/tool-call.ts";

export interface HistoryCall {
  readonly toolCallId: string;
  /** As the model wrote it, with the vendor's id and the exact argument string. */
  readonly call: ModelCallMeta;
  readonly status: ToolCallStatus;
  /** What the model is told; null while the call is open. */
  readonly result: string | null;
  /** Pictures that came with the result. */
  readonly images?: readonly ImageContent[];
  /** The earlier call whose result this one stands for. */
  readonly sameAs?: string;
}

export type PlanEntry = Extract<SessionUpdate, { sessionUpdate: "plan" }>["entries"][number];

export type HistoryItem =
  | {
      readonly type: "user";
      readonly messageId: string;
      readonly content: readonly ContentBlock[];
      /** What the model is told beside these words: the text of a command, a file that they mention. */
      readonly context?: readonly string[];
    }
  /** One model response. */
  | {
      readonly type: "step";
      readonly stepId: string;
      readonly text: string;
      readonly calls: readonly HistoryCall[];
      readonly thought?: string;
      /** The list of what is to be done, as this step left it. */
      readonly plan?: readonly PlanEntry[];
      /** Who answered; absent: not known. */
      readonly origin?: StepMeta;
    }
  /** What stands before `keepFrom` (a stepId or messageId) is told as `summary`; null: that was taken back. */
  | {
      readonly type: "compaction";
      readonly compactionId: string;
      readonly summary: string | null;
      readonly keepFrom: string | null;
    };

export type History = readonly HistoryItem[];
