/** Which updates end a call. */
import type { SessionUpdate } from "../../protocol/session-update.ts";

type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;

/** Whether nothing more can come of the call that this update is about. */
export function isCallEnd(update: SessionUpdate): update is ToolUpdate {
  const isOfCall = update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update";
  return isOfCall && (update.status === "completed" || update.status === "failed");
}
