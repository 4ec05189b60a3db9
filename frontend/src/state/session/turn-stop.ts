/** A person's word that the running turn is to stop, from the press until the turn is over; kept while the machine is away. */
import { api, ask } from "../../api/client.ts";
import type { Failure } from "../../api/types.ts";
import { effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { connection } from "../connection.ts";

/** kill: whoever waits for the stop waits no longer. */
export type StopWay = "stop" | "kill";

export interface StopRequest {
  readonly turnId: string | null;
  readonly how: StopWay;
  /** When it was last asked for, in milliseconds since the epoch. */
  readonly at: number;
  /** unreached: it is sent again when the machine is back. */
  readonly phase: "sent" | "heard" | "unreached";
}

/** By session: those on a screen, and those whose word has not reached the machine yet. */
const stops = new Map<string, TurnStop>();

/** The stop of a session that is opened; what was said before, on a screen that was left since, is still to be heard. */
export function turnStopOf(sessionId: string): TurnStop {
  const stop = stops.get(sessionId) ?? new TurnStop(sessionId);
  stops.set(sessionId, stop);
  stop.open();
  return stop;
}

/** One for each session that is followed. */
export class TurnStop {
  readonly #sessionId: string;
  readonly #request = signal<StopRequest | null>(null);
  readonly #stopFollowing: () => void;
  #screens = 0;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
    let isLost = false;
    this.#stopFollowing = effect(() => {
      const isBack = isLost && connection.value === "open";
      isLost = connection.value !== "open";
      const request = this.#request.peek();
      if (isBack && request?.phase === "unreached") queueMicrotask(() => void this.ask(request));
    });
  }

  /** Null: nothing was asked for, or the turn is over. */
  get request(): ReadonlySignal<StopRequest | null> {
    return this.#request;
  }

  /** Asks for it, again after it was not heard. Null: asked, or kept until the machine is back; otherwise why not. */
  async ask({ turnId, how }: Pick<StopRequest, "turnId" | "how">): Promise<Failure | null> {
    const request: StopRequest = { turnId, how, at: Date.now(), phase: "sent" };
    this.#request.value = request;
    const params = { path: { id: this.#sessionId } };
    const body = { ...(turnId === null ? {} : { turnId }), how };
    const outcome = await ask(api.POST("/api/sessions/{id}/cancel", { params, body }));
    queueMicrotask(() => this.#endUnseen());
    // Asked once more meanwhile, or over.
    if (this.#request.peek() !== request) return null;
    // Without its turn it would stop whatever runs by then.
    const isKept = !outcome.ok && outcome.failure === "unreachable" && turnId !== null;
    if (!outcome.ok && !isKept) {
      this.#request.value = null;
      return outcome.failure;
    }
    this.#request.value = { ...request, phase: isKept ? "unreached" : "heard" };
    return null;
  }

  /** What was asked of another turn than the one that runs now is over. */
  settle(turnId: string | null): void {
    const request = this.#request.peek();
    if (request !== null && request.turnId !== turnId) this.#request.value = null;
  }

  /** One more screen shows the session. */
  open(): void {
    this.#screens += 1;
  }

  /** One screen less does: what the machine has heard, or nobody has said, is followed no longer. */
  close(): void {
    this.#screens -= 1;
    this.#endUnseen();
  }

  #endUnseen(): void {
    const phase = this.#request.peek()?.phase;
    if (this.#screens > 0 || phase === "sent" || phase === "unreached") return;
    this.#stopFollowing();
    if (stops.get(this.#sessionId) === this) stops.delete(this.#sessionId);
  }
}
