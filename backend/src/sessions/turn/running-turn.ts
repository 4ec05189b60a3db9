/** One turn from the moment a prompt is taken up to its one terminal `state_update`, whatever its engine does. */

import type { History } from "../../../../transcript/history.ts";
import type {
  AgentTurn,
  Engine,
  PermissionAnswer,
  SteeredPrompt,
  TurnOutcome,
} from "../../engines/engine.ts";
import type { PermissionRequest } from "../../protocol/permission.ts";
import type { Effort, SessionMode } from "../../protocol/session.ts";
import type { Actor } from "../../protocol/session-update.ts";
import type { CheckpointedProject, Checkpoints } from "../../workspace/git/checkpoints.ts";
import type { Redaction } from "../../workspace/redaction/redaction.ts";
import type { LogEntry } from "../log/event-log.ts";
import type { AskingTurn, LogWriter, PermissionQueue } from "../questions/permission-queue.ts";
import type { WaitingPrompt } from "../queue/waiting-prompts.ts";
import { serverActor } from "../server-actor.ts";
import { messageOf } from "../session-conflict.ts";
import { redactUpdate } from "./redacted-update.ts";
import type { SharedBeat } from "./shared-beat.ts";
import { TurnCheckpoints } from "./turn-checkpoints.ts";
import { TurnOutput } from "./turn-output.ts";

/** cancelled: a person stopped it. shutdown: the server ends. not_saving: the log cannot be written. */
export type StopCause = "cancelled" | "shutdown" | "not_saving";

/** What a turn needs of its session. */
export interface TurnHost {
  readonly sessionId: string;
  readonly project: CheckpointedProject;
  readonly engine: Engine | undefined;
  readonly writer: LogWriter;
  readonly permissions: PermissionQueue;
  readonly checkpoints: Checkpoints;
  readonly newId: () => string;
  readonly redaction: Redaction;
  readonly beat: SharedBeat;
  /** `provider/model`, or null when there is none to be had. */
  model(): Promise<string | null>;
  effort(): Effort | null;
  mode(): SessionMode;
  /** Somebody accepted a plan, and with it chose the mode. */
  onPlanAccepted(mode: SessionMode, by: Actor): void;
  /** Resolves once `history` may be called. */
  prepareHistory(): Promise<void>;
  history(parentToolCallId?: string): History;
  /** What was steered into the turn, once it is in the log. */
  takeSteered(turn: AskingTurn): Promise<readonly SteeredPrompt[]>;
  /** Results for calls that the engine left open, and whether files may have changed. */
  leftOpen(): Promise<{ readonly results: LogEntry[]; readonly mayHaveChangedFiles: boolean }>;
  /** It failed by itself, and is about to say so. */
  onFailed(): void;
  /** Writes the turn's end; when that cannot be done now, it is done as soon as it can. */
  finish(entries: readonly LogEntry[]): Promise<void>;
}

/** An engine that does not stop is left behind after so long. */
const stopGraceMs = 5_000;
const shutdownGraceMs = 3_000;
/** Long enough for an engine to have sent its first request. */
const checkpointDelayMs = 50;

/** One run of an engine: writes exactly one terminal `state_update`, and leaves no call without a result. */
export class RunningTurn {
  readonly turnId: string;
  readonly promptId: string;
  readonly #host: TurnHost;
  readonly #prompt: WaitingPrompt;
  readonly #output: TurnOutput;
  readonly #checkpoints: TurnCheckpoints;
  readonly #abort = new AbortController();
  readonly #kill = new AbortController();
  #stopCause: StopCause | null = null;
  /** Who accepted the plan that has not changed the mode yet. */
  #planAcceptedBy: Actor | null = null;

