/**
 * A session goes back to before a turn, and forward again. The order makes it safe: the files as they are become a
 * checkpoint, what is to be done is on disk, then the files are written, then the one line of the log that says so.
 */
import type { DoRewind, RewindAnswer, RewindPreview, UndoRewind } from "../../protocol/rewind.ts";
import type { Actor } from "../../protocol/session-update.ts";
import type { CheckpointedProject } from "../../workspace/git/checkpoints.ts";
import { GitFailed } from "../../workspace/git/git-process.ts";
import { removeHalfWritten, standing } from "../../workspace/put-back/put-back.ts";
import type { LogEntry } from "../log/event-log.ts";
import { messageOf, noSession, notSaving, SessionConflict } from "../session-conflict.ts";
import type { SessionParts } from "../session-parts.ts";
import type { SessionWriter } from "../session-writer.ts";
import type { RewindBook, RewindLine, RewindPlace } from "./rewind-book.ts";
import { IntentFile, type RewindIntent } from "./rewind-intent.ts";
import {
  answerOf,
  assertSame,
  type Became,
  chosenFiles,
  digestOfRewind,
  entryOf,
  skippedFor,
} from "./rewind-line.ts";
import { isAsSeen, planOf, previewOf } from "./rewind-plan.ts";

/** What a rewind needs of its session. */
export interface RewindHost {
  readonly project: CheckpointedProject;
  /** The session's own folder. */
  readonly folder: string;
  readonly parts: Pick<SessionParts, "checkpoints" | "files" | "otherAtWork" | "othersWork">;
  readonly sessionId: string;
  readonly book: RewindBook;
  readonly writer: SessionWriter;
  /** Runs the work while no turn runs or starts; rejects with `turn_running` when one does. */
  whileIdle<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** What the agent remembers may no longer be so. */
  onRewound(): void;
}

/** `isRepeated`: it was done before, under the same id. */
export interface RewindResult {
  readonly answer: RewindAnswer;
  readonly isRepeated: boolean;
}

interface Running {
  readonly requestDigest: string;
  readonly answer: Promise<RewindAnswer>;
}

type FileIntent = Pick<RewindIntent, "tree" | "changes" | "skipped" | "alreadySo">;

const noFiles: FileIntent = { tree: null, changes: [], skipped: [], alreadySo: [] };

/** One for each session. */
export class SessionRewinds {
  readonly #host: RewindHost;
  readonly #intents: IntentFile;
  readonly #running = new Map<string, Running>();

  constructor(host: RewindHost) {
    this.#host = host;
    this.#intents = new IntentFile(host.parts.files, host.folder);
  }

  /** What it would do; nothing is changed. Rejects with `turn_running` or `not_found`. */
  preview({ turnId }: Pick<DoRewind, "turnId">): Promise<RewindPreview> {
    return this.#host.whileIdle(async (signal) => {
      return previewOf(await planOf(this.#placeOf(turnId), { ...this.#sources, signal }));
    });
  }

  /** Does it once for each id. Rejects with `turn_running`, `changed`, `not_found`, `id_reused`, `not_saving`. */
  async rewind(request: DoRewind | UndoRewind, by: Actor): Promise<RewindResult> {
    const { id } = request;
    const known = this.#host.book.byId(id);
    if (known !== null) {
      assertSame(request, known);
      return { answer: answerOf(known), isRepeated: true };
    }
    const running = this.#running.get(id);
    if (running !== undefined) {
      assertSame(request, running.requestDigest);
      return { answer: await running.answer, isRepeated: true };
    }
    const answer = this.#host.whileIdle((signal) => this.#run(request, by, signal));
    this.#running.set(id, { requestDigest: digestOfRewind(request), answer });
    try {
      return { answer: await answer, isRepeated: false };
    } finally {
      this.#running.delete(id);
    }
  }

  /** After a restart: says in the log what became of a rewind that was cut off. Moves no file. */
  async recover(): Promise<void> {
    const { book, writer } = this.#host;
    // One that cannot be read now is there at the next start.
    const intent = await this.#intents.read().catch(() => null);
    if (intent === null) return;
    await removeHalfWritten(this.#host.project.root, intent.changes);
    if (book.byId(intent.rewindId) === null && !this.#isOutdated(intent)) {
      const became = await this.#became(intent);
      // None has gone back: then nothing has happened.
      if (became.done.length > intent.alreadySo.length) await writer.saveOrOwe([entryOf(intent, became)]);
      if (writer.owed.length > 0) return;
    }
    await this.#intents.forget();
  }

  /** No turn begins between an intent and its line: with one, the line would take away what was said since. */
  #isOutdated({ lastTurnId }: RewindIntent): boolean {
    return lastTurnId !== undefined && lastTurnId !== this.#host.book.lastTurnId;
  }

