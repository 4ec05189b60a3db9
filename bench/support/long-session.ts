/** A long session as its files on disk: the log of many turns, as a machine has it after weeks of work. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { encodeLine } from "../../backend/src/sessions/log/log-line.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";
import { markdownAnswer } from "./markdown-answer.ts";

export const longSessionId = "bench-long-session";

export type Created = Extract<SessionUpdate, { sessionUpdate: "session_created" }>;

const answerTokens = 150;

export interface LongSession {
  /** Absolute path. */
  readonly project: string;
  /** The least that its transcript has. */
  readonly entries: number;
  /** Default: `longSessionId`. */
  readonly id?: string;
}

/** Writes a session with so many entries in its transcript; resolves to the last seq of its log. */
export async function writeLongSession(
  stateFolder: string,
  { project, entries, id = longSessionId }: LongSession,
): Promise<number> {
  const folder = join(stateFolder, "sessions", id);
  const created = creationOf(id, project);
  const events = eventsOf(created, entries);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "created.json"), JSON.stringify(created), { mode: 0o600 });
  await writeFile(join(folder, "log.jsonl"), events.map(encodeLine), { mode: 0o600 });
  return events.length;
}

/** The first line of a log. */
export function creationOf(sessionId: string, project: string): Created {
  return {
    sessionUpdate: "session_created",
    formatVersion: 1,
    sessionId,
    project: { id: "bench", name: "bench", path: project },
    engine: "built-in",
    model: null,
    mode: "ask",
    title: "A long session",
    requestDigest: "bench",
  };
}

function eventsOf(created: Created, wantedEntries: number): readonly SessionEvent[] {
  const events: SessionEvent[] = [];
  let atMs = Date.UTC(2026, 0, 5, 9);
  const add = (update: SessionUpdate, turnId?: string): void => {
    atMs += 2_000;
    const at = new Date(atMs).toISOString();
    events.push({ seq: events.length + 1, at, ...(turnId === undefined ? {} : { turnId }), update });
  };
  add(created);
  let transcript = applyEvents(emptyTranscript, events);
  for (let turn = 1; transcript.entries.length < wantedEntries; turn += 1) {
    const before = events.length;
    for (const update of turnUpdates(turn)) add(update, `turn-${turn}`);
    transcript = applyEvents(transcript, events.slice(before));
  }
  return events;
}

/** Eight entries: a prompt, an answer in Markdown, four calls, another answer, the turn's end. */
export function turnUpdates(turn: number): readonly SessionUpdate[] {
  const promptId = `prompt-${turn}`;
  const content = {
    type: "text",
    text: `Please look at part ${turn} and mend what is wrong there.`,
  } as const;
  const answer = (part: string, tokens: number): SessionUpdate => ({
    sessionUpdate: "agent_message_chunk",
    messageId: `answer-${turn}-${part}`,
    content: { type: "text", text: markdownAnswer(tokens).join("") },
  });
  return [
    { sessionUpdate: "prompt_queued", promptId, content: [content], delivery: "queue" },
    { sessionUpdate: "state_update", state: "running", promptId },
    { sessionUpdate: "user_message_chunk", messageId: promptId, content },
    answer("first", answerTokens / 3),
    ...[1, 2, 3, 4].flatMap((call) => callUpdates(`call-${turn}-${call}`, call)),
    answer("last", answerTokens),
    { sessionUpdate: "state_update", state: "idle", promptId, stopReason: "end_turn" },
  ];
}

/** The fourth call of a turn is an edit, so that its rows do not all fold into one. */
function callUpdates(toolCallId: string, call: number): readonly SessionUpdate[] {
  const isEdit = call === 4;
  const kind = isEdit ? "edit" : "read";
  const path = `src/${toolCallId}.ts`;
  const rawOutput = isEdit
    ? { type: "edit", added: 3, removed: 1, created: false }
    : { type: "lines", from: 1, to: 60, total: 60 };
  const told = { type: "content", content: { type: "text", text: "const value = 1;\n".repeat(60) } } as const;
  return [
    { sessionUpdate: "tool_call", toolCallId, title: path, kind, status: "pending", rawInput: { path } },
    { sessionUpdate: "tool_call_update", toolCallId, status: "in_progress", locations: [{ path }] },
    { sessionUpdate: "tool_call_update", toolCallId, status: "completed", content: [told], rawOutput },
  ];
}
