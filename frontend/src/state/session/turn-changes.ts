/** What one turn changed, line by line, fetched when it is looked at. */
import { api, ask } from "../../api/client.ts";
import type { Failure, TurnChanges } from "../../api/types.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";

type ChangesState =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly changes: TurnChanges }
  | { readonly state: "failed"; readonly failure: Failure };

interface OpenChanges {
  readonly current: ReadonlySignal<ChangesState>;
  /** Loads, or tries again. */
  load(): Promise<void>;
}

/** The changes of a turn; nothing is fetched before `load`. */
export function openChanges(sessionId: string, turnId: string): OpenChanges {
  const current = signal<ChangesState>({ state: "loading" });
  return {
    current,
    async load() {
      current.value = { state: "loading" };
      const outcome = await ask(
        api.GET("/api/sessions/{id}/changes", {
          params: { path: { id: sessionId }, query: { turn: turnId } },
        }),
      );
      current.value = outcome.ok
        ? { state: "ready", changes: outcome.data }
        : { state: "failed", failure: outcome.failure };
    },
  };
}
