/** A conversation that outlives requests, devices and restarts: its log, its turns, its open questions, its subscribers. */

import { applyToSummary } from "../../../transcript/summary.ts";
import type { BackgroundJob } from "../protocol/job.ts";
import type { PermissionDecision, PermissionOutcome } from "../protocol/permission.ts";
import type { DoRewind, RewindPreview, UndoRewind } from "../protocol/rewind.ts";
import type {
  PatchPrompt,
  PatchSession,
  PromptReceipt,
  QueuedPrompt,
  SessionMode,
  SessionSummary,
  SubmitPrompt,
} from "../protocol/session.ts";
import type { Actor, SessionEvent } from "../protocol/session-update.ts";
import type { CheckpointedProject } from "../workspace/git/checkpoints.ts";
import { currentBranch } from "../workspace/git/git.ts";
import type { EventLog } from "./log/event-log.ts";
import type { LogPage, LogRange } from "./log/log-pages.ts";
import { ModeEndWatch, modeEndEntry } from "./mode-end.ts";
import { PermissionQueue } from "./questions/permission-queue.ts";
import type { Work } from "./rewind/rewind-book.ts";
import { type RewindResult, SessionRewinds } from "./rewind/session-rewinds.ts";
import { serverActor } from "./server-actor.ts";
import { noSession } from "./session-conflict.ts";
import { jobEndEntry, patchEntries, recoveryEntries } from "./session-entries.ts";
import type { SessionCreated, SessionFolds, TurnTrees } from "./session-folds.ts";
import type { SessionParts } from "./session-parts.ts";
import { SessionWriter } from "./session-writer.ts";
import { isResting, writeSummary } from "./store/saved-summary.ts";
import { folderOf, makeSessionFiles, type OpenedLog, openSessionFiles } from "./store/session-files.ts";
import { TurnSequence } from "./turn/turn-sequence.ts";

/** `json` is the event as it stands in the log, made once for all who send it on. */
type EventListener = (event: SessionEvent, json: string) => void;

/** Made by its store. What changes it is on disk when its promise resolves, or rejects with SessionConflict. */
export class Session {
  readonly id: string;
  /** The project as far as its files go. */
  readonly project: CheckpointedProject;
  readonly #parts: SessionParts;
  readonly #created: SessionCreated;
  readonly #folds: SessionFolds;
  readonly #log: EventLog;
  readonly #writer: SessionWriter;
  readonly #permissions: PermissionQueue;
  readonly #turns: TurnSequence;
  readonly #rewinds: SessionRewinds;
  readonly #modeEnd: ModeEndWatch;
  readonly #listeners = new Set<EventListener>();
  #branch: string | null = null;
  #savingSummary: Promise<void> = Promise.resolve();
  readonly #endListeners = new Set<() => void>();
  #isEnding = false;
  #hasEnded = false;
  #wasFailing = false;
  /** The line that ends the mode is on its way into the log: it holds no longer. */
  #isModeEnding = false;

