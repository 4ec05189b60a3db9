/** The time as signals, which tick only while somebody watches. */
import { type ReadonlySignal, signal } from "./signal.ts";

/** Milliseconds since the epoch, every second. */
export const seconds: ReadonlySignal<number> = ticking(1000);
/** Milliseconds since the epoch, every 20 seconds: often enough for `3m`. */
export const minutes: ReadonlySignal<number> = ticking(20_000);

function ticking(everyMs: number): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const time = signal(Date.now(), {
    watched: () => {
      queueMicrotask(tick);
      timer = setInterval(tick, everyMs);
    },
    unwatched: () => clearInterval(timer),
  });
  function tick(): void {
    time.value = Date.now();
  }
  return time;
}
