/** What the calls of a turn may use beside the project: the model's room, earlier results, subagents. */
import type { ResultLimits, SubagentReport, SubagentTask } from "../tool.ts";

/** The same for all calls of a turn. */
export interface CallServices {
  readonly limits: ResultLimits;
  readonly seesImages: boolean;
  recall(resultId: string): string | null;
  /** `toolCallId`: the call that the subagent works for. */
  delegate(task: SubagentTask, toolCallId: string): Promise<SubagentReport>;
}
