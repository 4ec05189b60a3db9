/** What of an event comes along into a copy of its session: what was said and done, and nothing that could still happen. Pure. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { CopiedEvent } from "./copied-lines.ts";

/**
 * The event as the copy has it; null for what belongs to the old session alone: its making, its queue, its place in the
 * list, its modes, and how its log fared. Permissions that held longer than once do not hold in the copy, so they are told as once.
 */
export function carriedEvent(event: SessionEvent): CopiedEvent | null {
  const { seq: _seq, from: _from, ...carried } = event;
  const { update } = carried;
  switch (update.sessionUpdate) {
    case "session_created":
    case "prompt_queued":
    case "queue_update":
    case "session_info_update":
    case "current_mode_update":
      return null;
    case "notice":
      return ofItsOwnLog.has(update.code) ? null : carried;
    case "permission_outcome": {
      const { outcome } = update;
      if (outcome.outcome !== "selected" || outcome.grant === undefined) return carried;
      const { grant: _grant, ...once } = outcome;
      return { ...carried, update: { ...update, outcome: { ...once, kind: "allow_once" } } };
    }
    case "user_message_chunk":
    case "agent_message_chunk":
    case "agent_thought_chunk":
    case "tool_call":
    case "tool_call_update":
    case "plan":
    case "usage_update":
    case "compaction_update":
    case "available_commands_update":
    case "prompt_context":
    case "instructions_update":
    case "config_option_update":
    case "tool_output_chunk":
    case "checkpoint":
    case "rewind":
    case "state_update":
    case "request_permission":
      return carried;
  }
}

/** What is told of the log that it stands in. */
const ofItsOwnLog: ReadonlySet<string> = new Set(["damaged_lines", "not_saving", "saving_again"]);
