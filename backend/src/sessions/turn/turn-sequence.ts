/** The turns of a session, one after the other: which prompt is next, when it may start, and how a turn is stopped. */

import { isCompaction } from "../../../../transcript/compaction-prompt.ts";
import { queueWithout } from "../../../../transcript/prompt-queue.ts";
import { isRunning } from "../../../../transcript/turn-state.ts";
import type {
  Delivery,
  PatchPrompt,
  PromptReceipt,
  SessionMode,
  SubmitPrompt,
} from "../../protocol/session.ts";
import type { Actor, SessionEvent } from "../../protocol/session-update.ts";
import type { CheckpointedProject } from "../../workspace/git/checkpoints.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import type { EventLog } from "../log/event-log.ts";
import type { AskingTurn, PermissionQueue } from "../questions/permission-queue.ts";
import { assertFits } from "../queue/queue-room.ts";
import type { QueueChange, WaitingPrompt } from "../queue/waiting-prompts.ts";
import { serverActor } from "../server-actor.ts";
import { assertRoom, noSession, SessionConflict } from "../session-conflict.ts";
import { queuedEntries, startEntries, wordEntries } from "../session-entries.ts";
import type { SessionFolds } from "../session-folds.ts";
import type { SessionParts } from "../session-parts.ts";
import type { SessionWriter } from "../session-writer.ts";
import { HistoryKeeper } from "./history-keeper.ts";
import { OpenCalls } from "./open-calls.ts";
import { RunningTurn, type StopCause, type TurnHost } from "./running-turn.ts";

interface TurnSequenceParts {
  readonly sessionId: string;
  readonly engineId: string;
  readonly project: CheckpointedProject;
  readonly parts: SessionParts;
  readonly folds: SessionFolds;
  readonly log: EventLog;
  readonly writer: SessionWriter;
  readonly permissions: PermissionQueue;
  /** The mode that holds now. */
  mode(): SessionMode;
  /** A turn came to its end. */
  onOver(): void;
}

interface CurrentTurn {
  readonly running: RunningTurn;
  readonly over: Promise<void>;
}

/** One for each session; at most one turn runs. */
export class TurnSequence {
  readonly #given: TurnSequenceParts;
  readonly #history: HistoryKeeper;
  #turn: CurrentTurn | null = null;
  /** Each knows the order that the one before left. */
  readonly #queueChanges = new OneByOne();
  /** A write has failed since the open calls were last known to agree with the log. */
  #isOutOfStep = false;
  #isClosed = false;
  /** The last turn only sums up, and the one before it can still be continued. */
  #isBehindStopped = false;
  /** What no turn may run beside; aborted when the session closes. */
  #idleWork: { readonly over: Promise<unknown>; readonly abort: AbortController } | null = null;

  constructor(given: TurnSequenceParts) {
    this.#given = given;
    this.#history = new HistoryKeeper(given.log.lastSeq === 0 ? "empty" : "in_log");
  }

  /** Accepts a prompt; durable when it resolves, always the same receipt for the same id and body. */
  async submit(prompt: SubmitPrompt, by: Actor): Promise<PromptReceipt> {
    const { prompts } = this.#given.folds;
    const earlier = prompts.earlierReceipt(prompt);
    if (earlier !== null) return earlier;
    const receipt = this.#queueChanges.run(() => this.#accept(prompt, by));
    prompts.expect(prompt, receipt);
    return receipt;
  }

