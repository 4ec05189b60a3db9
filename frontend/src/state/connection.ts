/** Whether this device hears the machine: starts and follows the one stream, and says how long it has been silent. */
import { onSlow, onUnreachable } from "../api/client.ts";
import { deviceStream, type StreamStatus } from "../api/device-stream.ts";
import { isSnapshot } from "../api/stream-messages.ts";
import { readStored, writeStored } from "../lib/browser/storage.ts";
import { batch, type ReadonlySignal, signal } from "../lib/signal.ts";
import { isDeviceKept, loadDevice } from "./access/device.ts";
import { followHidden } from "./hidden-page.ts";
import { forgetKeptSession, keepFact, readFact } from "./kept-sessions.ts";
import { loadModels } from "./models.ts";
import { resendStalled } from "./outbox/outbox.ts";
import { checkPageVersion } from "./page-update.ts";
import {
  applyNewest,
  applySnapshot,
  applySummary,
  forgetSession,
  isListLoaded,
  recentSessions,
} from "./sessions/session-list.ts";

/** `quiet` after 3 s without the machine, `reconnecting` after 10 s, `offline` after 60 s; `crowded`: it serves other pages of this browser. */
export type Connection = "open" | "quiet" | "reconnecting" | "offline" | "crowded";

const quietMs = 3_000;
const reconnectingMs = 10_000;
const offlineMs = 60_000;
const keepEveryMs = 5000;
/** How old the time may be that a page which is opened without the machine tells. */
const heardEveryMs = 15_000;
const keptSummaries = 200;

const connectionSignal = signal<Connection>("open");
const lastHeardSignal = signal<number | null>(storedTime());
let lostAt: number | null = null;
let hasOpened = false;
let timers: ReturnType<typeof setTimeout>[] = [];
let storedAt = 0;
let keepTimer: ReturnType<typeof setTimeout> | undefined;
let stopLooking: (() => void) | null = null;

export const connection: ReadonlySignal<Connection> = connectionSignal;
/** When the machine was last heard, in milliseconds since the epoch; null: never. */
export const lastHeardAt: ReadonlySignal<number | null> = lastHeardSignal;

/** Opens the stream, and keeps it open until `disconnect`. */
export function connect(): void {
  onUnreachable(() => deviceStream.doubt());
  onSlow((since) => void deviceStream.suspect(since));
  if (isDeviceKept()) beginWithoutMachine();
  deviceStream.start({
    snapshot: (summaries) => {
      batch(() => applySnapshot(summaries));
      if (isDeviceKept()) void loadModels();
      // A stream ends when its device's rights change: one that begins anew may be another's.
      if (hasOpened || isDeviceKept()) void loadDevice();
      hasOpened = true;
      resendStalled();
      keepListLater();
    },
    summary: (summary) => {
      applySummary(summary);
      keepListLater();
    },
    removed: (sessionId) => {
      forgetSession(sessionId);
      void forgetKeptSession(sessionId);
      keepListLater();
    },
    status: applyStatus,
  });
  stopLooking?.();
  stopLooking = followHidden({ rest: () => deviceStream.rest(), newest: applyNewest });
}

/** Ends the stream: this device may not come in, for now. */
export function disconnect(): void {
  deviceStream.stop();
  stopLooking?.();
  stopLooking = null;
  clearTimeout(keepTimer);
  keepTimer = undefined;
  hasOpened = false;
  heard();
}

/** The machine did not answer the first question: what this browser has is shown, and said to be that. */
function beginWithoutMachine(): void {
  lostAt = Date.now();
  set("offline");
  void readFact("list").then((list) => {
    const kept: unknown = { sessions: list };
    if (isDeviceKept() && !isListLoaded.peek() && isSnapshot(kept)) applySnapshot(kept.sessions);
  });
}

function keepListLater(): void {
  keepTimer ??= setTimeout(() => {
    keepTimer = undefined;
    void keepFact("list", recentSessions(keptSummaries));
  }, keepEveryMs);
}

/** Tries at once instead of waiting for the next retry. */
export function tryNow(): void {
  deviceStream.retryNow();
}

function applyStatus(status: StreamStatus): void {
  if (status.phase === "open") {
    // Back from a restart it may be another version.
    if (lostAt !== null) void checkPageVersion();
    if (status.lastHeardAt - storedAt > heardEveryMs) storeTime(status.lastHeardAt);
    return heard(status.lastHeardAt);
  }
  if (status.lastHeardAt !== null) lastHeardSignal.value = status.lastHeardAt;
  if (status.phase === "crowded") return settle("crowded");
  if (lostAt !== null) return;
  const since = status.phase === "lost" ? (status.since ?? Date.now()) : Date.now();
  lostAt = since;
  storeTime(lastHeardSignal.peek());
  const later = (next: Connection, afterMs: number) =>
    setTimeout(() => set(next), Math.max(0, since + afterMs - Date.now()));
  timers = [later("quiet", quietMs), later("reconnecting", reconnectingMs), later("offline", offlineMs)];
}

function heard(at?: number): void {
  if (at !== undefined) lastHeardSignal.value = at;
  settle("open");
}

/** Nothing is missed, or waited for. */
function settle(next: Connection): void {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
  lostAt = null;
  set(next);
}

function set(next: Connection): void {
  connectionSignal.value = next;
}

function storeTime(at: number | null): void {
  storedAt = at ?? 0;
  writeStored("lastHeard", at?.toString() ?? null);
}

function storedTime(): number | null {
  const stored = Number(readStored("lastHeard"));
  return stored > 0 ? stored : null;
}
