/** How a session is called. */
import type { SessionSummary } from "../../api/types.ts";
import { text } from "../../text/en.ts";

/** The title, or what stands for it until the first prompt names the session. */
export function titleOf(summary: Pick<SessionSummary, "title">): string {
  return summary.title ?? text.sessions.untitled;
}
