/** The one line of the log that a rewind becomes, and what it says to those who ask again. Pure. */
import type { DoRewind, RewindAnswer, SkippedFile, UndoRewind } from "../../protocol/rewind.ts";
import type { LogEntry } from "../log/event-log.ts";
import { SessionConflict } from "../session-conflict.ts";
import type { RewindLine } from "./rewind-book.ts";
import type { RewindIntent } from "./rewind-intent.ts";
import { type FilePlan, maxFiles } from "./rewind-plan.ts";

/** What became of the files. */
export interface Became {
  readonly done: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

/** The line for the log. */
export function entryOf(intent: RewindIntent, became: Became): LogEntry {
  const { by, rewindId, scope, turnId, turnAt, keepThrough, tree, undoes } = intent;
  return {
    by,
    update: {
      sessionUpdate: "rewind",
      rewindId,
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

/** Throws `id_reused` when the same id was given to something else. */
export function assertSame(id: string, key: string, known: string): void {
  if (key !== known)
    throw new SessionConflict("id_reused", "Another rewind was asked for under this id.", { id });
}

/** What a request asks for, as far as its line tells it. */
export function keyOf(request: DoRewind | UndoRewind): string {
  return "undoes" in request ? `undo ${request.undoes}` : `${request.scope} ${request.turnId}`;
}

/** The same of a line. */
export function keyOfLine({ update }: RewindLine): string {
  return update.undoes === undefined ? `${update.scope} ${update.turnId ?? ""}` : `undo ${update.undoes}`;
}

/** The files that go back: those that are named, else all that nobody else changed since. */
export function chosenFiles(
  { nowTree, files }: FilePlan,
  paths: readonly string[] | undefined,
): Pick<RewindIntent, "tree" | "changes" | "skipped" | "alreadySo"> {
  const named = paths === undefined ? null : new Set(paths);
  const chosen = files.filter(({ path, changedSince }) => named?.has(path) ?? !changedSince);
  const going = new Set(chosen);
  const staying = files.filter((file) => file.changedSince && !going.has(file));
  if (chosen.length > maxFiles) throw tooManyFiles(chosen.length);
  return {
    tree: nowTree === "" ? null : nowTree,
    changes: chosen.filter((file) => !file.wasThere).map(({ path, from, to }) => ({ path, from, to })),
    skipped: [
      ...staying.map(({ path }) => skippedFor(path, "changed_since")),
      ...chosen.filter((file) => file.wasThere).map(({ path }) => skippedFor(path, "not_kept")),
    ],
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
