/** The one line of the log that a rewind becomes, and what it says to those who ask again. Pure. */
import type { DoRewind, RewindAnswer, SkippedFile, UndoRewind } from "../../protocol/rewind.ts";
import type { LogEntry } from "../log/event-log.ts";
import { SessionConflict } from "../session-conflict.ts";
import { digestOfText } from "../store/request-digest.ts";
import type { RewindLine } from "./rewind-book.ts";
import type { RewindIntent } from "./rewind-intent.ts";
import { type FilePlan, maxFiles, type PlannedFile } from "./rewind-plan.ts";

/** What became of the files. */
export interface Became {
  readonly done: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

/** The line for the log. */
export function entryOf(intent: RewindIntent, became: Became): LogEntry {
  const { by, rewindId, requestDigest, scope, turnId, turnAt, keepThrough, tree, undoes } = intent;
  return {
    by,
    update: {
      sessionUpdate: "rewind",
      rewindId,
      ...(requestDigest === undefined ? {} : { requestDigest }),
      scope,
      turnId,
      ...(turnAt === undefined ? {} : { turnAt }),
      keepThrough,
      files: { done: [...became.done].sort(), skipped: [...became.skipped] },
      ...(tree === null ? {} : { tree }),
      ...(undoes === undefined ? {} : { undoes }),
    },
  };
}

/** What whoever asked is told. */
export function answerOf({ seq, update }: RewindLine): RewindAnswer {
  return { seq, done: update.files.done, skipped: update.files.skipped };
}

/** What a request asks for, all of it. */
export function digestOfRewind(request: DoRewind | UndoRewind): string {
  const { id: _, ...asked } = request;
  if ("undoes" in asked) return digestOfText(JSON.stringify(["undo", asked.undoes]));
  const { turnId, scope, paths, digest } = asked;
  return digestOfText(JSON.stringify(["rewind", turnId, scope, paths ?? null, digest]));
}

/** Throws `id_reused` when something else was asked for under that id. */
export function assertSame(request: DoRewind | UndoRewind, asked: string | RewindLine): void {
  const isSame = typeof asked === "string" ? digestOfRewind(request) === asked : isLineOf(request, asked);
  if (isSame) return;
  throw new SessionConflict("id_reused", "Another rewind was asked for under this id.", { id: request.id });
}

function isLineOf(request: DoRewind | UndoRewind, { update }: RewindLine): boolean {
  const { requestDigest, scope, turnId, undoes } = update;
  if (requestDigest !== undefined) return digestOfRewind(request) === requestDigest;
  // An older line tells no more.
  return "undoes" in request
    ? request.undoes === undoes
    : undoes === undefined && request.scope === scope && request.turnId === turnId;
}

/** The files that go back: those that are named, else all that nobody else changed since. Some stay in any case. */
export function chosenFiles(
  { nowTree, files }: FilePlan,
  paths: readonly string[] | undefined,
): Pick<RewindIntent, "tree" | "changes" | "skipped" | "alreadySo"> {
  const named = paths === undefined ? null : new Set(paths);
  const isChosen = ({ path, changedSince }: PlannedFile): boolean => named?.has(path) ?? !changedSince;
  const going = files.filter((file) => file.stays === null && isChosen(file));
  if (going.length > maxFiles) throw tooManyFiles(going.length);
  return {
    tree: nowTree === "" ? null : nowTree,
    changes: going.map(({ path, from, to }) => ({ path, from, to })),
    skipped: files.flatMap((file) => {
      if (file.stays !== null) return skippedFor(file.path, file.stays);
      return file.changedSince && !isChosen(file) ? skippedFor(file.path, "changed_since") : [];
    }),
    alreadySo: [],
  };
}

/** A file that stays, and why. */
export function skippedFor(path: string, reason: SkippedFile["reason"]): SkippedFile {
  return { path, reason };
}

function tooManyFiles(count: number): SessionConflict {
  const words = `${count} files would go back, and ${maxFiles} can at once: choose fewer, or take the conversation back alone.`;
  return new SessionConflict("too_large", words, { count, most: maxFiles });
}
