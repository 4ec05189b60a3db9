/** A module that is fetched when it is first wanted, and read like a signal. */
import { type ReadonlySignal, signal } from "./signal.ts";

interface Lazy<T> {
  /** Null until it is there; the first call starts the fetch. Reading it in a binding follows it. */
  get(): T | null;
  /** Starts the fetch, and resolves with it; rejects when it cannot be had (then the next call tries again). */
  load(): Promise<T>;
}

/** Wraps a dynamic import. A failed fetch leaves `get()` null: whoever reads it shows its plain form. */
export function lazy<T>(fetchModule: () => Promise<T>): Lazy<T> {
  const loaded = signal<{ readonly module: T } | null>(null);
  let pending: Promise<T> | null = null;
  const load = (): Promise<T> => {
    pending ??= fetchModule().then(
      (module) => {
        loaded.value = { module };
        return module;
      },
      (error: unknown) => {
        pending = null;
        throw error;
      },
    );
    return pending;
  };
  const state: ReadonlySignal<{ readonly module: T } | null> = loaded;
  return {
    load,
    get() {
      if (state.value !== null) return state.value.module;
      // Shown plain until it can be had; the next reader tries again.
      load().catch(() => undefined);
      return null;
    },
  };
}
