/** A session as files in a state folder, made without a server: a log of known length. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import type { WrittenUpdate } from "../../src/protocol/written-update.ts";
import { encodeLine } from "../../src/sessions/log/log-line.ts";

type Created = Extract<WrittenUpdate, { sessionUpdate: "session_created" }>;

interface WrittenSession {
  readonly id: string;
  /** Absolute path of its project. */
  readonly project: string;
  /** What comes after `session_created`. */
  readonly updates: readonly WrittenUpdate[];
}

/** Writes the session's folder; its log has `updates.length + 1` lines. */
export async function writeSession(state: string, { id, project, updates }: WrittenSession): Promise<void> {
  const created: Created = {
    sessionUpdate: "session_created",
    formatVersion: 1,
    sessionId: id,
    project: { id: "written", name: "written", path: project },
    engine: "built-in",
    model: null,
    mode: "ask",
    title: "Written",
    requestDigest: "written",
  };
  const folder = join(state, "sessions", id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "created.json"), JSON.stringify(created), { mode: 0o600 });
  const lines = [created, ...updates].map((update, index) => {
    const event: SessionEvent = { seq: index + 1, at: "2026-01-05T09:00:00.000Z", turnId: "t1", update };
    return encodeLine(event);
  });
  await writeFile(join(folder, "log.jsonl"), lines.join(""), { mode: 0o600 });
}

/** Text of several messages in chunks, with calls and their output between: every kind that is joined, and some that are not. */
export function mixedUpdates(count: number): WrittenUpdate[] {
  return Array.from({ length: count }, (_, index) => mixedUpdate(index));
}

function mixedUpdate(index: number): WrittenUpdate {
  const group = Math.floor(index / 10);
  const text = `word ${index} é😀 `;
  switch (index % 10) {
    case 0:
      return { sessionUpdate: "tool_call", toolCallId: `c${group}`, title: `call ${group}`, kind: "execute" };
    case 1:
    case 2:
    case 3:
      return { sessionUpdate: "tool_output_chunk", toolCallId: `c${group}`, stream: "stdout", text };
    case 4:
      return { sessionUpdate: "tool_call_update", toolCallId: `c${group}`, status: "completed" };
    case 5:
      return thoughtOf(group, text);
    default:
      return {
        sessionUpdate: "agent_message_chunk",
        messageId: `m${group}`,
        content: { type: "text", text },
      };
  }
}

function thoughtOf(group: number, text: string): WrittenUpdate {
  return { sessionUpdate: "agent_thought_chunk", messageId: `h${group}`, content: { type: "text", text } };
}
