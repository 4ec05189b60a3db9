/** The mode `auto` is given for a time: how long, and when it is over. */
import { usualModeMs } from "../../../transcript/summary.ts";
import type { SessionMode } from "../protocol/session.ts";
import type { LogEntry } from "./log/event-log.ts";
import { serverActor } from "./server-actor.ts";
import { SessionConflict } from "./session-conflict.ts";

const longestModeMs = 24 * 60 * 60_000;
/** The clock of a phone, and of this machine, may be a little wrong. */
const clockErrorMs = 5 * 60_000;
/** Timers stand still while a machine sleeps: the clock is looked at this often. */
const lookEveryMs = 30_000;

/** When a mode that is asked for shall end; null: it has no end. Throws `invalid_request` for an end that cannot be. */
export function modeEndOf(
  request: { readonly mode?: SessionMode | undefined; readonly modeEndsAt?: string | undefined },
  now: Date,
): string | null {
  const { mode, modeEndsAt } = request;
  if (mode !== "auto") {
    if (modeEndsAt === undefined) return null;
    throw new SessionConflict("invalid_request", "Only the mode auto has an end.");
  }
  if (modeEndsAt === undefined) return new Date(now.getTime() + usualModeMs).toISOString();
  const leftMs = Date.parse(modeEndsAt) - now.getTime();
  if (leftMs > 0 && leftMs <= longestModeMs + clockErrorMs)
    return new Date(now.getTime() + Math.min(leftMs, longestModeMs)).toISOString();
  throw new SessionConflict("invalid_request", "The mode auto ends within the next 24 hours.");
}

/** The line that brings a session back to `ask`. */
export const modeEndEntry: LogEntry = {
  by: serverActor,
  update: { sessionUpdate: "current_mode_update", currentModeId: "ask" },
};

/** What the watch looks at, and whom it tells. */
interface ModeEndHost {
  now(): Date;
  /** When the mode ends that holds now; null: it has no end. */
  endsAt(): string | null;
  /** When it was chosen; null: nobody knows. */
  setAt(): string | null;
  /** Called at the end, and again as long as `endsAt` stays in the past. */
  onOver(): void;
}

/** Watches over the end of a session's mode. */
export class ModeEndWatch {
  readonly #host: ModeEndHost;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** By a clock that nobody sets, and that stands still while the machine sleeps: when this mode is over at the latest. */
  #latest: { readonly mode: string; readonly endMs: number } | null = null;

  constructor(host: ModeEndHost) {
    this.#host = host;
  }

  /** Whether the mode has ended, also when nobody was told yet. A clock that was set back gives nobody more time than was meant. */
  get isOver(): boolean {
    const leftMs = this.#leftMs();
    if (leftMs === null) return false;
    const isPast = this.#latest !== null && performance.now() >= this.#latest.endMs;
    return leftMs <= 0 || leftMs > this.#meantMs() + clockErrorMs || isPast;
  }

  /** Call it whenever the end may be another one. */
  look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const leftMs = this.#leftMs();
    this.#noteLatest(leftMs);
    if (leftMs === null || this.#isClosed) return;
    const waitMs = this.isOver ? 0 : Math.min(leftMs, lookEveryMs);
    this.#timer = setTimeout(() => this.#wake(), waitMs).unref();
  }

  close(): void {
    this.#isClosed = true;
    this.look();
  }

  #wake(): void {
    if (this.isOver) this.#host.onOver();
    else this.look();
  }

  /** Once for each mode that is chosen: what is left then is what it has. */
  #noteLatest(leftMs: number | null): void {
    const mode = JSON.stringify([this.#host.setAt(), this.#host.endsAt()]);
    if (leftMs === null) this.#latest = null;
    else if (this.#latest?.mode !== mode)
      this.#latest = { mode, endMs: performance.now() + Math.min(leftMs, this.#meantMs()) };
  }

  /** How long the mode was meant to hold. */
  #meantMs(): number {
    const [setAt, endsAt] = [this.#host.setAt(), this.#host.endsAt()];
    if (setAt === null || endsAt === null) return longestModeMs;
    return Math.min(Date.parse(endsAt) - Date.parse(setAt), longestModeMs);
  }

  #leftMs(): number | null {
    const endsAt = this.#host.endsAt();
    return endsAt === null ? null : Date.parse(endsAt) - this.#host.now().getTime();
  }
}
