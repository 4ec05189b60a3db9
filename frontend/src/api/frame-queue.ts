/**
 * Gathers what the stream brings, and hands it on at most once per animation frame (by a timer while the page is
 * hidden). What a person does goes first: drawing what streams takes no more than about a third of the time.
 */
import type { SessionEvent } from "./types.ts";

interface EventReceiver {
  readonly deliver: (events: readonly SessionEvent[]) => void;
}

/** Nothing waits longer, whatever else there is to do; while somebody types, it is the second. */
const longestMs = 100;
const longestTypingMs = 300;
/** Who pressed a key so long ago is typing still. */
const typingMs = 300;
/** After a frame that took one part of time, so many are left to others; more to somebody who types. */
const rest = { parts: 2, longestMs: 50 };
const restTyping = { parts: 4, longestMs: 200 };
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
  /** When a person last pressed something, and what became of it since. */
  #press: { readonly atMs: number; state: "to paint" | "painting" | "painted" } | null = null;

  constructor() {
    const press = () => this.#notePress();
    for (const type of ["keydown", "input", "pointerdown"] as const)
      globalThis.addEventListener(type, press, { capture: true, passive: true });
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

  #notePress(): void {
    this.#press = { atMs: performance.now(), state: "to paint" };
    if (this.#timer !== null && this.#restMs() < shortestRestMs) this.#awaitFrame();
  }

  #isTyping(): boolean {
    return this.#press !== null && performance.now() - this.#press.atMs < typingMs;
  }

  #restMs(): number {
    return this.#restsUntilMs - performance.now();
  }

  #schedule(): void {
    if (this.#timer !== null) return;
    // Frames stop while the page is hidden, and may come late under load: the timer is the longest wait.
    this.#timer = setTimeout(() => this.#afterLongest(), longestMs);
    const restMs = this.#restMs();
    if (restMs < shortestRestMs) this.#awaitFrame();
    else this.#rest = setTimeout(() => this.#awaitFrame(), restMs);
  }

  #afterLongest(): void {
    if (this.#isTyping()) this.#timer = setTimeout(() => this.#flush(), longestTypingMs - longestMs);
    else this.#flush();
  }

  #awaitFrame(): void {
    if (this.#frame !== null) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = null;
      this.#useFrame();
    });
  }

  /**
   * The frame after a press paints that and nothing else. The one after it is the best to draw in: the next letter is
   * furthest away; in the others of somebody who types a letter would have to wait for the drawing.
   */
  #useFrame(): void {
    const press = this.#press;
    if (press?.state === "to paint" && performance.now() - press.atMs < freshMs) {
      press.state = "painting";
      this.#awaitFrame();
    } else if (press?.state === "painting" || !this.#isTyping()) {
      if (press !== null) press.state = "painted";
      this.#flushInFrame();
    }
  }

  /** A timer that is set in a frame comes after its layout and painting: they count. */
  #flushInFrame(): void {
    const startedMs = performance.now();
    this.#flush();
    setTimeout(() => {
      const endedMs = performance.now();
      const { parts, longestMs: longestRestMs } = this.#isTyping() ? restTyping : rest;
      this.#restsUntilMs = endedMs + Math.min(parts * (endedMs - startedMs), longestRestMs);
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
