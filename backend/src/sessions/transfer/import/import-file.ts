/** What somebody sends to be imported, from its bytes on. Pure work, in pieces; a large one is done in a thread of its own. */
import { ImportSession } from "../../../protocol/session.ts";
import { SessionConflict } from "../../session-conflict.ts";
import { copiedLines } from "../copied-lines.ts";
import { issueOf, openExported, readEvents } from "../export/exported-session.ts";
import { type ImportPlace, importedEvents } from "./import.ts";
import { excessOfJson } from "./json-bounds.ts";

/** What stands at the head of it. */
export interface ImportHead extends Omit<ImportSession, "session"> {
  readonly title: string | null;
}

/** A file that is being imported: what it asks for, and its lines, which are made as they are asked for, once. */
export interface ImportFile {
  readonly head: ImportHead;
  /** Bytes of the new session's log from seq 2 on. */
  lines(): AsyncIterable<Uint8Array>;
  /** Lets go of it, also in the middle. */
  close(): Promise<void>;
}

/** Reads the bytes of a request, and looks at all of them. Throws `invalid_request` with what is wrong and what to do. */
export async function openImportFile(bytes: Uint8Array, place: ImportPlace): Promise<ImportFile> {
  const { session, ...request } = requestOf(bytes);
  const { title, items } = openExported(session);
  const events = await readEvents(items);
  return {
    head: { ...request, title },
    lines: () => copiedLines(importedEvents(events, place)),
    close: () => Promise.resolve(),
  };
}

function requestOf(bytes: Uint8Array): ImportSession {
  const excess = excessOfJson(bytes);
  if (excess !== null) throw new SessionConflict("invalid_request", `${excess}. It cannot be imported.`);
  const parsed = ImportSession.safeParse(jsonOf(bytes));
  if (parsed.success) return parsed.data;
  throw new SessionConflict("invalid_request", issueOf(parsed.error));
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new SessionConflict("invalid_request", "The body is not JSON.");
  }
}
