/**
 * Signals and ownership. What runs inside `owned` (components, rows, effects) registers its clean-up with it,
 * so that whatever a component subscribes to ends with its parent.
 */
import { effect as coreEffect, untracked } from "@preact/signals-core";

export { batch, computed, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";

type Cleanup = () => void;

let owner: Cleanup[] | null = null;

export interface Owned<T> {
  readonly value: T;
  readonly dispose: () => void;
}

/** Runs `build` as the owner of everything made in it; `dispose` ends all of that, newest first. */
export function owned<T>(build: () => T): Owned<T> {
  const outer = owner;
  const cleanups: Cleanup[] = [];
  owner = cleanups;
  try {
    return { value: build(), dispose: () => disposeAll(cleanups) };
  } catch (error) {
    disposeAll(cleanups);
    throw error;
  } finally {
    owner = outer;
  }
}

/** Calls `cleanup` when the present owner is disposed; without an owner it never is. */
export function onCleanup(cleanup: Cleanup): void {
  owner?.push(cleanup);
}

/** Runs `run` now and whenever a signal that it read changes. It owns what it makes until its next run. */
export function effect(run: () => Cleanup | undefined | void): () => void {
  const dispose = coreEffect(() => {
    const scope = owned(run);
    return () => {
      // A cleanup must not subscribe the effect that is being replaced.
      untracked(() => {
        scope.value?.();
        scope.dispose();
      });
    };
  });
  onCleanup(dispose);
  return dispose;
}

function disposeAll(cleanups: Cleanup[]): void {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
}
