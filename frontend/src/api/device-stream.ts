/**
 * The page's only stream: summaries of all sessions and the events of the watched ones, over `/api/events`.
 * It keeps every watched session's position, reopens with it, and hands events on once a frame, each exactly once.
 */
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { heard, readRefusal } from "./client.ts";
import { FrameQueue } from "./frame-queue.ts";
import { askOnce, findConnection } from "./live-connection.ts";
import { isOfSession, isPage, isSnapshot, isSummary, isUpdate } from "./stream-messages.ts";
import type { Failure, SessionEvent, SessionSummary } from "./types.ts";

/** What a stream tells its listener. `lastHeardAt` is in milliseconds since the epoch; null: never yet. */
interface StreamListener {
  snapshot(summaries: readonly SessionSummary[]): void;
  summary(summary: SessionSummary): void;
  /** The machine no longer has that session. */
  removed(sessionId: string): void;
  status(status: StreamStatus): void;
}

export type StreamStatus =
  | { readonly phase: "open"; readonly lastHeardAt: number }
  /** `since`: when the silence began; absent: now. */
  | {
      readonly phase: "lost";
      readonly lastHeardAt: number | null;
      readonly failure: Failure | null;
      readonly since?: number;
    }
  /** The machine ended it for another page of this browser: it stays closed until somebody looks at, or touches, this one. */
  | { readonly phase: "crowded"; readonly lastHeardAt: number | null }
  /** The server refused this browser: it is of no use to try again. */
  | { readonly phase: "refused"; readonly lastHeardAt: number | null };

/** Who follows a session. */
export interface SessionWatcher {
  readonly deliver: (events: readonly SessionEvent[]) => void;
  /** What is known no longer holds, and nothing more comes: it is gone, or another log stands in its place. */
  readonly lose: (why: "removed" | "replaced") => void;
}

interface Watch extends SessionWatcher {
  readonly sessionId: string;
  /** The last seq that was queued for delivery. */
  position: number;
}

/** Pings come every 3 s. */
const silenceMs = 5_000;
/** A machine that is asked whether it is there, and does not say so by then, is said to be silent. */
const patienceMs = 2000;
const doubtMs = 1000;
const backoffMs = [1000, 2000, 4000, 8000, 15_000];
const pageLimit = 500;
/** Events that wake a page come together. */
const oneWakingMs = 250;
/** A person has this page before them, though it may never have been hidden. */
const touches = ["focus", "pointerdown", "keydown"] as const;

