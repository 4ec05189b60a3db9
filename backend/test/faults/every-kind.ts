/** One log with every kind of line that there is, as a session writes them, and one that only a later version knows. */
import { crc32 } from "node:zlib";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import type { SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import { at, phone } from "../sessions/session-fixture.ts";

const call = { toolCallId: "call-1" } as const;
const request = {
  requestId: "question-1",
  toolCallId: "call-1",
  subject: { type: "other", title: "npm test" },
  content: [],
  reach: [],
  dangerous: false,
  options: [{ optionId: "once", kind: "allow_once", name: "Allow" }],
  digest: "d",
} satisfies PermissionRequest;

/** At least one update of each kind; a turn that came to its end. */
export function everyKind(project: {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}): SessionUpdate[] {
  const text = (words: string) => ({ type: "text", text: words }) as const;
  return [
    {
      sessionUpdate: "session_created",
      formatVersion: 1,
      sessionId: "session-1",
      project,
      engine: "test",
      model: null,
      mode: "ask",
      title: null,
      requestDigest: "digest",
    },
    {
      sessionUpdate: "prompt_queued",
      promptId: "prompt-1",
      content: [text("go – ünï 🙂")],
      delivery: "queue",
    },
    { sessionUpdate: "prompt_queued", promptId: "prompt-2", content: [text("no")], delivery: "queue" },
    { sessionUpdate: "queue_update", promptIds: ["prompt-1"] },
    { sessionUpdate: "state_update", state: "running", promptId: "prompt-1" },
    { sessionUpdate: "user_message_chunk", messageId: "prompt-1", content: text("go – ünï 🙂") },
    { sessionUpdate: "session_info_update", title: "go" },
    { sessionUpdate: "agent_thought_chunk", messageId: "thought-1", content: text("Well.") },
    { sessionUpdate: "agent_message_chunk", messageId: "message-1", content: text("Let me look.\n") },
    { sessionUpdate: "tool_call", ...call, title: "npm test", kind: "execute", status: "pending" },
    { sessionUpdate: "request_permission", ...request },
    { sessionUpdate: "state_update", state: "requires_action", promptId: "prompt-1" },
    {
      sessionUpdate: "permission_outcome",
      requestId: "question-1",
      toolCallId: "call-1",
      outcome: { outcome: "selected", optionId: "once", kind: "allow_once" },
    },
    { sessionUpdate: "state_update", state: "running", promptId: "prompt-1" },
    { sessionUpdate: "tool_call_update", ...call, status: "in_progress" },
    { sessionUpdate: "tool_output_chunk", ...call, stream: "stdout", text: "ok\n" },
    { sessionUpdate: "tool_call_update", ...call, status: "completed", rawOutput: { exitCode: 0 } },
    { sessionUpdate: "plan", entries: [{ content: "look", priority: "medium", status: "completed" }] },
    { sessionUpdate: "usage_update", used: 10, size: 100, inputTokens: 8, outputTokens: 2 },
    { sessionUpdate: "current_mode_update", currentModeId: "plan" },
    { sessionUpdate: "config_option_update", configOptions: [{ id: "model", value: "local/model" }] },
    { sessionUpdate: "notice", code: "model_retry" },
    { sessionUpdate: "checkpoint", checkpointId: "c1", phase: "end", tree: "a".repeat(40), omitted: [] },
    { sessionUpdate: "state_update", state: "idle", promptId: "prompt-1", stopReason: "end_turn" },
  ];
}

/** The events of such a log. */
export function eventsOf(updates: readonly SessionUpdate[]): SessionEvent[] {
  return updates.map((update, index) => ({ seq: index + 1, at, turnId: "turn-1", by: phone, update }));
}

/** A whole line of a kind that only a later version knows. */
export function futureLine(seq: number): string {
  const text = JSON.stringify({
    seq,
    at,
    update: { sessionUpdate: "from_the_future", nested: { x: [1, "ü"] } },
  });
  return `${text.slice(0, -1)},"crc":"${crc32(text).toString(16).padStart(8, "0")}"}\n`;
}
