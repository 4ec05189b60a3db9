/** Writes a session that is made of another one's events: into a folder that nobody sees until it is whole. */

import { join } from "node:path";
import type { Actor } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { writeState } from "../../workspace/state-file.ts";
import { logPath } from "../log/log-file.ts";
import { encodeLine } from "../log/log-line.ts";
import { notSaving, SessionConflict } from "../session-conflict.ts";
import type { SessionCreated } from "../session-folds.ts";
import type { SessionParts } from "../session-parts.ts";
import { admit, incomingFolder } from "../store/session-files.ts";

/** What a new session is made of; the lines behind its first one are asked for once, in order. */
export interface SessionCopy {
  readonly created: SessionCreated;
  /** Bytes of the log, of whole lines, from seq 2 on. */
  lines(): AsyncIterable<Uint8Array>;
}

/** Makes the session's folder, all at once: after a crash it is whole, or not there. Throws `not_saving`, or as the lines do. */
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
  const file = await files.openAppend(logPath(directory));
  try {
    const first = encodeLine({ seq: 1, at: now.toISOString(), by, update: copy.created });
    await file.append(Buffer.from(first, "utf8"));
    for await (const bytes of copy.lines()) await file.append(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
