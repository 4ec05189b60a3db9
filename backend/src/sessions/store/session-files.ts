/** A session's folder: its log, and a copy of the log's first line, without which nobody knows what it belongs to. */
import { randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { ClientId } from "../../protocol/identifiers.ts";
import { SessionUpdate } from "../../protocol/session-update.ts";
import { removeUnfinished } from "../../workspace/durable-files.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { EventLog } from "../log/event-log.ts";
import { logPath } from "../log/log-file.ts";
import { messageOf, notSaving, SessionConflict } from "../session-conflict.ts";
import { type SessionCreated, SessionFolds } from "../session-folds.ts";
import type { SessionParts } from "../session-parts.ts";

export interface OpenedLog {
  readonly created: SessionCreated;
  readonly log: EventLog;
  readonly folds: SessionFolds;
  /** The log's own first line cannot be read; it must be written again. */
  readonly hasLostCreation: boolean;
}

/** Makes the folder with an empty log. Throws `not_saving` where a log lies already: it could not be read, and stays as it is. */
export async function makeSessionFiles(parts: SessionParts, created: SessionCreated): Promise<OpenedLog> {
  const directory = folderOf(parts, created.sessionId);
  await assertNoLog(directory);
  // By itself: it may be there, and its own name not be durable, since an earlier try failed.
  await parts.files.makeDirectory(dirname(directory));
  await parts.files.makeDirectory(directory);
  await writeState(parts.files, join(directory, "created.json"), created);
  const folds = new SessionFolds();
  return { created, log: await openLog(parts, { directory, folds }), folds, hasLostCreation: false };
}

/** Reads the folder of a session, rid of unfinished writes; null when it holds no session that could be told apart. */
export async function openSessionFiles(parts: SessionParts, id: string): Promise<OpenedLog | null> {
  const directory = folderOf(parts, id);
  await removeUnfinished(parts.files, directory).catch((error: unknown) => {
    process.emitWarning(
      `What a killed process left in ${directory} cannot be removed yet: ${messageOf(error)}`,
    );
  });
  const copy = await readState(parts.files, join(directory, "created.json"), CreatedCopy);
  const folds = new SessionFolds(copy);
  const log = await openLog(parts, { directory, folds });
  const created = folds.created ?? copy;
  if (log.lastSeq === 0 || created === null) return null;
  return { created, log, folds, hasLostCreation: folds.created === null };
}

/** Only where a session could not be read is one of its id made anew: it may be readable again tomorrow. */
async function assertNoLog(directory: string): Promise<void> {
  const found = await stat(logPath(directory)).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw notSaving(error, unreadable);
  });
  if (found === null || found.size === 0) return;
  throw new SessionConflict("not_saving", `${unreadable}. Nothing of it was changed: take another id.`);
}

const unreadable = "A session of this id lies on the machine and cannot be read";

function openLog(
  parts: SessionParts,
  { directory, folds }: { directory: string; folds: SessionFolds },
): Promise<EventLog> {
  return EventLog.open({
    directory,
    files: parts.files,
    now: parts.now,
    passesOverText: true,
    onLoad: (event) => {
      folds.calls.apply(event);
      folds.apply(event);
    },
  });
}

/** Absolute path of a session's own folder. */
export function folderOf(parts: SessionPlace, id: string): string {
  return join(parts.directory, "sessions", id);
}

/** Where sessions lie. */
export type SessionPlace = Pick<SessionParts, "directory" | "files">;

/** Where the folder of a session lies from its deletion on until it is removed. */
export function leftoverOf(place: SessionPlace, id: string): string {
  return join(place.directory, "deleted", `${id}-${randomBytes(6).toString("hex")}`);
}

/** Takes a session away, all at once: after a crash it is there whole, or it is gone. When it rejects, `isTakenAway` tells. */
export async function takeAway(place: SessionPlace, id: string, leftover: string): Promise<void> {
  await place.files.makeDirectory(dirname(leftover));
  await place.files.move(folderOf(place, id), leftover);
}

/** Whether a session's folder has its new place already, durable or not. */
export async function isTakenAway(place: SessionPlace, id: string, leftover: string): Promise<boolean> {
  const [before, after] = await Promise.all([folderOf(place, id), leftover].map(isThere));
  return before === false && after === true;
}

/** Makes durable that a session was taken away, where that could not be told. */
export async function confirmTakenAway(place: SessionPlace, id: string, leftover: string): Promise<void> {
  // Of a folder that is there, this syncs the name; of one that is not, that it is none.
  await place.files.makeDirectory(leftover);
  await place.files.remove(folderOf(place, id));
}

/** Null: nobody can tell now. */
async function isThere(path: string): Promise<boolean | null> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "ENOENT" ? false : null;
  }
}

/** A folder of its own for a session that is being copied: nobody sees it until it is admitted. */
export async function incomingFolder(place: SessionPlace, id: string): Promise<string> {
  const folder = join(place.directory, "incoming", `${id}-${randomBytes(6).toString("hex")}`);
  await place.files.makeDirectory(folder);
  return folder;
}

/** Makes a copied session one of the machine's, all at once. When it rejects nobody knows whether it is one. */
export async function admit(place: SessionPlace, id: string, incoming: string): Promise<void> {
  await place.files.makeDirectory(join(place.directory, "sessions"));
  await place.files.move(incoming, folderOf(place, id));
}

/** Makes the name of a copied session durable where it could not be told; false: there is no such folder. */
export async function confirmAdmission(place: SessionPlace, id: string): Promise<boolean> {
  const folder = folderOf(place, id);
  const found = await stat(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  });
  // Of a folder that is there, this syncs the name.
  if (found !== null) await place.files.makeDirectory(folder);
  return found !== null;
}

/** The ids of all folders that may hold a session. */
export async function sessionIds(place: SessionPlace): Promise<string[]> {
  const entries = await readdir(join(place.directory, "sessions"), { withFileTypes: true }).catch(
    missingAsEmpty,
  );
  const folders = entries.filter((entry) => entry.isDirectory() && ClientId.safeParse(entry.name).success);
  return folders.map((folder) => folder.name).sort();
}

/** Sessions that are there and cannot be listed must not look like none. */
function missingAsEmpty(error: unknown): Dirent[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}

/** What a process that was killed left of sessions on their way in or out. */
export async function removeLeftovers({ directory, files }: SessionPlace): Promise<void> {
  const leftovers = (await readdir(directory)).filter((name) => name === "deleted" || name === "incoming");
  for (const name of leftovers) await files.remove(join(directory, name));
}

const CreatedCopy = SessionUpdate.transform((update, context): SessionCreated => {
  if (update.sessionUpdate === "session_created") return update;
  context.addIssue({ code: "custom", message: "not the creation of a session" });
  return z.NEVER;
});
