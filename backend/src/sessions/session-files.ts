/** A session's folder: its log, and a copy of the log's first line, without which nobody knows what it belongs to. */
import { join } from "node:path";
import * as z from "zod";
import { SessionUpdate } from "../protocol/session-update.ts";
import { readState, writeState } from "../workspace/state-file.ts";
import { EventLog } from "./log/event-log.ts";
import type { SessionParts } from "./session-parts.ts";
import { type SessionCreated, SessionState } from "./session-state.ts";

export interface OpenedLog {
  readonly created: SessionCreated;
  readonly log: EventLog;
  readonly state: SessionState;
  /** The log's own first line cannot be read; it must be written again. */
  readonly hasLostCreation: boolean;
}

/** Makes the folder with an empty log. */
export async function makeSessionFiles(parts: SessionParts, created: SessionCreated): Promise<OpenedLog> {
  const directory = folderOf(parts, created.sessionId);
  await parts.files.makeDirectory(directory);
  await writeState(parts.files, join(directory, "created.json"), created);
  const state = new SessionState();
  return { created, log: await openLog(parts, { directory, state }), state, hasLostCreation: false };
}

/** Reads the folder of a session; null when it holds no session that could be told apart. */
export async function openSessionFiles(parts: SessionParts, id: string): Promise<OpenedLog | null> {
  const directory = folderOf(parts, id);
  const copy = await readState(parts.files, join(directory, "created.json"), CreatedCopy);
  const state = new SessionState(copy);
  const log = await openLog(parts, { directory, state });
  const created = state.created ?? copy;
  if (log.lastSeq === 0 || created === null) return null;
  return { created, log, state, hasLostCreation: state.created === null };
}

function openLog(
  parts: SessionParts,
  { directory, state }: { directory: string; state: SessionState },
): Promise<EventLog> {
  return EventLog.open({
    directory,
    files: parts.files,
    now: parts.now,
    onLoad: (event) => {
      state.calls.apply(event);
      state.apply(event);
    },
  });
}

/** Absolute path of a session's own folder. */
export function folderOf(parts: SessionParts, id: string): string {
  return join(parts.directory, "sessions", id);
}

const CreatedCopy = SessionUpdate.transform((update, context): SessionCreated => {
  if (update.sessionUpdate === "session_created") return update;
  context.addIssue({ code: "custom", message: "not the creation of a session" });
  return z.NEVER;
});
