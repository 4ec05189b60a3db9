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

/** One for each session that is followed. */
export class TurnStop {
  readonly #sessionId: string;
  readonly #request = signal<StopRequest | null>(null);
  readonly #stopFollowing: () => void;

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

  /** Follows the connection no longer. */
  close(): void {
    this.#stopFollowing();
  }
}
