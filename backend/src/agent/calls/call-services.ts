/** What the calls of a turn may use beside the project: the model's room, earlier results, subagents. */
import type { EarlierResult, ResultLimits, SubagentReport, SubagentTask } from "../tool.ts";

/** The same for all calls of a turn. */
export interface CallServices {
  readonly limits: ResultLimits;
  readonly seesImages: boolean;
  recall(resultId: string): string | null;
  /** The result in place of this text, when an earlier one of the same call says it and the model still sees that whole; else null. */
  shownBefore(text: string, toolCallId: string): EarlierResult | null;
  /** `toolCallId`: the call that the subagent works for. */
  delegate(task: SubagentTask, toolCallId: string): Promise<SubagentReport>;
}
