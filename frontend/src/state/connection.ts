/** Whether this device hears the machine: starts and follows the one stream, and says how long it has been silent. */
import { onUnreachable } from "../api/client.ts";
import { deviceStream, type StreamStatus } from "../api/device-stream.ts";
import { batch, type ReadonlySignal, signal } from "../lib/signal.ts";
import { readStored, writeStored } from "../lib/storage.ts";
import { loadDevice } from "./access/device.ts";
import { checkPageVersion } from "./page-update.ts";
import { applySnapshot, applySummary } from "./session-list.ts";

/** `quiet` after 3 s without the machine, `reconnecting` after 10 s, `offline` after 60 s. */
export type Connection = "open" | "quiet" | "reconnecting" | "offline";

const quietMs = 3_000;
const reconnectingMs = 10_000;
const offlineMs = 60_000;

const connectionSignal = signal<Connection>("open");
const lastHeardSignal = signal<number | null>(storedTime());
let lostAt: number | null = null;
let hasOpened = false;
let timers: ReturnType<typeof setTimeout>[] = [];

export const connection: ReadonlySignal<Connection> = connectionSignal;
/** When the machine was last heard, in milliseconds since the epoch; null: never. */
export const lastHeardAt: ReadonlySignal<number | null> = lastHeardSignal;

/** Opens the stream, and keeps it open until `disconnect`. */
export function connect(): void {
  onUnreachable(() => deviceStream.doubt());
  deviceStream.start({
    snapshot: (summaries) => {
      batch(() => applySnapshot(summaries));
      // A stream ends when its device's rights change: one that begins anew may be another's.
      if (hasOpened) void loadDevice();
      hasOpened = true;
    },
    summary: (summary) => applySummary(summary),
    status: applyStatus,
  });
}

/** Ends the stream: this device may not come in, for now. */
export function disconnect(): void {
  deviceStream.stop();
  hasOpened = false;
  heard();
}

/** Tries at once instead of waiting for the next retry. */
export function tryNow(): void {
  deviceStream.retryNow();
}

function applyStatus(status: StreamStatus): void {
  if (status.phase === "open") {
    // Back from a restart it may be another version.
    if (lostAt !== null) void checkPageVersion();
    return heard(status.lastHeardAt);
  }
  if (status.lastHeardAt !== null) lastHeardSignal.value = status.lastHeardAt;
  if (lostAt !== null) return;
  lostAt = Date.now();
  writeStored("lastHeard", lastHeardSignal.peek()?.toString() ?? null);
  timers = [
    setTimeout(() => set("quiet"), quietMs),
    setTimeout(() => set("reconnecting"), reconnectingMs),
    setTimeout(() => set("offline"), offlineMs),
  ];
}

function heard(at?: number): void {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  lostAt = null;
  if (at !== undefined) lastHeardSignal.value = at;
  set("open");
}

function set(next: Connection): void {
  connectionSignal.value = next;
}

function storedTime(): number | null {
  const stored = Number(readStored("lastHeard"));
  return stored > 0 ? stored : null;
}