  constructor(host: TurnHost, prompt: WaitingPrompt) {
    this.turnId = host.newId();
    this.promptId = prompt.promptId;
    this.#host = host;
    this.#prompt = prompt;
    this.#output = new TurnOutput(this.turnId, host);
    const { project, checkpoints, newId } = host;
    const parts = { turnId: this.turnId, project, checkpoints, newId, signal: this.#abort.signal };
    this.#checkpoints = new TurnCheckpoints(parts, (update) => this.#output.emit(update));
  }

  /** Runs the turn; resolves after its terminal update, and never rejects. Call once. */
  async run(): Promise<void> {
    const end = await this.#runEngine();
    const reason = this.#stopCause === "shutdown" ? "restart" : "turn_ended";
    // Should that not be saved: what stays open in the log is closed when it is next loaded.
    await this.#host.permissions.cancelAll(reason, serverActor).catch(() => undefined);
    this.#output.close();
    const entries = await this.#closingEntries(end);
    // Before anybody can know of it: whoever then wants to go on has the last word.
    if (this.#stopCause === null && end.problem !== undefined) this.#host.onFailed();
    await this.#host.finish(
      entries.map((entry) => ({ ...entry, update: redactUpdate(entry.update, this.#host.redaction) })),
    );
  }

  /** Asks the engine to stop; the first cause is the one that is told. */
  stop(cause: StopCause): void {
    if (this.#stopCause !== null) return;
    this.#stopCause = cause;
    this.#abort.abort();
  }

  /** Waits no longer for what is being stopped: neither for the engine nor for the list of changes. */
  kill(): void {
    this.#kill.abort();
  }

  /** Writes the text that is gathered, so that what is written next stands after it. */
  flushOutput(): void {
    this.#output.flush();
  }

  async #runEngine(): Promise<TurnOutcome> {
    const { engine } = this.#host;
    if (engine === undefined) return internalProblem("The session's agent is not available here.");
    const left = leftBehind(this.#abort.signal, {
      kill: this.#kill.signal,
      graceMs: () => this.#graceMs(),
    });
    try {
      return await Promise.race([this.#engineEnd(engine), left.promise]);
    } catch (error) {
      return internalProblem(messageOf(error));
    } finally {
      left.release();
    }
  }

  async #engineEnd(engine: Engine): Promise<TurnOutcome> {
    const model = await this.#host.model().catch(() => null);
    await this.#host.prepareHistory();
    // Who is left behind before it has begun must not begin.
    if (this.#abort.signal.aborted) return { stopReason: "cancelled" };
    const ended = engine.runTurn(this.#engineTurn(model));
    // Behind the engine's first request, with which git would compete: nothing changes before `checkpointTaken`.
    const beginning = setTimeout(() => void this.#checkpoints.begin(), checkpointDelayMs);
    try {
      return await ended;
    } finally {
      clearTimeout(beginning);
    }
  }

  #engineTurn(model: string | null): AgentTurn {
    const { sessionId, project } = this.#host;
    const asking = { turnId: this.turnId, promptId: this.promptId, signal: this.#abort.signal };
    return {
      sessionId,
      turnId: this.turnId,
      promptId: this.promptId,
      prompt: this.#prompt.content,
      root: project.root,
      model,
      effort: this.#host.effort(),
      signal: this.#abort.signal,
      history: (parentToolCallId) => {
        this.#output.endMessages();
        return this.#host.history(parentToolCallId);
      },
      takeSteered: () => {
        this.#output.endMessages();
        return this.#host.takeSteered(asking);
      },
      mode: () => this.#host.mode(),
      setMode: (mode) => this.#setMode(mode),
      emit: (update, place) => this.#output.emit(update, place),
      emitDurable: (update, place) => this.#output.emitDurable(update, place),
      requestPermission: (request) => this.#ask(request, asking),
      checkpointTaken: () => this.#checkpoints.begin(),
    };
  }

  async #ask(request: PermissionRequest, asking: AskingTurn): Promise<PermissionAnswer> {
    this.#output.endMessages();
    const { permissions } = this.#host;
    const answer = await permissions.ask(request, asking);
    if (request.subject.type === "plan")
      this.#planAcceptedBy =
        answer.type === "allowed" ? (permissions.deciderOf(request.requestId) ?? null) : null;
    return answer;
  }

  /** Only a person changes a mode: once for each plan that they accept, and in their name. */
  #setMode(mode: SessionMode): void {
    const by = this.#planAcceptedBy;
    this.#planAcceptedBy = null;
    if (by === null) return;
    this.#output.emit({ sessionUpdate: "current_mode_update", currentModeId: mode }, { by });
    this.#host.onPlanAccepted(mode, by);
  }

  async #closingEntries(end: TurnOutcome): Promise<LogEntry[]> {
    const { results, mayHaveChangedFiles } = await this.#host.leftOpen();
    const checkpoint = mayHaveChangedFiles
      ? await this.#checkpoints.end(this.#stopCause === "shutdown" ? "ends" : "goes_on", this.#kill.signal)
      : null;
    return [...results, ...(checkpoint === null ? [] : [checkpoint]), this.#terminalEntry(end)];
  }

  #terminalEntry(end: TurnOutcome): LogEntry {
    const base = { sessionUpdate: "state_update", promptId: this.promptId } as const;
    const { turnId } = this;
    if (this.#stopCause === "shutdown") return { turnId, update: { ...base, state: "interrupted" } };
    if (this.#stopCause === "not_saving") {
      const problem = { code: "not_saving" } as const;
      return { turnId, update: { ...base, state: "idle", stopReason: "cancelled", problem } };
    }
    return { turnId, update: { ...base, state: "idle", ...end } };
  }

  #graceMs(): number {
    return this.#stopCause === "shutdown" ? shutdownGraceMs : stopGraceMs;
  }
}

interface Patience {
  readonly kill: AbortSignal;
  readonly graceMs: () => number;
}

/** Resolves some time after the signal is aborted, or with `kill`: the engine did not listen. Release it when it is not needed. */
function leftBehind(
  signal: AbortSignal,
  { kill, graceMs }: Patience,
): { promise: Promise<TurnOutcome>; release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<TurnOutcome>((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const leave = (): void => resolve({ stopReason: "cancelled" });
    const onAbort = (): void => {
      timer = setTimeout(leave, graceMs());
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    kill.addEventListener("abort", leave, { once: true });
    release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      kill.removeEventListener("abort", leave);
    };
  });
  return { promise, release };
}

function internalProblem(detail: string): TurnOutcome {
  return { stopReason: "refusal", problem: { code: "internal", detail } };
}
