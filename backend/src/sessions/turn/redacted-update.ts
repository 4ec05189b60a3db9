/** Which parts of an update are given to the redaction: what came out of something, never what is to be done or where. */
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { ToolCallContent } from "../../protocol/tool-call.ts";
import type { Redaction } from "../../workspace/redaction/redaction.ts";

type Text = (text: string) => string;
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
    default:
      return update;
  }
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
