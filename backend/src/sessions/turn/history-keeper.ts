/** Keeps a session's history for the model: folded event by event, made anew from the log only when it must be. */

import {
  applyToHistory,
  emptyHistoryFold,
  type HistoryFold,
  subagentHistory,
} from "../../../../transcript/fold-history.ts";
import type { History } from "../../../../transcript/history.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { EventLog } from "../log/event-log.ts";

/** One for each session. Call `prepare` before `current`: a loaded or distrusted history is read again there. */
export class HistoryKeeper {
  #fold: HistoryFold | null;
  #isStale = false;

  /** A new session has an empty history; that of a loaded one is read when it is first needed. */
  constructor(start: "empty" | "in_log") {
    this.#fold = start === "empty" ? emptyHistoryFold() : null;
  }

  /** Takes in an event as soon as it has its place. */
  apply(event: SessionEvent): void {
    if (this.#fold !== null) applyToHistory(this.#fold, event);
  }

  /** What is kept no longer agrees with the log: it is read again by the next `prepare`. */
  distrust(): void {
    this.#isStale = true;
  }

  /** Makes sure that `current` has everything that is queued for the log. */
  async prepare(log: EventLog): Promise<void> {
    if (this.#fold !== null && !this.#isStale) return;
    this.#isStale = false;
    const fold = emptyHistoryFold();
    let end = 0;
    do {
      const after = end;
      await log.flush();
      end = log.lastSeq;
      for await (const event of log.stream({ after, before: end + 1 })) applyToHistory(fold, event);
    } while (end < log.queuedSeq);
    this.#fold = fold;
  }

  /** The conversation; with the id of a running call, that of its subagent. */
  current(parentToolCallId?: string): History {
    if (this.#fold === null) return [];
    const items =
      parentToolCallId === undefined ? this.#fold.items : subagentHistory(this.#fold, parentToolCallId);
    return [...items];
  }
}
