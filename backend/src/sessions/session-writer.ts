/**
 * How a session writes into its log: a failure becomes `not_saving`, and what must not be missing from the log
 * (a turn's end, the repairs after a restart) is owed and written as soon as the disk takes it.
 */
import type { SessionEvent } from "../protocol/session-update.ts";
import type { EventLog, LogEntry } from "./log/event-log.ts";
import type { LogWriter } from "./questions/permission-queue.ts";
import { noSession, notSaving } from "./session-conflict.ts";

const retryEveryMs = 2_000;

/** The one way into a session's log; entries keep the order in which they are handed over. */
export class SessionWriter implements LogWriter {
  readonly #log: EventLog;
  /** Each event as soon as it has its place in the queue. */
  readonly #onPlaced: (event: SessionEvent) => void;
  readonly #onPaid: () => void;
  #owed: readonly LogEntry[] = [];
  #retry: NodeJS.Timeout | null = null;
  #isEnded = false;

  constructor(log: EventLog, told: { onPlaced: (event: SessionEvent) => void; onPaid: () => void }) {
    this.#log = log;
    this.#onPlaced = told.onPlaced;
    this.#onPaid = told.onPaid;
  }

  /** Entries that the log should have and has not. */
  get owed(): readonly LogEntry[] {
    return this.#owed;
  }

  /** Queues entries; a failure is told to the session. */
  append(entries: readonly LogEntry[]): void {
    if (this.#isEnded) return;
    this.#placed(this.#log.append(entries));
  }

  /** Resolves once the entries are on disk; rejects with `not_saving`. */
  async save(entries: readonly LogEntry[]): Promise<void> {
    await this.saveEvents(entries);
  }

  /** As `save`, with the events that the entries became. */
  async saveEvents(entries: readonly LogEntry[]): Promise<SessionEvent[]> {
    if (this.#isEnded) throw noSession();
    const owed = this.#owed;
    this.#owed = [];
    const { events, saved } = this.#log.appendDurable([...owed, ...entries]);
    this.#placed(events);
    try {
      await saved;
    } catch (cause) {
      this.#owed = [...owed, ...this.#owed];
      throw notSaving(cause);
    }
    if (owed.length > 0) this.#onPaid();
    return events.slice(owed.length);
  }

  /** Saves the entries now or, when that fails, as soon as it can. Never rejects. */
  async saveOrOwe(entries: readonly LogEntry[]): Promise<void> {
    try {
      await this.save(entries);
    } catch {
      if (this.#isEnded) return;
      // The session shows that it is not saving; the entries are not forgotten.
      this.#owed = [...this.#owed, ...entries];
      this.#retrySoon();
    }
  }

  /** Nothing is written from now on: another session may get the same folder. */
  end(): void {
    this.#isEnded = true;
    this.close();
  }

  /** Ends the attempts to pay what is owed. */
  close(): void {
    if (this.#retry !== null) clearInterval(this.#retry);
    this.#retry = null;
  }

  #retrySoon(): void {
    this.#retry ??= setInterval(() => {
      // Still failing: the next attempt comes.
      this.save([]).then(
        () => this.close(),
        () => undefined,
      );
    }, retryEveryMs).unref();
  }

  #placed(events: readonly SessionEvent[]): void {
    for (const event of events) this.#onPlaced(event);
  }
}