  async #run(request: DoRewind | UndoRewind, by: Actor, signal: AbortSignal): Promise<RewindAnswer> {
    // The line of an earlier one comes first; it is on its way while the disk refuses.
    if (this.#host.writer.owed.length > 0) throw notSaving(new Error("earlier lines are not saved yet"));
    const intent =
      "undoes" in request
        ? await this.#undoing(request, by, signal)
        : await this.#goingBack(request, by, signal);
    if (intent.changes.length > 0) await this.#keepForUndo(intent, signal);
    if (signal.aborted) throw noSession();
    if (intent.changes.length > 0) this.#assertAlone();
    if (intent.changes.length > 0) await this.#intend(intent);
    const answer = await this.#write(entryOf(intent, await this.#putBack(intent, signal)));
    if (intent.changes.length > 0) await this.#intents.forget();
    this.#host.onRewound();
    return answer;
  }

  async #intend(intent: RewindIntent): Promise<void> {
    const { lastTurnId } = this.#host.book;
    try {
      await this.#intents.write({ ...intent, lastTurnId });
    } catch (error) {
      // It may lie there all the same, and the next start must not take it for one that was begun.
      await this.#intents.forget();
      throw notSaving(error);
    }
  }

  /** What an undo goes back to, and what it compares with, are on the disk before a file is touched. */
  async #keepForUndo({ tree, turnId, undoes }: RewindIntent, signal: AbortSignal): Promise<void> {
    const behind = this.#host.book.treeOf({ turnId, undoes });
    try {
      // What of that one is gone has been told: those files stay.
      if (behind !== null) await this.#makeDurable(behind).catch(orGone);
      if (tree !== null) await this.#makeDurable(tree);
    } catch (error) {
      if (signal.aborted) throw noSession();
      if (!(error instanceof GitFailed)) throw notSaving(error);
      throw new SessionConflict("busy", `No file was put back: ${error.message}`);
    }
  }

  #makeDurable(tree: string): Promise<void> {
    const { project, checkpoints } = this.#sources;
    return checkpoints.makeDurable(project, tree);
  }

  async #goingBack(request: DoRewind, by: Actor, signal: AbortSignal): Promise<RewindIntent> {
    const { id, turnId, scope, paths, digest } = request;
    const place = this.#placeOf(turnId);
    const keepThrough = scope === "files" ? null : place.keepThrough;
    const given = { version: 1, by, rewindId: id, requestDigest: digestOfRewind(request) } as const;
    const base = { ...given, scope, turnId, turnAt: place.at, keepThrough } as const;
    if (scope === "conversation") {
      if (!isAsSeen(digest, { place })) throw seenOtherwise(turnId);
      return { ...base, ...noFiles };
    }
    const plan = await planOf(place, { ...this.#sources, signal });
    if (!isAsSeen(digest, plan)) throw seenOtherwise(turnId);
    if (plan.files !== null) return { ...base, ...chosenFiles(plan.files, paths) };
    if (scope === "both") return { ...base, ...noFiles };
    throw new SessionConflict(
      "not_found",
      "There is no checkpoint of that turn's start, so its files are not known: take the conversation back alone.",
      { turnId },
    );
  }

  async #undoing(request: UndoRewind, by: Actor, signal: AbortSignal): Promise<RewindIntent> {
    const { id, undoes } = request;
    const given = { version: 1, by, rewindId: id, requestDigest: digestOfRewind(request) } as const;
    const line = this.#targetOf(undoes);
    const scope = line?.update.scope ?? "conversation";
    const files = line === null ? noFiles : await this.#filesOfUndo(line, signal);
    return { ...given, scope, turnId: null, keepThrough: null, undoes, ...files };
  }

  /** The rewind to be taken back; null: it is a compaction. */
  #targetOf(undoes: number): RewindLine | null {
    const { book } = this.#host;
    const target = book.target(undoes);
    if (target === null)
      throw new SessionConflict("not_found", "Nothing that could be taken back stands there.", { undoes });
    if (!target.isInForce) throw new SessionConflict("changed", takenBackBefore, { undoes });
    const { line } = target;
    if (line !== null && line.update.scope !== "files" && book.isSummedUpSince(undoes))
      throw new SessionConflict("changed", summedUpSince, { undoes });
    return line;
  }

  /** Those that it put back, as far as they are as it left them. */
  async #filesOfUndo(line: RewindLine, signal: AbortSignal): Promise<FileIntent> {
    const { tree, files } = line.update;
    const behind = this.#host.book.treeOf(line.update);
    if (tree === undefined || behind === null || files.done.length === 0) return noFiles;
    const { project, checkpoints } = this.#sources;
    try {
      const { tree: nowTree } = await checkpoints.take(project, signal);
      const done = new Set(files.done);
      const changes = (await checkpoints.differences(project, nowTree, tree)).filter(({ path }) =>
        done.has(path),
      );
      const since = await checkpoints.changedPaths(project, [{ fromTree: behind, toTree: nowTree }]);
      const foreign = new Set(since.flat());
      const differing = new Set(changes.map(({ path }) => path));
      return {
        tree: nowTree,
        changes: changes
          .filter(({ path }) => !foreign.has(path))
          .map(({ path, from, to }) => ({ path, from, to })),
        skipped: changes
          .filter(({ path }) => foreign.has(path))
          .map(({ path }) => skippedFor(path, "changed_since")),
        alreadySo: files.done.filter((path) => !differing.has(path)),
      };
    } catch (error) {
      if (!(error instanceof GitFailed) || signal.aborted) throw error;
      throw new SessionConflict("not_found", `The files as they were cannot be had: ${error.message}`);
    }
  }

  async #putBack(intent: RewindIntent, signal: AbortSignal): Promise<Became> {
    const { project, checkpoints } = this.#sources;
    const { changes, alreadySo, skipped } = intent;
    if (changes.length === 0) return { done: alreadySo, skipped };
    try {
      const became = await checkpoints.putBack(project, changes, signal);
      return { done: [...alreadySo, ...became.done], skipped: [...skipped, ...became.skipped] };
    } catch (error) {
      const became = await this.#became(intent);
      if (became.done.length > alreadySo.length) return became;
      await this.#intents.forget();
      throw new SessionConflict("busy", `No file was put back, try again: ${messageOf(error)}`);
    }
  }

  /** As the disk shows it: which of the files have gone back. */
  async #became({ changes, skipped, alreadySo }: RewindIntent): Promise<Became> {
    const found = await standing(this.#host.project.root, changes);
    const left = changes.filter(({ path }) => found.get(path) !== "after");
    return {
      done: [...alreadySo, ...changes.filter((file) => !left.includes(file)).map(({ path }) => path)],
      skipped: [
        ...skipped,
        ...left.map(({ path }) =>
          skippedFor(path, found.get(path) === "before" ? "failed" : "changed_since"),
        ),
      ],
    };
  }

  /** The files have gone back: when the disk refuses the line, it is owed, and no turn starts before it is written. */
  async #write(entry: LogEntry): Promise<RewindAnswer> {
    const { writer } = this.#host;
    try {
      const [event] = await writer.saveEvents([entry]);
      if (event?.update.sessionUpdate !== "rewind") throw new Error("A saved rewind has its place.");
      return answerOf({ seq: event.seq, update: event.update });
    } catch (error) {
      await writer.saveOrOwe([entry]);
      throw error;
    }
  }

  /** What another session is writing is not taken from under its hands. */
  #assertAlone(): void {
    const { parts, project, sessionId } = this.#host;
    const other = parts.otherAtWork(sessionId, project.root);
    if (other !== null) throw new SessionConflict("turn_running", otherWorks, { sessionId: other });
  }

  #placeOf(turnId: string): RewindPlace {
    const place = this.#host.book.place(turnId);
    if (place !== null) return place;
    throw new SessionConflict(
      "not_found",
      "The conversation has no turn of that id, or no longer: load the session again.",
      { turnId },
    );
  }

  get #sources() {
    const { project, parts, book, sessionId } = this.#host;
    const othersWork = (since: string) => parts.othersWork({ sessionId, root: project.root, since });
    return { project, checkpoints: parts.checkpoints, book, othersWork };
  }
}

function orGone(error: unknown): void {
  if (!(error instanceof GitFailed) || error.reason !== "failed") throw error;
}

const takenBackBefore =
  "That was taken back before, or has left the conversation with a later rewind: load the session again.";
const otherWorks =
  "Another session is at work in this project, and its files would go back too: wait for its end, or stop it.";
const summedUpSince = "The conversation was summed up since: take that back first, then this.";

function seenOtherwise(turnId: string): SessionConflict {
  return new SessionConflict(
    "changed",
    "The files or the conversation are no longer as they were shown, and nothing was changed: look again, then go back.",
    { turnId },
  );
}
