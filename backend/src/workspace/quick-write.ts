/**
 * Writes of a few bytes go into the page cache, which takes microseconds: less than handing them to the thread pool and
 * hearing of it. A disk that makes one of them wait is busy; then they go to the thread pool for so many times as long: at
 * the worst that takes a fortieth of the time. It may also have been the processor, which somebody else had for a
 * moment, and that is no reason to stay away for long.
 */
import { write, writeSync } from "node:fs";

const mostBytes = 16_384;
const busyAfterMs = 4;
const staysAwayTimes = 40;
const mostBusyMs = 60_000;

/** Writes at the end of an open file: as many bytes as it took. Rejects, or throws, what the system says. */
export type QuickWrite = (file: number, data: Uint8Array) => number | Promise<number>;

interface Means {
  readonly nowMs: () => number;
  readonly writeHere: (file: number, data: Uint8Array) => number;
  readonly writeAside: (file: number, data: Uint8Array) => Promise<number>;
}

/** One is for one disk. */
export function quickWriter({ nowMs, writeHere, writeAside }: Means): QuickWrite {
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  return (file, data) => {
    const startedMs = nowMs();
    if (data.byteLength > mostBytes || startedMs < busyUntilMs) return writeAside(file, data);
    const writtenBytes = writeHere(file, data);
    const endedMs = nowMs();
    const tookMs = endedMs - startedMs;
    if (tookMs >= busyAfterMs) busyUntilMs = endedMs + Math.min(staysAwayTimes * tookMs, mostBusyMs);
    return writtenBytes;
  };
}

/** By the thread pool. The callback costs half of what a handle's own promise does. */
export const writeAside = (file: number, data: Uint8Array): Promise<number> =>
  new Promise((resolve, reject) => {
    write(file, data, 0, data.byteLength, null, (error, writtenBytes) =>
      error === null ? resolve(writtenBytes) : reject(error),
    );
  });

/** For the disk that the state folder is on. */
export const quickWrite: QuickWrite = quickWriter({
  nowMs: () => performance.now(),
  writeHere: (file, data) => writeSync(file, data, 0, data.byteLength, null),
  writeAside,
});
