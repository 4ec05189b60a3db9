/** What a session's log says of questions: which have no answer, what became of the others, and which grants hold. */
import { isTurnEnd } from "../../../../transcript/turn-state.ts";
import { grantCovers } from "../../permissions/grants.ts";
import type { CancelReason, PermissionOutcome, PermissionRequest } from "../../protocol/permission.ts";
import type { Actor, SessionEvent } from "../../protocol/session-update.ts";
import type { LogEntry } from "../log/event-log.ts";
import { serverActor } from "../server-actor.ts";

/** A permission that holds until its turn or the session ends, or until it is taken back. */
interface LiveGrant {
  readonly request: PermissionRequest;
  readonly scope: "turn" | "session";
  readonly turnId: string | undefined;
  readonly by: Actor | undefined;
  /** When it was given. */
  readonly at: string;
}

/** What became of a question, and who decided; `by` is absent on what the log does not say. */
interface DecidedQuestion {
  readonly outcome: PermissionOutcome;
  readonly by: Actor | undefined;
}

/** A fold over the events of a session. */
export class PermissionBook {
  readonly #unanswered = new Map<string, { request: PermissionRequest; turnId: string | undefined }>();
  readonly #decided = new Map<string, DecidedQuestion>();
  readonly #grants = new Map<string, LiveGrant>();

  /** Takes in an event that is written. */
  apply(event: SessionEvent): void {
    const { update } = event;
    if (update.sessionUpdate === "request_permission") {
      const { sessionUpdate: _, ...request } = update;
      this.#unanswered.set(request.requestId, { request, turnId: event.turnId });
    }
    if (update.sessionUpdate === "permission_outcome") this.#applyOutcome(event, update);
    if (isTurnEnd(update)) this.#endTurnGrants();
  }

  /** The grant that was given as the answer to this question, if it still holds. */
  grant(requestId: string): LiveGrant | null {
    return this.#grants.get(requestId) ?? null;
  }

  /** A grant that answers this question. */
  grantFor(request: PermissionRequest): LiveGrant | null {
    return [...this.#grants.values()].find((grant) => grantCovers(grant.request, request)) ?? null;
  }

  /** Takes back the grants that do not count any more: they answer nothing from now on. What must be written for each. */
  withdraw(
    isVoid: (grant: LiveGrant) => boolean,
  ): { readonly requestId: string; readonly entry: LogEntry }[] {
    const ended = [...this.#grants].filter(([, grant]) => isVoid(grant));
    for (const [requestId] of ended) this.#grants.delete(requestId);
    return ended.map(([requestId, { request, turnId }]) => {
      return { requestId, entry: { ...cancelEntry(request, turnId, "grant_ended"), by: serverActor } };
    });
  }

  /** What became of a question. */
  decision(requestId: string): DecidedQuestion | null {
    return this.#decided.get(requestId) ?? null;
  }

  /** What must be written for questions that a log left open when its process ended. */
  abandonedEntries(): LogEntry[] {
    return [...this.#unanswered.values()].map(({ request, turnId }) => {
      return { ...cancelEntry(request, turnId, "restart"), by: serverActor };
    });
  }

  #applyOutcome(event: SessionEvent, update: { requestId: string; outcome: PermissionOutcome }): void {
    const { requestId, outcome } = update;
    const question = this.#unanswered.get(requestId);
    this.#unanswered.delete(requestId);
    if (outcome.outcome === "cancelled" && outcome.reason === "grant_ended") {
      this.#grants.delete(requestId);
      return;
    }
    this.#decided.set(requestId, { outcome, by: event.by });
    if (question === undefined || outcome.outcome !== "selected" || outcome.grant === undefined) return;
    const { scope } = outcome.grant;
    this.#grants.set(requestId, {
      request: question.request,
      scope,
      turnId: event.turnId,
      by: event.by,
      at: event.at,
    });
  }

  #endTurnGrants(): void {
    for (const [requestId, grant] of this.#grants) {
      if (grant.scope === "turn") this.#grants.delete(requestId);
    }
  }
}

/** The line that closes a question without an answer, or takes a grant back. */
export function cancelEntry(
  request: PermissionRequest,
  turnId: string | undefined,
  reason: CancelReason,
): LogEntry {
  return {
    ...(turnId === undefined ? {} : { turnId }),
    update: {
      sessionUpdate: "permission_outcome",
      requestId: request.requestId,
      toolCallId: request.toolCallId,
      outcome: { outcome: "cancelled", reason },
    },
  };
}
