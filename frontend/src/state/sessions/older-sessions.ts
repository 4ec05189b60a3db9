/** Sessions further back than the device's stream tells of, fetched by page as a person scrolls there. */
import { api, ask } from "../../api/client.ts";
import type { Failure } from "../../api/types.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { applyPage, type ListEdge, listEdge } from "./session-list.ts";

type Shelf = "in_use" | "archived";

type OlderPhase =
  | { readonly state: "more" | "loading" | "end" }
  | { readonly state: "failed"; readonly failure: Failure };

const pageLimit = 100;

class OlderSessions {
  readonly #shelf: Shelf;
  readonly #phase = signal<OlderPhase>({ state: "more" });
  /** The last that came; null: nothing yet. */
  #edge: ListEdge | null = null;
  /** What is asked for belongs to this stay of the device. */
  #stay = {};

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** `end`: there is nothing further back. */
  get phase(): ReadonlySignal<OlderPhase> {
    return this.#phase;
  }

  /** Fetches the next page, one at a time; again after a failure. */
  async load(): Promise<void> {
    const edge = this.#edge ?? listEdge.peek();
    const { state } = this.#phase.peek();
    if (state === "loading" || state === "end" || edge === null) return;
    const stay = this.#stay;
    this.#phase.value = { state: "loading" };
    const query = {
      limit: pageLimit,
      ...edge,
      archived: this.#shelf === "archived" ? "true" : "false",
    } as const;
    const outcome = await ask(api.GET("/api/sessions", { params: { query } }));
    if (stay !== this.#stay) return;
    if (!outcome.ok) {
      this.#phase.value = { state: "failed", failure: outcome.failure };
      return;
    }
    const { sessions, hasMore } = outcome.data;
    applyPage(sessions);
    const last = sessions.at(-1);
    this.#edge = last === undefined ? edge : { before: last.updatedAt, beforeId: last.id };
    this.#phase.value = { state: hasMore ? "more" : "end" };
  }

  /** Begins anew, as if nothing had been fetched. */
  forget(): void {
    this.#stay = {};
    this.#edge = null;
    this.#phase.value = { state: "more" };
  }
}

/** One for each part of the list that reaches back. */
export const olderSessions = { in_use: new OlderSessions("in_use"), archived: new OlderSessions("archived") };
