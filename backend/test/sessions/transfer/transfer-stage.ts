/** Sessions that leave as a file and come back from one: what tests of that need. */
import { createHash } from "node:crypto";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import type { ImportSession } from "../../../src/protocol/session.ts";
import type { Session } from "../../../src/sessions/session.ts";
import type { SessionStore } from "../../../src/sessions/store/session-store.ts";
import {
  at,
  createSession,
  type Machine,
  phone,
  promptOf,
  type RunTurn,
  startStore,
  turnEnd,
} from "../session-fixture.ts";

export const now = new Date(at);
export const importId = "imported-1";

/** A turn that says something, runs a command and fails to edit a file. */
export const work: RunTurn = async (turn) => {
  const message = (messageId: string, text: string) =>
    turn.emit({ sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } });
  message("m1", "I look ");
  message("m1", "at it.");
  await turn.emitDurable({
    sessionUpdate: "tool_call",
    toolCallId: "c1",
    title: "npm test",
    kind: "execute",
    status: "in_progress",
    rawInput: { command: "npm test" },
  });
  turn.emit({
    sessionUpdate: "tool_call_update",
    toolCallId: "c1",
    status: "completed",
    content: [{ type: "content", content: { type: "text", text: "```\n3 passed\n```" } }],
  });
  turn.emit({
    sessionUpdate: "tool_call",
    toolCallId: "c2",
    title: "a.ts",
    kind: "edit",
    status: "failed",
    content: [{ type: "diff", path: "a.ts", oldText: "old", newText: "new", oldLine: 1, newLine: 1 }],
  });
  message("m2", "Done.");
  return { stopReason: "end_turn" };
};

/** The whole of a text that comes in pieces. */
export async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

/** A session in which one turn has worked. */
export async function worked(machine: Machine) {
  const store = startStore(machine, { runTurn: work });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Please # test\nit"), phone);
  await turnEnd(session);
  return { store, session };
}

/** What a page shows of it. */
export async function seenIn(session: Session) {
  const { events } = await session.readEvents({});
  const { entries } = applyEvents(emptyTranscript, events);
  return entries.map(({ seq: _seq, ...entry }) => entry);
}

/** As over HTTP: the bytes of a request, with their digest. */
export async function importInto(
  store: SessionStore,
  request: ImportSession | string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Session> {
  const bytes = new TextEncoder().encode(typeof request === "string" ? request : JSON.stringify(request));
  const bodyDigest = createHash("sha256").update(bytes).digest("base64url");
  const file = await store.openImport({ bytes, signal });
  try {
    return await store.import(file, { bodyDigest, by: phone });
  } finally {
    await file.close();
  }
}

/** An export with these events. */
export function fileOf(...events: object[]) {
  return {
    format: "voxpilot-session",
    version: 1,
    session: { title: "From elsewhere" },
    events: events.map((event, index) => ({ seq: index + 1, at, turnId: "t1", ...event })),
  };
}

/** Events as they stand in such a file. */
export const chunkOf = (text: string, messageId = "m1") => ({
  update: { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } },
});
export const callOf = (fields: object) => ({
  update: { sessionUpdate: "tool_call", toolCallId: "c1", status: "completed", ...fields },
});
export const questionOf = (requestId: string) => ({
  update: {
    sessionUpdate: "request_permission",
    requestId,
    toolCallId: "c1",
    subject: { type: "command", command: "rm", cwd: "." },
    content: [],
    reach: [],
    dangerous: true,
    options: [],
    digest: "d",
  },
});
export const placed = (events: readonly object[]) =>
  events.map((event, index) => ({ seq: index + 1, at, turnId: "t1", ...event }));
