/**
 * Gathers what the stream brings, and hands it on at most once per animation frame (by a timer while the page is
 * hidden). What a person does goes first: drawing what streams takes no more than about a third of the time.
 */
import type { SessionEvent } from "./types.ts";

export interface EventReceiver {
  readonly deliver: (events: readonly SessionEvent[]) => void;
}

/** Nothing waits longer, whatever else there is to do. */
const longestMs = 100;
/** After a frame that took one part of time, so many are left to others. */
const restParts = 2;
const longestRestMs = 50;
/** A letter that was typed so long ago has been painted. */
const freshMs = 50;
/** Shorter rests end before the next frame anyway. */
const shortestRestMs = 4;

export class FrameQueue {
  #actions: (() => void)[] = [];
  #batches = new Map<EventReceiver, { events: SessionEvent[]; isWanted: () => boolean }>();
  #frame: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Until then the page's thread is left to others, on `performance.now()`. */
  #restsUntilMs = 0;
  /** When a person last typed or tapped, until a frame was left to that. */
  #touchedMs = Number.NEGATIVE_INFINITY;

  constructor() {
    const touch = () => {
      this.#touchedMs = performance.now();
    };
    for (const type of ["keydown", "input", "pointerdown"] as const)
      globalThis.addEventListener(type, touch, { capture: true, passive: true });
  }

  /** Runs `action` with the next frame, in order with everything else that was added. */
  add(action: () => void): void {
    this.#actions.push(action);
    this.#schedule();
  }

  /** Hands `event` to the receiver with all its others of this frame, unless it is no longer wanted by then. */
  deliver(receiver: EventReceiver, event: SessionEvent, isWanted: () => boolean): void {
    const batch = this.#batches.get(receiver);
    if (batch === undefined) this.#batches.set(receiver, { events: [event], isWanted });
    else batch.events.push(event);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== null) return;
    // Frames stop while the page is hidden, and may come late under load: the timer is the longest wait.
    this.#timer = setTimeout(() => this.#flush(), longestMs);
    const restMs = this.#restsUntilMs - performance.now();
    if (restMs < shortestRestMs) this.#awaitFrame();
    else this.#rest = setTimeout(() => this.#awaitFrame(), restMs);
  }

  #awaitFrame(): void {
    this.#frame = requestAnimationFrame(() => {
      // This frame paints what was typed, and nothing else.
      const isTaken = performance.now() - this.#touchedMs < freshMs;
      this.#touchedMs = Number.NEGATIVE_INFINITY;
      if (isTaken) this.#awaitFrame();
      else this.#flushInFrame();
    });
  }

  /** A timer that is set in a frame comes after its layout and painting: they count. */
  #flushInFrame(): void {
    const startedMs = performance.now();
    this.#flush();
    setTimeout(() => {
      const endedMs = performance.now();
      this.#restsUntilMs = endedMs + Math.min(restParts * (endedMs - startedMs), longestRestMs);
    });
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#timer = null;
    this.#frame = null;
    const actions = this.#actions;
    const batches = this.#batches;
    this.#actions = [];
    this.#batches = new Map();
    for (const action of actions) action();
    for (const [receiver, { events, isWanted }] of batches) if (isWanted()) receiver.deliver(events);
  }
}
