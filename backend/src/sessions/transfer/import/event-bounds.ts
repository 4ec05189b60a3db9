/** What an event from elsewhere may call itself: names and titles are cut, and an id that is too long is refused. Pure. */
import { cutText } from "../../../../../transcript/cut-text.ts";
import type { SessionEvent, SessionUpdate } from "../../../protocol/session-update.ts";

const longest = { id: 128, actorName: 100, callTitle: 500, problemDetail: 2_000, provider: 100 } as const;

const ids: ReadonlySet<string> = new Set([
  ...["turnId", "stepId", "parentToolCallId", "messageId", "toolCallId"],
  ...["requestId", "promptId", "checkpointId", "terminalId", "compactionId", "rewindId", "keepFrom"],
]);

/** Where the event has an id that is longer than ids are, such as `update.messageId`; null: nowhere. */
export function longIdOf(event: SessionEvent): string | null {
  const inUpdate = longIdIn(event.update);
  return inUpdate === null ? longIdIn(event) : `update.${inUpdate}`;
}

function longIdIn(fields: object): string | null {
  const long = Object.entries(fields).find(
    ([name, value]) => ids.has(name) && typeof value === "string" && value.length > longest.id,
  );
  return long?.[0] ?? null;
}

/** The event with all that reaches a list or an index cut to what it shows. */
export function cutEvent(event: SessionEvent): SessionEvent {
  const { by } = event;
  return {
    ...event,
    ...(by === undefined ? {} : { by: { ...by, name: cutText(by.name, longest.actorName) } }),
    update: cutUpdate(event.update),
  };
}

function cutUpdate(update: SessionUpdate): SessionUpdate {
  switch (update.sessionUpdate) {
    case "tool_call":
    case "tool_call_update":
      return typeof update.title === "string"
        ? { ...update, title: cutText(update.title, longest.callTitle) }
        : update;
    case "request_permission": {
      const { subject } = update;
      if (subject.type !== "other") return update;
      return { ...update, subject: { ...subject, title: cutText(subject.title, longest.callTitle) } };
    }
    case "state_update":
      return update.problem === undefined ? update : { ...update, problem: cutProblem(update.problem) };
    case "user_message_chunk":
    case "agent_message_chunk":
    case "agent_thought_chunk":
    case "plan":
    case "usage_update":
    case "compaction_update":
    case "available_commands_update":
    case "prompt_context":
    case "instructions_update":
    case "session_info_update":
    case "current_mode_update":
    case "config_option_update":
    case "notice":
    case "session_created":
    case "prompt_queued":
    case "queue_update":
    case "tool_output_chunk":
    case "checkpoint":
    case "rewind":
    case "permission_outcome":
      return update;
  }
}

type Problem = NonNullable<Extract<SessionUpdate, { sessionUpdate: "state_update" }>["problem"]>;

function cutProblem(problem: Problem): Problem {
  // When it may be tried again there is nothing to try here.
  const { detail, provider, retryAt: _, ...rest } = problem;
  return {
    ...rest,
    ...(detail === undefined ? {} : { detail: cutText(detail, longest.problemDetail) }),
    ...(provider === undefined ? {} : { provider: cutText(provider, longest.provider) }),
  };
}