export class DeviceStream {
  readonly #queue = new FrameQueue();
  #listener: StreamListener | null = null;
  #watches: Watch[] = [];
  #connection: AbortController | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #silenceTimer: ReturnType<typeof setTimeout> | null = null;
  #attempt = 0;
  #lastHeardAt: number | null = null;
  /** Since when the connection has said nothing; before its first word: since it was asked for. */
  #silentSince = 0;
  #isReopening = false;
  /** Closed until somebody looks at the page again. */
  #isResting = false;
  #waking: { readonly controller: AbortController; readonly startedAt: number } | null = null;
  readonly #wake = (event: Event) => {
    // The first showing of the page needs no waking; one from the back-forward cache does.
    if ("persisted" in event && event.persisted === false) return;
    void this.catchUp();
  };
  readonly #wakeRested = () => {
    if (this.#isResting) void this.catchUp();
  };
  readonly #offline = () => {
    if (!this.#isResting) this.#lose("unreachable");
  };

  /** Opens the stream and keeps it open until `stop`. */
  start(listener: StreamListener): void {
    this.stop();
    this.#listener = listener;
    for (const [target, type] of wakings()) target.addEventListener(type, this.#wake);
    for (const type of touches) window.addEventListener(type, this.#wakeRested);
    window.addEventListener("offline", this.#offline);
    this.#isResting = false;
    this.#reopen();
  }

  /** Ends the stream and all retries. Watches stay, and go on with the next `start`. */
  stop(): void {
    this.#listener = null;
    this.#waking?.controller.abort();
    this.#waking = null;
    this.#disconnect();
    for (const [target, type] of wakings()) target.removeEventListener(type, this.#wake);
    for (const type of touches) window.removeEventListener(type, this.#wakeRested);
    window.removeEventListener("offline", this.#offline);
  }

  /** Delivers a session's events after seq `after`, in order, each once, until the answer is called. */
  watchSession(sessionId: string, after: number, watcher: SessionWatcher): () => void {
    const watch: Watch = { ...watcher, sessionId, position: after };
    this.#watches.push(watch);
    this.#reopenSoon();
    return () => {
      this.#watches = this.#watches.filter((each) => each !== watch);
    };
  }

  /** Closes the stream until the page is seen or touched again: then it wakes as after a sleep. */
  rest(): void {
    if (this.#listener === null || this.#isResting) return;
    this.#isResting = true;
    this.#waking?.controller.abort();
    this.#waking = null;
    this.#disconnect();
  }

  /** Tries at once instead of waiting for the next retry. */
  retryNow(): void {
    this.#isResting = false;
    this.#attempt = 0;
    this.#reopen();
  }

  /** Another call got no answer: a stream that claims to be open is opened anew, unless it has only just spoken. */
  doubt(): void {
    if (this.#listener === null || this.#connection === null) return;
    if (Date.now() - (this.#lastHeardAt ?? 0) < doubtMs) return;
    this.#listener.status({ phase: "lost", lastHeardAt: this.#lastHeardAt, failure: "unreachable" });
    this.#reopen();
  }

  /** What was sent at `since` waits long for its answer: silence is said as soon as the machine cannot even say that it lives. */
  async suspect(since: number): Promise<void> {
    const connection = this.#connection;
    if (this.#listener === null || connection === null || this.#silentSince > since) return;
    const { lives, isLate } = await this.#findSoon(connection.signal, since);
    if (this.#connection !== connection) return;
    if (!lives) this.doubt();
    else if (isLate) this.#tellOpen();
  }

  /** Whether the machine answers at all; what takes long is told meanwhile, as a silence since then. */
  async #findSoon(signal: AbortSignal, since: number): Promise<{ lives: boolean; isLate: boolean }> {
    let isLate = false;
    const timer = setTimeout(() => {
      if (signal.aborted || this.#silentSince > since) return;
      isLate = true;
      this.#listener?.status({
        phase: "lost",
        lastHeardAt: this.#lastHeardAt,
        failure: "unreachable",
        since,
      });
    }, patienceMs);
    const lives = await findConnection(signal);
    clearTimeout(timer);
    return { lives, isLate };
  }

  /** After waking: gets what is missing by seq, then opens the stream anew, whatever the old one claims to be. */
  async catchUp(): Promise<void> {
    if (document.visibilityState !== "hidden") await this.#recover(Date.now());
  }

  async #recover(since: number): Promise<void> {
    if (this.#listener === null) return;
    this.#isResting = false;
    const startedAt = Date.now();
    if (this.#waking !== null && startedAt - this.#waking.startedAt < oneWakingMs) return;
    this.#waking?.controller.abort();
    const waking = { controller: new AbortController(), startedAt };
    this.#waking = waking;
    this.#disconnect();
    const { signal } = waking.controller;
    if ((await this.#findSoon(signal, since)).lives)
      await Promise.all(this.#watches.map((watch) => this.#fetchMissing(watch, signal)));
    if (this.#waking !== waking) return;
    this.#waking = null;
    if (!signal.aborted && this.#listener !== null) this.retryNow();
  }

  async #fetchMissing(watch: Watch, signal: AbortSignal): Promise<void> {
    for (let hasMore = true; hasMore; ) {
      const address = `/api/sessions/${encodeURIComponent(watch.sessionId)}/events?after=${watch.position}&limit=${pageLimit}`;
      const page = await askOnce(address, signal);
      // Not reached, or refused: the stream that is opened next brings the same events, or says why not.
      if (!isPage(page)) return;
      for (const event of page.events) this.#accept(watch, event);
      hasMore = page.hasMore && page.events.length > 0;
    }
  }

  #reopenSoon(): void {
    if (this.#isReopening || this.#listener === null) return;
    this.#isReopening = true;
    queueMicrotask(() => {
      this.#isReopening = false;
      if (this.#listener !== null) this.#reopen();
    });
  }

  #reopen(): void {
    if (this.#isResting) return;
    this.#disconnect();
    const connection = new AbortController();
    this.#connection = connection;
    void this.#run(connection.signal);
  }

  #disconnect(): void {
    this.#connection?.abort();
    this.#connection = null;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    if (this.#silenceTimer !== null) clearTimeout(this.#silenceTimer);
    this.#retryTimer = null;
    this.#silenceTimer = null;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const failure = await this.#read(signal);
    // A stream that was replaced or stopped has nothing more to say.
    if (signal.aborted || this.#listener === null) return;
    if (failure !== null && failure !== "unreachable" && failure.status === 401) {
      this.#disconnect();
      this.#listener.status({ phase: "refused", lastHeardAt: this.#lastHeardAt });
      heard(failure);
      return;
    }
    this.#lose(failure);
  }

  /** The connection is gone: says so, and tries again, later each time. */
  #lose(failure: Failure | null): void {
    this.#disconnect();
    this.#listener?.status({ phase: "lost", lastHeardAt: this.#lastHeardAt, failure });
    const wait = backoffMs[Math.min(this.#attempt, backoffMs.length - 1)] ?? 15_000;
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => this.#reopen(), wait * (0.8 + Math.random() * 0.4));
  }

  /** Reads one connection to its end; the answer says why it ended, null: it just did. */
  async #read(signal: AbortSignal): Promise<Failure | null> {
    try {
      this.#silentSince = Date.now();
      this.#watchSilence(silenceMs);
      const response = await fetch(this.#address(), {
        headers: { accept: "text/event-stream" },
        cache: "no-store",
        signal,
      });
      if (!response.ok) return readRefusal(response.status, await response.json().catch(() => null));
      if (response.body === null) return "unreachable";
      const parser = createParser({ onEvent: (message) => this.#take(message) });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (signal.aborted || done) return null;
        this.#heard();
        parser.feed(value);
      }
    } catch {
      // The connection broke or never came about; `#run` tries again.
      return "unreachable";
    }
  }

  #address(): string {
    const query = new URLSearchParams();
    for (const watch of this.#watches) query.append("session", `${watch.sessionId}:${watch.position}`);
    return query.size === 0 ? "/api/events" : `/api/events?${query}`;
  }

  #heard(): void {
    this.#silentSince = Date.now();
    this.#attempt = 0;
    this.#tellOpen();
  }

  #tellOpen(): void {
    this.#lastHeardAt = Date.now();
    this.#listener?.status({ phase: "open", lastHeardAt: this.#lastHeardAt });
  }

  /** A silence longer than between two pings is a connection that only claims to be open. */
  #watchSilence(inMs: number): void {
    if (this.#silenceTimer !== null) clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      const left = this.#silentSince + silenceMs - Date.now();
      if (left > 0) this.#watchSilence(left);
      else void this.#askIntoSilence();
    }, inMs);
  }

  /** The stream stays open meanwhile: on a slow way the next ping may only be late. */
  async #askIntoSilence(): Promise<void> {
    const connection = this.#connection;
    const since = this.#silentSince;
    if (connection === null) return;
    const { lives } = await this.#findSoon(connection.signal, since);
    if (this.#connection !== connection) return;
    if (this.#silentSince > since) this.#watchSilence(silenceMs);
    else if (lives) await this.#recover(since);
    else this.retryNow();
  }

  #take(message: EventSourceMessage): void {
    const data: unknown = JSON.parse(message.data);
    switch (message.event) {
      case "snapshot":
        if (isSnapshot(data)) this.#queue.add(() => this.#listener?.snapshot(data.sessions));
        return;
      case "summary":
        if (isSummary(data)) this.#queue.add(() => this.#listener?.summary(data));
        return;
      case "crowded":
        // Opened anew it would end another page's, which would end this one's, and so on.
        this.rest();
        this.#listener?.status({ phase: "crowded", lastHeardAt: this.#lastHeardAt });
        return;
      case "removed":
      case "reset":
        if (!isOfSession(data)) return;
        return this.#loseSession(data.sessionId, message.event === "removed" ? "removed" : "replaced");
      case "update":
        if (!isUpdate(data)) return;
        for (const watch of this.#watches) if (watch.sessionId === data.sessionId) this.#accept(watch, data);
        return;
    }
  }

  #loseSession(sessionId: string, why: "removed" | "replaced"): void {
    const lost = this.#watches.filter((watch) => watch.sessionId === sessionId);
    this.#watches = this.#watches.filter((watch) => watch.sessionId !== sessionId);
    this.#queue.add(() => {
      if (why === "removed") this.#listener?.removed(sessionId);
      for (const watch of lost) watch.lose(why);
    });
  }

  /** Takes the next event; what was had already is dropped, and a gap reopens the stream from the position. */
  #accept(watch: Watch, event: SessionEvent): void {
    if (event.seq <= watch.position) return;
    if ((event.from ?? event.seq) > watch.position + 1) return this.#reopenSoon();
    watch.position = event.seq;
    this.#queue.deliver(watch, event, () => this.#watches.includes(watch));
  }
}

function wakings(): readonly (readonly [EventTarget, string])[] {
  return [
    [document, "visibilitychange"],
    [window, "pageshow"],
    [window, "online"],
  ];
}

/** The page's one stream. */
export const deviceStream = new DeviceStream();

/** `deviceStream.watchSession`. */
export function watchSession(sessionId: string, after: number, watcher: SessionWatcher): () => void {
  return deviceStream.watchSession(sessionId, after, watcher);
}