  /** Takes a waiting prompt out; durable when it resolves. Nothing happens to one that was removed before. */
  remove(promptId: string, by: Actor): Promise<void> {
    return this.#queueChanges.run(async () => {
      const change = this.#given.folds.prompts.remove(promptId);
      if (change !== null) await this.#save(change, by);
    });
  }

  /** Edits a waiting prompt, moves it or has it go now; durable when it resolves, with what waits then. */
  change(promptId: string, change: PatchPrompt, by: Actor): Promise<readonly WaitingPrompt[]> {
    const { prompts } = this.#given.folds;
    return this.#queueChanges.run(async () => {
      const meant = this.#turn;
      if (change.content !== undefined) assertFits(change.content, queueWithout(prompts.waiting, promptId));
      await this.#save(prompts.change(promptId, change, by), by);
      if (change.now !== undefined) this.#goOn(change.now, meant);
      return prompts.waiting;
    });
  }

  /** Stops the running turn for a person, and what waits with it; its open questions are closed when this resolves. */
  async cancel(turnId: string | undefined, by: Actor): Promise<void> {
    const running = this.#runningAs(turnId);
    if (running === null) return;
    this.#given.folds.prompts.isHeld = true;
    running.stop("cancelled");
    await this.#given.permissions.cancelAll("turn_ended", by);
  }

  /** The same, and waits neither for the agent nor for the list of what changed. */
  async kill(turnId: string | undefined, by: Actor): Promise<void> {
    const running = this.#runningAs(turnId);
    const stopped = this.cancel(turnId, by);
    running?.kill();
    await stopped;
  }

  /** Does something beside which no turn runs or starts; rejects with `turn_running` when one runs. */
  whileIdle<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.#queueChanges.run(async () => {
      if (this.#isEndTold()) await this.#turn?.over;
      if (this.#isClosed) throw noSession();
      if (this.#turn !== null)
        throw new SessionConflict("turn_running", "A turn is running: wait for its end, or stop it.", {
          turnId: this.#turn.running.turnId,
        });
      const abort = new AbortController();
      const result = work(abort.signal);
      this.#idleWork = { abort, over: result.catch(() => undefined) };
      try {
        return await result;
      } finally {
        this.#idleWork = null;
        this.startNext();
      }
    });
  }

  get isAtWork(): boolean {
    return this.#turn !== null;
  }

  /** Stops the running turn for good; resolves after its end. No other one starts. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop("shutdown");
    this.#idleWork?.abort.abort();
    await this.#turn?.over;
    await this.#idleWork?.over;
  }

  /** Starts the next waiting prompt when nothing runs and the log can be written. */
  startNext(): void {
    const { folds, writer, log } = this.#given;
    if (this.#turn !== null || this.#idleWork !== null || this.#isClosed || folds.prompts.isHeld) return;
    if (writer.owed.length > 0 || !log.isSaving) return;
    const prompt = folds.prompts.take();
    if (prompt === null) return;
    this.#isBehindStopped = isCompaction(prompt.content) && this.#canContinue();
    const running = new RunningTurn(this.#turnHost(), prompt);
    // Owed when it cannot be saved: the prompt is not to be lost with its turn.
    void writer.saveOrOwe(startEntries(running.turnId, prompt, folds.summary?.title ?? null));
    this.#turn = { running, over: running.run().then(() => this.#onOver()) };
  }

  /** Writes the running turn's gathered text, so that what is written next stands after it. */
  flushOutput(): void {
    this.#turn?.running.flushOutput();
  }

  /** Takes in an event as soon as it has its place. */
  apply(event: SessionEvent): void {
    this.#given.folds.calls.apply(event);
    this.#history.apply(event);
  }

  /** Events were lost on their way into the log: the turn cannot go on. */
  onSaveFailed(): void {
    this.#isOutOfStep = true;
    this.#history.distrust();
    this.#stop("not_saving");
  }

  async #accept(prompt: SubmitPrompt, by: Actor): Promise<PromptReceipt> {
    const { folds, writer } = this.#given;
    if (prompt.content.length === 0 && !this.#canContinue()) {
      throw new SessionConflict("invalid_request", "There is no stopped turn to continue.");
    }
    assertFits(prompt.content, folds.prompts.waiting);
    await assertRoom(this.#given.parts);
    const meant = this.#turn;
    const [queued] = await writer.saveEvents(queuedEntries(prompt, by, folds.prompts));
    if (queued === undefined) throw new Error("A saved prompt has its place.");
    const wasHeld = folds.prompts.isHeld;
    this.#goOn(prompt.delivery, meant);
    // Summing up is no word to those that rest.
    if (this.#turn?.running.promptId === prompt.id && isCompaction(prompt.content))
      folds.prompts.isHeld = wasHeld;
    return { id: prompt.id, seq: queued.seq };
  }

  /** A person wants it to go on: what waits may start again. An interruption stops the turn that was `meant`, no later one. */
  #goOn(delivery: Delivery, meant: CurrentTurn | null): void {
    this.#given.folds.prompts.isHeld = false;
    if (delivery === "interrupt" && this.#turn === meant) this.#stop("cancelled");
    this.startNext();
  }

  async #save({ update, undo }: QueueChange, by: Actor): Promise<void> {
    try {
      await this.#given.writer.save([{ by, update }]);
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** Between two changes of the queue, so that words go in as they were last edited, and only once. */
  #takeSteered({ turnId, signal }: AskingTurn): Promise<readonly WaitingPrompt[]> {
    const { folds, writer } = this.#given;
    return this.#queueChanges.run(async () => {
      // A turn that is being stopped takes nothing in: it starts the next one.
      if (signal.aborted) return [];
      const { prompts, undo } = folds.prompts.takeSteered();
      if (prompts.length === 0) return [];
      try {
        await writer.save(prompts.flatMap((prompt) => wordEntries(turnId, prompt)));
      } catch (error) {
        undo();
        throw error;
      }
      return prompts;
    });
  }

  /** Throws `turn_not_running` when that is not the turn that runs; null: none does. */
  #runningAs(turnId: string | undefined): RunningTurn | null {
    const running = this.#turn?.running ?? null;
    if (turnId !== undefined && running?.turnId !== turnId)
      throw new SessionConflict("turn_not_running", "That turn does not run.", {
        turnId: running?.turnId ?? null,
      });
    return running;
  }

  #canContinue(): boolean {
    // What is written counts: a turn whose end was just told of may not have let go yet.
    const { state, stopReason = null } = this.#given.folds.summary ?? {};
    const isStopped = state === "interrupted" || (stopReason !== null && stopReason !== "end_turn");
    return isStopped || this.#isBehindStopped;
  }

  /** A turn whose end was just told of may not have let go yet. */
  #isEndTold(): boolean {
    const { lastTurn, summary } = this.#given.folds;
    if (summary === null || isRunning(summary.state)) return false;
    return lastTurn.turnId === this.#turn?.running.turnId;
  }

  #stop(cause: StopCause): void {
    if (this.#turn === null) return;
    this.#turn.running.stop(cause);
    const reason = cause === "shutdown" ? "restart" : "turn_ended";
    // Should that not be saved: the next start closes in the log what is still open there.
    this.#given.permissions.cancelAll(reason, serverActor).catch(() => undefined);
  }

  #onOver(): void {
    this.#turn = null;
    this.#given.onOver();
    this.startNext();
  }

  #turnHost(): TurnHost {
    const { sessionId, engineId, project, parts, folds, log, writer, permissions } = this.#given;
    return {
      sessionId,
      project,
      engine: parts.engines.get(engineId),
      writer,
      permissions,
      checkpoints: parts.checkpoints,
      newId: parts.newId,
      redaction: parts.redaction,
      beat: parts.beat,
      model: async () => folds.summary?.model ?? (await parts.defaultModel()),
      effort: () => folds.summary?.effort ?? null,
      mode: () => this.#given.mode(),
      onPlanAccepted: (mode, by) => parts.onPlanAccepted({ sessionId, mode, by }),
      prepareHistory: () => this.#history.prepare(log),
      history: (parentToolCallId) => this.#history.current(parentToolCallId),
      leftOpen: () => this.#leftOpen(),
      takeSteered: (turn) => this.#takeSteered(turn),
      onFailed: () => {
        // What made it fail is still there: the next ones would be used up on it.
        folds.prompts.isHeld = true;
      },
      finish: (entries) => writer.saveOrOwe(entries),
    };
  }

  async #leftOpen(): Promise<Awaited<ReturnType<TurnHost["leftOpen"]>>> {
    // A log that cannot be read now is set right when it is next opened; until then what was queued must do.
    if (this.#isOutOfStep) await this.#recountCalls().catch(() => undefined);
    const { calls } = this.#given.folds;
    return { results: calls.results(), mayHaveChangedFiles: calls.mayHaveChangedFiles };
  }

  /** Only the log knows which of its calls are open. */
  async #recountCalls(): Promise<void> {
    const { log, folds } = this.#given;
    await log.flush();
    const calls = new OpenCalls();
    for await (const event of log.stream({})) calls.apply(event);
    folds.calls = calls;
    this.#isOutOfStep = false;
  }
}
