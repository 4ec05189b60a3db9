/** What became of a call: the one result that the model is told, and what the page shows of it. */
import type { ImageContent } from "../../protocol/content.ts";
import type { ToolCallContent, ToolCallLocation, ToolFailure, ToolOutput } from "../../protocol/tool-call.ts";
import { ToolError, type ToolResult } from "../tool.ts";

/** The end of a call, whether it ran or not. */
export interface CallResult {
  readonly status: "completed" | "failed";
  /** Exactly what the model is told. */
  readonly text: string;
  /** Diffs and the like, shown before the text. */
  readonly content: readonly ToolCallContent[];
  /** Pictures for a model that takes them. */
  readonly images?: readonly ImageContent[];
  readonly output: ToolOutput | ToolFailure | null;
  readonly locations: readonly ToolCallLocation[] | null;
  /** The earlier call whose result the text stands for. */
  readonly sameAs?: string;
}

/** Sentences for calls that did not run, or not to their end; each ends with what the model can do. */
export const callWords = {
  turnStopped: "Not run: the user stopped the turn.",
  refusedEarlier: "Not run: the user refused another call of the same response.",
  repeatedEarlier: "Not run: the turn was stopped because calls repeated themselves.",
  lastStep: "Not run: no more tools can be used in this turn. Sum up what is done and what is left.",
  tooMany: "Not run: too many calls in one response. Make the rest of them in the next.",
  notSaved: "Not run: the session's log cannot be written at present.",
  stoppedRunning:
    "Stopped by the user while it ran; what it had done so far stays. Check before you repeat it.",
  givenUp:
    "Stopped by the user, but it did not end in time: its outcome is unknown. Check before you repeat it.",
} as const;

/** A failed result. */
export function callFailure(reason: ToolFailure["reason"], text: string): CallResult {
  return { status: "failed", text, content: [], output: { type: "failure", reason }, locations: null };
}

/** A tool's own result. */
export function callResult(result: ToolResult, locations: readonly ToolCallLocation[]): CallResult {
  const failure: ToolFailure = { type: "failure", reason: "error" };
  return {
    status: result.failed === true ? "failed" : "completed",
    text: result.text,
    content: result.content ?? [],
    ...(result.images === undefined ? {} : { images: result.images }),
    output: result.output ?? (result.failed === true ? failure : null),
    locations,
    ...(result.sameAs === undefined ? {} : { sameAs: result.sameAs }),
  };
}

/** Whatever a tool threw, as advice to the model. */
export function thrownFailure(error: unknown): CallResult {
  if (error instanceof ToolError) return callFailure("error", error.message);
  const message = error instanceof Error ? error.message : String(error);
  return callFailure(
    "error",
    `The tool failed: ${message.replace(/(?<![.\s])[.\s]+$/, "")}. Check the arguments, or go on another way.`,
  );
}
