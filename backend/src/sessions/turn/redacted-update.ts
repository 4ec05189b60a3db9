/** Which parts of an update are given to the redaction: what came out of something, never what is to be done or where. */
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { ToolCallContent } from "../../protocol/tool-call.ts";
import type { Redaction } from "../../workspace/redaction/redaction.ts";

type Text = (text: string) => string;
type CompactionUpdate = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;
type CallUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;

/** The update without secrets. Titles, inputs, paths, diffs and questions stay exact: a person decides by them. */
export function redactUpdate(update: SessionUpdate, redaction: Redaction): SessionUpdate {
  const text: Text = (value) => redaction.text(value);
  switch (update.sessionUpdate) {
    case "tool_call":
    case "tool_call_update":
      return redactCall(update, redaction);
    case "plan":
      return {
        ...update,
        entries: update.entries.map((entry) => ({ ...entry, content: text(entry.content) })),
      };
    case "notice":
      return update.data === undefined ? update : { ...update, data: redaction.value(update.data) };
    case "state_update":
      return update.problem === undefined ? update : { ...update, problem: redaction.value(update.problem) };
    case "prompt_context":
      return { ...update, text: text(update.text) };
    case "compaction_update":
      return redactCompaction(update, redaction);
    // Streamed text is redacted where it is gathered; the rest is what a person wrote or decides by, or has no words.
    case "user_message_chunk":
    case "agent_message_chunk":
    case "agent_thought_chunk":
    case "tool_output_chunk":
    case "usage_update":
    case "available_commands_update":
    case "instructions_update":
    case "session_info_update":
    case "current_mode_update":
    case "config_option_update":
    case "session_created":
    case "prompt_queued":
    case "queue_update":
    case "checkpoint":
    case "rewind":
    case "request_permission":
    case "permission_outcome":
      return update;
  }
}

function redactCompaction(update: CompactionUpdate, redaction: Redaction): CompactionUpdate {
  const { summary, problem } = update;
  return {
    ...update,
    ...(summary === undefined ? {} : { summary: redaction.text(summary) }),
    ...(problem === undefined ? {} : { problem: redaction.value(problem) }),
  };
}

function redactCall<Update extends CallUpdate>(update: Update, redaction: Redaction): Update {
  const { content, rawOutput } = update;
  return {
    ...update,
    ...(Array.isArray(content) ? { content: content.map((part) => redactContent(part, redaction)) } : {}),
    ...(rawOutput === undefined ? {} : { rawOutput: redaction.value(rawOutput) }),
  };
}

function redactContent(part: ToolCallContent, redaction: Redaction): ToolCallContent {
  if (part.type !== "content" || part.content.type !== "text") return part;
  return { ...part, content: { ...part.content, text: redaction.text(part.content.text) } };
}
