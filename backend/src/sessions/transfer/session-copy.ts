/** Writes a session that is made of another one's events: into a folder that nobody sees until it is whole. */
import { join } from "node:path";
import type { Actor, SessionEvent } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { writeState } from "../../workspace/state-file.ts";
import { encodeLine } from "../log/log-line.ts";
import { notSaving, SessionConflict } from "../session-conflict.ts";
import type { SessionParts } from "../session-parts.ts";
import type { SessionCreated } from "../session-state.ts";
import { admit, incomingFolder } from "../store/session-files.ts";

/** An event on its way into another log, where it gets a place of its own. */
export type CopiedEvent = Omit<SessionEvent, "seq" | "from">;

/** What a new session is made of; the events are asked for once, in order. */
export interface SessionCopy {
  readonly created: SessionCreated;
  events(): AsyncIterable<CopiedEvent>;
}

/** So much is written at a time, however long the log is. */
const batchCharacters = 256_000;

/** Makes the session's folder, all at once: after a crash it is whole, or not there. Throws `not_saving`, or as the events do. */
export async function admitCopy(parts: SessionParts, copy: SessionCopy, by: Actor): Promise<void> {
  const id = copy.created.sessionId;
  let incoming: string | null = null;
  try {
    incoming = await incomingFolder(parts, id);
    await writeCopy(parts.files, incoming, { copy, by, now: parts.now() });
    await admit(parts, id, incoming);
  } catch (error) {
    // What a disk that refuses does not let go of now, the next start removes.
    if (incoming !== null) await parts.files.remove(incoming).catch(() => undefined);
    throw error instanceof SessionConflict ? error : notSaving(error);
  }
}

async function writeCopy(
  files: DurableFiles,
  directory: string,
  given: { readonly copy: SessionCopy; readonly by: Actor; readonly now: Date },
): Promise<void> {
  const { copy, by, now } = given;
  await writeState(files, join(directory, "created.json"), copy.created);
  const file = await files.openAppend(join(directory, "log.jsonl"));
  try {
    let seq = 1;
    let batch = encodeLine({ seq, at: now.toISOString(), by, update: copy.created });
    for await (const event of copy.events()) {
      seq += 1;
      batch += encodeLine({ seq, ...event });
      if (batch.length < batchCharacters) continue;
      await file.append(Buffer.from(batch, "utf8"));
      batch = "";
    }
    await file.append(Buffer.from(batch, "utf8"));
    await file.sync();
  } finally {
    await file.close();
  }
}
