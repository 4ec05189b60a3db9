/** Gathers what the stream brings, and hands it on once per animation frame (by a timer while the page is hidden). */
import type { SessionEvent } from "./types.ts";

export interface EventReceiver {
  readonly deliver: (events: readonly SessionEvent[]) => void;
}

const hiddenMs = 100;

export class FrameQueue {
  #actions: (() => void)[] = [];
  #batches = new Map<EventReceiver, { events: SessionEvent[]; isWanted: () => boolean }>();
  #frame: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

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
    this.#timer = setTimeout(() => this.#flush(), hiddenMs);
    this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
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
