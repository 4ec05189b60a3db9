/** On replay, neighbouring chunks of one message, or of one call's output, become one event. Pure. */
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";

/** Joined text is cut off here, so that no event grows without end. */
const maxJoinedCharacters = 256_000;

/**
 * Both as one event with the last `seq` and `at` and, in `from` and `fromAt`, the first; null when they are not chunks of the same thing.
 * A person's chunks stay apart: each is a part of the prompt of its own.
 */
export function joinChunks(first: SessionEvent, second: SessionEvent): SessionEvent | null {
  if (!isSamePlace(first, second)) return null;
  const update = joinUpdates(first.update, second.update);
  if (update === null) return null;
  return { ...second, from: first.from ?? first.seq, fromAt: first.fromAt ?? first.at, update };
}

/** One event, or neighbouring chunks as one: `from` is then the first `seq`. */
export type JoinedEvent = SessionEvent;

/** Joins what can be joined; the texts and the last `seq` stay the same. */
export function joinAll(events: Iterable<SessionEvent>): JoinedEvent[] {
  const result: JoinedEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    const joined = last === undefined ? null : joinChunks(last, event);
    if (joined === null) result.push(event);
    else result[result.length - 1] = joined;
  }
  return result;
}

/** One update for two that stream the same text, or null. */
export function joinUpdates(first: SessionUpdate, second: SessionUpdate): SessionUpdate | null {
  switch (second.sessionUpdate) {
    case "agent_message_chunk":
    case "agent_thought_chunk":
      return joinMessages(first, second);
    case "tool_output_chunk":
      return joinOutputs(first, second);
    case "user_message_chunk":
    case "tool_call":
    case "tool_call_update":
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
    case "checkpoint":
    case "rewind":
    case "state_update":
    case "request_permission":
    case "permission_outcome":
      return null;
  }
}

type MessageChunk = Extract<SessionUpdate, { sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" }>;
type OutputChunk = Extract<SessionUpdate, { sessionUpdate: "tool_output_chunk" }>;

function joinMessages(first: SessionUpdate, second: MessageChunk): SessionUpdate | null {
  if (first.sessionUpdate !== second.sessionUpdate || !("messageId" in first)) return null;
  // Facts about a step stand on its first chunk; a second set of them must not be lost.
  if (first.messageId !== second.messageId || second._meta !== undefined) return null;
  if (first.content.type !== "text" || second.content.type !== "text") return null;
  const text = joinTexts(first.content.text, second.content.text);
  return text === null ? null : { ...first, content: { type: "text", text } };
}

function joinOutputs(first: SessionUpdate, second: OutputChunk): SessionUpdate | null {
  if (first.sessionUpdate !== "tool_output_chunk") return null;
  if (first.toolCallId !== second.toolCallId || first.stream !== second.stream) return null;
  const text = joinTexts(first.text, second.text);
  if (text === null) return null;
  const skippedBytes = (first.skippedBytes ?? 0) + (second.skippedBytes ?? 0);
  return { ...first, text, ...(skippedBytes === 0 ? {} : { skippedBytes }) };
}

function joinTexts(first: string, second: string): string | null {
  return first.length + second.length > maxJoinedCharacters ? null : first + second;
}

function isSamePlace(first: SessionEvent, second: SessionEvent): boolean {
  return (
    first.turnId === second.turnId &&
    first.stepId === second.stepId &&
    first.parentToolCallId === second.parentToolCallId &&
    first.by?.id === second.by?.id
  );
}
