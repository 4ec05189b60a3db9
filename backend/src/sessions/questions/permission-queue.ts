/** The open questions of a session, and those who wait for their answers. */
import type { PermissionAnswer } from "../../engines/engine.ts";
import type {
  CancelReason,
  PermissionDecision,
  PermissionOutcome,
  PermissionRequest,
} from "../../protocol/permission.ts";
import type { Actor } from "../../protocol/session-update.ts";
import type { LogEntry } from "../log/event-log.ts";
import { serverActor } from "../server-actor.ts";
import { SessionConflict } from "../session-conflict.ts";
import { cancelEntry, type PermissionBook } from "./permission-book.ts";
import { answerOf, outcomeOf } from "./permission-outcome.ts";

/** Writes into the session's log; `save` resolves once it is on disk. */
export interface LogWriter {
  append(entries: readonly LogEntry[]): void;
  save(entries: readonly LogEntry[]): Promise<void>;
}

/** The turn that asks. */
export interface AskingTurn {
  readonly turnId: string;
  readonly promptId: string;
  readonly signal: AbortSignal;
}

interface UnansweredQuestion {
  readonly request: PermissionRequest;
  readonly turn: AskingTurn;
  readonly answer: (answer: PermissionAnswer) => void;
  deciding: Promise<void> | null;
}

/** Where answers meet those who wait for them. */
export class PermissionQueue {
  readonly #writer: LogWriter;
  readonly #book: PermissionBook;
  readonly #open = new Map<string, UnansweredQuestion>();
  /** Questions whose turn is over, while that is being written. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(writer: LogWriter, book: PermissionBook) {
    this.#writer = writer;
    this.#book = book;
  }

  /** Puts a question and waits. A live grant answers it at once. `cancelled` when the turn ends first; never rejects. */
  async ask(request: PermissionRequest, turn: AskingTurn): Promise<PermissionAnswer> {
    if (turn.signal.aborted) return { type: "cancelled" };
    if (this.#answerByGrant(request, turn)) return { type: "allowed" };
    const answered = new Promise<PermissionAnswer>((answer) => {
      this.#open.set(request.requestId, { request, turn, answer, deciding: null });
    });
    const isFirst = this.#isAlone(request.requestId);
    const question: LogEntry = {
      turnId: turn.turnId,
      update: { sessionUpdate: "request_permission", ...request },
    };
    try {
      await this.#writer.save(isFirst ? [question, stateEntry("requires_action", turn)] : [question]);
    } catch {
      // What is not on disk was not asked. The session stops the turn, and says why.
      this.#open.delete(request.requestId);
      return { type: "cancelled" };
    }
    const answer = await answered;
    return turn.signal.aborted ? { type: "cancelled" } : answer;
  }

  /** Decides a question once; durable when it resolves. Throws SessionConflict when it cannot be decided so. */
  async decide(requestId: string, decision: PermissionDecision, by: Actor): Promise<PermissionOutcome> {
    const question = this.#open.get(requestId);
    if (question === undefined) {
      // One that is being closed gets its outcome first: whoever comes late is told it.
      await this.#closing.get(requestId);
      throw this.#notOpen(requestId);
    }
    if (question.deciding !== null) {
      await question.deciding;
      throw this.#notOpen(requestId);
    }
    const outcome = outcomeOf(question.request, decision);
    question.deciding = this.#record(question, outcome, by);
    try {
      await question.deciding;
    } catch (error) {
      question.deciding = null;
      // Whoever stopped the turn meanwhile left this question to its decision. Unsaved, it is closed at the next start.
      if (question.turn.signal.aborted)
        this.#cancel([question], "turn_ended", serverActor).catch(() => undefined);
      throw error;
    }
    this.#open.delete(requestId);
    question.answer(answerOf(outcome));
    return outcome;
  }

  /** Who decided a question; absent: nobody has, or the log does not say. */
  deciderOf(requestId: string): Actor | undefined {
    return this.#book.decision(requestId)?.by;
  }

  /** Takes a grant back; durable when it resolves. */
  async endGrant(requestId: string, by: Actor): Promise<void> {
    const grant = this.#book.grant(requestId);
    if (grant === null) throw new SessionConflict("not_found", "There is no such permission in force.");
    await this.#writer.save([{ ...cancelEntry(grant.request, grant.turnId, "grant_ended"), by }]);
  }

  /** Closes the open questions without an answer: their turn is over. Resolves once that is on disk. */
  async cancelAll(reason: CancelReason, by: Actor): Promise<void> {
    const questions = [...this.#open.values()].filter((question) => question.deciding === null);
    await this.#cancel(questions, reason, by);
  }

  async #cancel(questions: readonly UnansweredQuestion[], reason: CancelReason, by: Actor): Promise<void> {
    for (const { request } of questions) this.#open.delete(request.requestId);
    if (questions.length === 0) return;
    const entries = questions.map(({ request, turn }) => ({
      ...cancelEntry(request, turn.turnId, reason),
      by,
    }));
    const closing = this.#writer.save(entries);
    for (const { request } of questions) this.#closing.set(request.requestId, closing);
    try {
      await closing;
    } finally {
      for (const question of questions) {
        this.#closing.delete(question.request.requestId);
        question.answer({ type: "cancelled" });
      }
    }
  }

  #answerByGrant(request: PermissionRequest, turn: AskingTurn): boolean {
    const grant = this.#book.grantFor(request);
    if (grant === null) return false;
    const option = request.options.find(({ kind }) => kind === "allow_once");
    this.#writer.append([
      {
        turnId: turn.turnId,
        by: { kind: "grant", id: grant.request.requestId, name: grant.by?.name ?? "" },
        update: {
          sessionUpdate: "permission_outcome",
          requestId: request.requestId,
          toolCallId: request.toolCallId,
          outcome: { outcome: "selected", optionId: option?.optionId ?? "allow_once", kind: "allow_once" },
        },
      },
    ]);
    return true;
  }

  #record(question: UnansweredQuestion, outcome: PermissionOutcome, by: Actor): Promise<void> {
    const { request, turn } = question;
    const { requestId, toolCallId } = request;
    const isLast = this.#isAlone(requestId);
    const entry: LogEntry = {
      turnId: turn.turnId,
      by,
      update: { sessionUpdate: "permission_outcome", requestId, toolCallId, outcome },
    };
    return this.#writer.save(isLast ? [entry, stateEntry("running", turn)] : [entry]);
  }

  /** No other question waits for a decision; one that is being decided no longer does. */
  #isAlone(requestId: string): boolean {
    const others = [...this.#open.values()].filter((question) => question.request.requestId !== requestId);
    return others.every((question) => question.deciding !== null);
  }

  #notOpen(requestId: string): SessionConflict {
    const earlier = this.#book.decision(requestId);
    if (earlier === null) return new SessionConflict("not_found", "There is no question of that id.");
    return new SessionConflict("permission_decided", "This was decided before.", {
      outcome: earlier.outcome,
      ...(earlier.by === undefined ? {} : { by: earlier.by }),
    });
  }
}

function stateEntry(state: "running" | "requires_action", turn: AskingTurn): LogEntry {
  return { turnId: turn.turnId, update: { sessionUpdate: "state_update", state, promptId: turn.promptId } };
}