  private constructor(parts: SessionParts, { created, log, folds }: OpenedLog) {
    this.id = created.sessionId;
    this.project = { id: created.project.id, root: created.project.path };
    this.#parts = parts;
    this.#created = created;
    this.#folds = folds;
    this.#log = log;
    this.#writer = new SessionWriter(log, {
      onPlaced: (event) => this.#turns.apply(event),
      onPaid: () => this.#turns.startNext(),
    });
    this.#permissions = new PermissionQueue(this.#writer, folds.permissions);
    this.#turns = new TurnSequence({
      sessionId: this.id,
      engineId: created.engine,
      project: this.project,
      parts,
      folds,
      log,
      writer: this.#writer,
      permissions: this.#permissions,
      mode: () => this.#modeNow(),
      onOver: () => this.#onTurnOver(),
    });
    this.#rewinds = new SessionRewinds({
      sessionId: this.id,
      project: this.project,
      folder: folderOf(parts, this.id),
      parts,
      book: folds.rewinds,
      writer: this.#writer,
      whileIdle: (work) => this.#turns.whileIdle(work),
      onRewound: () => parts.engines.get(created.engine)?.forgetConversation(this.id),
    });
    this.#modeEnd = new ModeEndWatch({
      now: parts.now,
      endsAt: () => folds.summary?.modeEndsAt ?? null,
      setAt: () => folds.modeChoice?.at ?? null,
      onOver: () => this.#endMode(),
    });
    log.listen({
      onWritten: (event, json) => this.#onWritten(event, json),
      onFailed: () => this.#onFailed(),
    });
  }

  /** Makes a session; rejects with `not_saving` when that cannot be saved. */
  static async create(parts: SessionParts, created: SessionCreated, by: Actor): Promise<Session> {
    const session = new Session(parts, await makeSessionFiles(parts, created));
    try {
      await session.#writer.save([{ by, update: created }]);
    } catch (error) {
      await session.#log.close();
      throw error;
    }
    await session.#refreshBranch();
    return session;
  }

  /** Reads a session from disk and ends what its process left running; null when that folder holds no session. */
  static async open(parts: SessionParts, id: string): Promise<Session | null> {
    const opened = await openSessionFiles(parts, id);
    if (opened === null) return null;
    const session = new Session(parts, opened);
    await session.#recover(opened);
    return session;
  }

  /** A turn runs in it. */
  get isAtWork(): boolean {
    return this.#turns.isAtWork;
  }

  /** How it was made. */
  get creation(): SessionCreated {
    return this.#created;
  }

  /** Who chose the mode that holds; null: the log does not say. */
  get modeChooser(): Actor | null {
    return this.#folds.modeChoice?.by ?? null;
  }

  /** The digest of the request that made it. */
  get requestDigest(): string {
    return this.#created.requestDigest;
  }

  /** The last seq that is written. */
  get lastSeq(): number {
    return this.#log.lastSeq;
  }

  /** As it is now, with what `deviceId` has read. */
  summary(deviceId?: string): SessionSummary {
    const { summary } = this.#folds;
    if (summary === null) throw new Error("A session without its first event has no summary.");
    // What is owed to the log has happened: it is shown although it has no place yet.
    const shown = this.#writer.owed.reduce((before, entry) => {
      return applyToSummary(before, { ...entry, seq: summary.lastSeq, at: summary.updatedAt });
    }, summary);
    const seenSeq = deviceId === undefined ? 0 : this.#parts.seenSeq(this.id, deviceId);
    return {
      ...shown,
      ...(this.#isModeOver ? { mode: "ask", modeEndsAt: null } : {}),
      project: { ...shown.project, branch: this.#branch },
      seenSeq,
      notSaving: !this.#log.isSaving,
    };
  }

  /** A page of the log, chunks joined. */
  readEvents(range: LogRange): Promise<LogPage> {
    return this.#log.read(range);
  }

  /** All that is written after a position and before another one, chunks joined, one by one. */
  streamEvents(range: Omit<LogRange, "limit">): AsyncGenerator<SessionEvent> {
    return this.#log.stream(range);
  }

  /** One event as it was logged, or null. */
  async readEvent(seq: number): Promise<SessionEvent | null> {
    const { events } = await this.#log.read({ after: seq - 1, before: seq + 1 });
    return events[0] ?? null;
  }

  /** Calls back with each event, in order, from now on. Returns how to end that. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The checkpoints of a turn; null when it has not both. */
  turnTrees(turnId: string): TurnTrees | null {
    return this.#folds.trees(turnId);
  }

  /** Accepts a prompt, which then runs once. The same id and body always gets the same receipt; another body `id_reused`. */
  submitPrompt(prompt: SubmitPrompt, by: Actor): Promise<PromptReceipt> {
    return this.#turns.submit(prompt, by);
  }

  /** Takes a waiting prompt out; rejects with `prompt_taken_up` when its turn has begun. */
  removePrompt(promptId: string, by: Actor): Promise<void> {
    return this.#turns.remove(promptId, by);
  }

  /** Edits a waiting prompt, moves it or has it go now, and tells the queue; rejects as `removePrompt` does. */
  changePrompt(promptId: string, change: PatchPrompt, by: Actor): Promise<readonly QueuedPrompt[]> {
    return this.#turns.change(promptId, change, by);
  }

  /** What going back to before a turn would do; changes nothing. Rejects with `turn_running` while one runs. */
  previewRewind(request: Pick<DoRewind, "turnId">): Promise<RewindPreview> {
    return this.#rewinds.preview(request);
  }

  /** Goes back, or takes that back; the same id always gets the same answer. Rejects as `previewRewind`, and with `changed`. */
  rewind(request: DoRewind | UndoRewind, by: Actor): Promise<RewindResult> {
    return this.#rewinds.rewind(request, by);
  }

  /** What its turns may have done to files since a time. */
  workSince(time: string): readonly Work[] {
    return this.#folds.rewinds.workSince(time);
  }

  /** Stops the running turn, and what waits rests; rejects with `turn_not_running` when `turnId` is not the one that runs. */
  cancel(turnId: string | undefined, by: Actor): Promise<void> {
    return this.#turns.cancel(turnId, by);
  }

  /** As `cancel`, and waits no longer for what is being stopped. */
  kill(turnId: string | undefined, by: Actor): Promise<void> {
    return this.#turns.kill(turnId, by);
  }

  /** Decides an open question, once: `permission_decided` with the outcome when it was decided before. */
  async decide(requestId: string, decision: PermissionDecision, by: Actor): Promise<PermissionOutcome> {
    this.#turns.flushOutput();
    return this.#permissions.decide(requestId, decision, by);
  }

  /** Takes a permission back that was given for longer than once. */
  endGrant(requestId: string, by: Actor): Promise<void> {
    return this.#permissions.endGrant(requestId, by);
  }

  /** Ends what a device allowed that was signed out or has lower rights now; never rejects. What runs is not cut. */
  withdraw(deviceId: string): Promise<void> {
    return this.#withdraw((by) => by?.kind === "device" && by.id === deviceId);
  }

  /** Changes title, model or mode; what is not named stays. */
  async patch(change: PatchSession, by: Actor): Promise<void> {
    const entries = patchEntries(change, by, this.#parts.now());
    if (entries.length > 0) await this.#writer.save(entries);
  }

  /** Writes down that a command which it left running is over. Never rejects. */
  async noteJobEnded(job: BackgroundJob): Promise<void> {
    // Before anything is cut: half a secret looks like none.
    await this.#writer.saveOrOwe([jobEndEntry(this.#parts.redaction.value(job))]);
    if (!this.#isEnding) this.#saveSummary();
  }

  /** Notes what a device has read; never goes back. */
  async markSeen(deviceId: string, seq: number): Promise<void> {
    if (this.#hasEnded) throw noSession();
    await this.#parts.markSeen({ sessionId: this.id, deviceId, seq: Math.min(seq, this.#log.lastSeq) });
    this.#parts.onChanged(this.id);
  }

  /** Calls back once nothing more will ever come of this session. Returns how to end that. */
  onEnded(listener: () => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** Closes it so that nothing more is written, whoever still holds it. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.close();
    this.#hasEnded = true;
  }

  /** Tells those who follow it that it has ended. */
  tellEnded(): void {
    for (const listener of this.#endListeners) listener();
  }

  /** Interrupts a running turn, saves everything and lets go of the log. Takes under 5 s. */
  async close(): Promise<void> {
    this.#modeEnd.close();
    await this.#turns.close();
    // Before the log is let go of: a line that came later would open it again.
    if (this.#isEnding) this.#writer.end();
    else this.#writer.close();
    await this.#log.close();
    this.#saveSummary();
    await this.#savingSummary;
    this.#parts.engines.get(this.#created.engine)?.close(this.id);
  }

  async #recover(opened: OpenedLog): Promise<void> {
    const { prompts } = this.#folds;
    // Nothing runs by itself after a restart: what waits goes on when a person does.
    prompts.isHeld = prompts.waiting.length > 0;
    const creation = opened.hasLostCreation ? [{ by: serverActor, update: opened.created }] : [];
    const entries = [...creation, ...recoveryEntries(this.#folds, this.#log.damagedCount)];
    if (entries.length > 0) await this.#writer.saveOrOwe(entries);
    await this.#rewinds.recover();
    if (this.#modeEnd.isOver) await this.#endMode();
    await this.#withdraw((by, at) => by?.kind === "device" && !this.#parts.stillCounts(by.id, at));
    this.#modeEnd.look();
    await this.#refreshBranch();
  }

  async #withdraw(isVoid: (by: Actor | undefined, at: string) => boolean): Promise<void> {
    const grants = this.#folds.permissions.withdraw(({ by, at }) => isVoid(by, at));
    const { summary, modeChoice } = this.#folds;
    const isModeVoid =
      summary?.mode === "auto" && modeChoice !== null && isVoid(modeChoice.by, modeChoice.at);
    const ending = isModeVoid ? this.#endMode() : undefined;
    if (grants.length > 0) await this.#writer.saveOrOwe(grants.map(({ entry }) => entry));
    for (const { requestId } of grants) this.#parts.onGrantEnded(this.id, requestId);
    await ending;
    if (grants.length > 0) this.#saveSummary();
  }

  #onWritten(event: SessionEvent, json: string): void {
    this.#folds.apply(event);
    const { sessionUpdate } = event.update;
    if (sessionUpdate === "current_mode_update" || sessionUpdate === "session_created") {
      this.#isModeEnding = false;
      this.#modeEnd.look();
    }
    for (const listener of this.#listeners) listener(event, json);
    if (this.#wasFailing) this.#tellSavingAgain();
    this.#parts.onChanged(this.id);
  }

  get #isModeOver(): boolean {
    return this.#isModeEnding || this.#modeEnd.isOver;
  }

  #modeNow(): SessionMode {
    if (!this.#isModeOver) return this.#folds.summary?.mode ?? "ask";
    void this.#endMode();
    return "ask";
  }

  /** Back to `ask`: written now, or as soon as the disk takes it. */
  async #endMode(): Promise<void> {
    if (this.#isModeEnding) return;
    this.#isModeEnding = true;
    await this.#writer.saveOrOwe([modeEndEntry]);
    this.#parts.onModeEnded(this.id);
    this.#saveSummary();
  }

  #tellSavingAgain(): void {
    this.#wasFailing = false;
    this.#writer.append([{ by: serverActor, update: { sessionUpdate: "notice", code: "saving_again" } }]);
  }

  #onFailed(): void {
    this.#wasFailing = true;
    this.#turns.onSaveFailed();
    this.#parts.onChanged(this.id);
  }

  #onTurnOver(): void {
    this.#parts.onChanged(this.id);
    this.#parts.onTurnOver(this.id);
    void this.#refreshBranch();
    this.#saveSummary();
  }

  /** Lets the next start show the session without reading its log. */
  #saveSummary(): void {
    const { summary } = this.#folds;
    const logSize = this.#log.settledSize;
    if (logSize === null || summary === null || !isResting(summary)) return;
    const directory = folderOf(this.#parts, this.id);
    this.#savingSummary = this.#savingSummary
      .then(() => writeSummary(this.#parts.files, directory, { summary, logSize }))
      // The next start reads the log instead.
      .catch(() => undefined);
  }

  async #refreshBranch(): Promise<void> {
    const before = this.#branch;
    this.#branch = await currentBranch(this.project.root);
    if (before !== this.#branch) this.#parts.onChanged(this.id);
  }
}
