/**
 * One session as it is followed on the screen: its newest page, older pages when asked for, then every event as it
 * comes; folded once a frame. The actions of a person on it are here too.
 */

import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import { type JoinedEvent, joinAll, joinChunks } from "../../../../transcript/join-chunks.ts";
import type { Grant, Transcript } from "../../../../transcript/transcript.ts";
import { api, ask } from "../../api/client.ts";
import { watchSession } from "../../api/device-stream.ts";
import type { Effort, Failure, Outcome, SessionEvent, SessionMode, SessionSummary } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { whenIdle } from "../../lib/browser/idle.ts";
import { batch, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { forgetKeptSession, keepSession, readKeptSession } from "../kept-sessions.ts";
import { type AutoSpan, modeEnd } from "./auto-mode.ts";
import { type EventPage, fetchEvents } from "./event-pages.ts";
import { settleOutbox, type ToldEvent } from "./outbox-settling.ts";
import { type StopRequest, type StopWay, type TurnStop, turnStopOf } from "./turn-stop.ts";

type LoadPhase =
  | { readonly state: "loading" | "ready" | "missing" }
  | { readonly state: "failed"; readonly failure: Failure };

const pageLimit = 200;
/** So long the machine may take to answer; then what this browser has is shown. */
const patienceMs = 1500;
/** What comes is kept for later at most so often. */
const keepEveryMs = 5000;

/** A session to be followed; nothing is fetched before `open`, and `close` ends it. */
export class OpenSession {
  readonly id: string;
  readonly #phase = signal<LoadPhase>({ state: "loading" });
  readonly #transcript = signal<Transcript>(emptyTranscript);
  readonly #summary = signal<SessionSummary | null>(null);
  readonly #hasOlder = signal(false);
  readonly #stop: TurnStop;
  /** What is known of the log before the first event. */
  #seed: Transcript = emptyTranscript;
  /** What the transcript is folded from; chunks of one text are one event here. */
  #events: JoinedEvent[] = [];
  #stopWatching: (() => void) | null = null;
  #seenSeq = 0;
  #isClosed = false;
  #isShown = false;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #keepNow = () => this.#keepEnd();

  constructor(id: string) {
    this.id = id;
    this.#stop = turnStopOf(id);
    // The last moment at which a page that may be killed is sure to run.
    document.addEventListener("visibilitychange", this.#keepNow);
  }

  get phase(): ReadonlySignal<LoadPhase> {
    return this.#phase;
  }

  get transcript(): ReadonlySignal<Transcript> {
    return this.#transcript;
  }

  /** As it was when the session was opened. */
  get summary(): ReadonlySignal<SessionSummary | null> {
    return this.#summary;
  }

  /** More lies before the first entry. */
  get hasOlder(): ReadonlySignal<boolean> {
    return this.#hasOlder;
  }

  /** Null unless this device has asked for it, until the turn is over. */
  get stopping(): ReadonlySignal<StopRequest | null> {
    return this.#stop.request;
  }

  /** Loads the newest page and follows what comes; again after a failure. Without the machine: what this browser has. */
  async open(): Promise<void> {
    this.#phase.value = { state: "loading" };
    const patience = setTimeout(() => void this.#showKept(), patienceMs);
    const next = await this.#load();
    clearTimeout(patience);
    if (next.state === "failed" && (await this.#showKept())) return;
    if (this.#isClosed) return;
    if (next.state === "missing") return this.#lose();
    if (this.#isShown && next.state === "failed") return;
    this.#phase.value = next;
    if (next.state === "ready") this.#follow();
  }

  /** Fetches the page before the first entry; the answer puts it in. Null: there is none, or it cannot be had now. */
  async fetchOlder(): Promise<(() => void) | null> {
    const first = this.#events[0];
    if (first === undefined || !this.#hasOlder.peek()) return null;
    const page = await fetchPage(this.id, first.from ?? first.seq);
    if (!page.ok || this.#isClosed) return null;
    return () => this.prepend(page.data);
  }

  /** Where what is known of the log begins. */
  get firstSeq(): number {
    const first = this.#events[0];
    return first?.from ?? first?.seq ?? 1;
  }

  /** Puts in what lies right before it. */
  prepend({ events, hasMore }: EventPage): void {
    this.#events = joinAll([...events, ...this.#events]);
    batch(() => {
      this.#hasOlder.value = hasMore;
      this.#show(withKnownEntries(this.#refold(), this.#transcript.peek(), events), events);
    });
  }

  /** Asks for the running turn to stop. Null: asked, or kept until the machine is back; otherwise why not. */
  stop(how: StopWay = "stop"): Promise<Failure | null> {
    return this.#stop.ask({ turnId: this.#transcript.peek().turnId, how });
  }

  /** Null: done; otherwise why not. The transcript tells the mode that is in force; `span` is how long *Auto* holds. */
  setMode(mode: SessionMode, span: AutoSpan | null): Promise<Failure | null> {
    return this.#patch({ mode, ...modeEnd(span) });
  }

  /** As `setMode`. */
  setModel(model: string): Promise<Failure | null> {
    return this.#patch({ model });
  }

  /** As `setMode`; null: as the model does by itself. */
  setEffort(effort: Effort | null): Promise<Failure | null> {
    return this.#patch({ effort });
  }

  /** Has what came before summed up for the model. The transcript tells what comes of it. */
  async compact(): Promise<Failure | null> {
    const params = { path: { id: this.id } };
    return failureOf(
      await ask(api.POST("/api/sessions/{id}/compact", { params, body: { id: newIdentifier() } })),
    );
  }

  /** Takes a permission back. */
  async endGrant(grant: Grant): Promise<Failure | null> {
    const params = { path: { id: this.id, requestId: grant.requestId } };
    return failureOf(await ask(api.DELETE("/api/sessions/{id}/grants/{requestId}", { params })));
  }

  /** Notes that this device has read everything up to the last event. */
  markSeen(): void {
    const { lastSeq } = this.#transcript.peek();
    if (lastSeq <= this.#seenSeq || document.visibilityState === "hidden") return;
    this.#seenSeq = lastSeq;
    // Best effort: the next reading notes a later seq anyway.
    void ask(
      api.PUT("/api/sessions/{id}/seen", { params: { path: { id: this.id } }, body: { seq: lastSeq } }),
    );
  }

  /** Stops following. */
  close(): void {
    this.#keepEnd();
    this.#isClosed = true;
    this.#stopWatching?.();
    this.#stop.close();
    document.removeEventListener("visibilitychange", this.#keepNow);
  }

  #follow(): void {
    this.#isShown = true;
    this.#stopWatching ??= watchSession(this.id, this.#transcript.peek().lastSeq, {
      deliver: (events) => this.#take(events),
      lose: (why) => {
        if (why === "removed") return this.#lose();
        this.#stopWatching = null;
        this.#isShown = false;
        void this.open();
      },
    });
    this.#keepLater();
  }

  /** The machine has it no longer, so nor has this browser. */
  #lose(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    this.#isShown = false;
    this.#phase.value = { state: "missing" };
    void forgetKeptSession(this.id);
  }

  /** Shows the session as this browser saw it last, to go on from there; false: it has none of it, or shows it already. */
  async #showKept(): Promise<boolean> {
    const kept = await readKeptSession(this.id);
    if (kept === null || this.#isClosed || this.#isShown) return false;
    this.#start(kept.summary, kept);
    this.#phase.value = { state: "ready" };
    this.#follow();
    return true;
  }

  #keepLater(): void {
    this.#keepTimer ??= setTimeout(() => whenIdle(this.#keepNow), keepEveryMs);
  }

  #keepEnd(): void {
    if (this.#keepTimer === undefined) return;
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    const summary = this.#summary.peek();
    if (summary !== null && this.#isShown && !this.#isClosed)
      void keepSession({ summary, events: this.#events, hasMore: this.#hasOlder.peek() });
  }

  async #load(): Promise<LoadPhase> {
    // The summary first: it says where the log ends, and what is known of it from before the page.
    const info = await ask(api.GET("/api/sessions/{id}", { params: { path: { id: this.id } } }));
    if (!info.ok) return failed(info.failure);
    const page = await fetchPage(this.id, info.data.lastSeq + 1);
    if (!page.ok) return failed(page.failure);
    // What this browser had is shown already, and goes on from there.
    if (!this.#isShown && !this.#isClosed) this.#start(info.data, page.data);
    return { state: "ready" };
  }

  #start(summary: SessionSummary, { events, hasMore }: EventPage): void {
    this.#events = [...events];
    this.#seed = seededBy(summary);
    this.#seenSeq = summary.seenSeq;
    batch(() => {
      this.#summary.value = summary;
      this.#hasOlder.value = hasMore;
      this.#show(this.#refold(), this.#events);
    });
  }

  async #patch(
    change:
      | { readonly mode: SessionMode; readonly modeEndsAt?: string }
      | { readonly model: string }
      | { readonly effort: Effort | null },
  ): Promise<Failure | null> {
    return failureOf(
      await ask(api.PATCH("/api/sessions/{id}", { params: { path: { id: this.id } }, body: change })),
    );
  }

  #take(more: readonly SessionEvent[]): void {
    for (const event of more) this.#keep(event);
    batch(() => this.#show(applyEvents(this.#transcript.peek(), more), more));
    this.#keepLater();
  }

  #keep(event: SessionEvent): void {
    const last = this.#events.at(-1);
    const joined = last === undefined ? null : joinChunks(last, event);
    if (joined === null) this.#events.push(event);
    else this.#events[this.#events.length - 1] = joined;
  }

  #refold(): Transcript {
    const first = this.#events[0];
    const lastSeq = first === undefined ? 0 : (first.from ?? first.seq) - 1;
    return applyEvents(lastSeq === 0 ? emptyTranscript : { ...this.#seed, lastSeq }, this.#events);
  }

  #show(next: Transcript, told: readonly ToldEvent[]): void {
    this.#transcript.value = next;
    this.#stop.settle(next.turnId);
    settleOutbox(this.id, { transcript: next, told });
  }
}

/** The page of the newest events before a seq. */
async function fetchPage(id: string, before: number): Promise<Outcome<EventPage>> {
  // Without a position the address answers with the oldest.
  return await fetchEvents(id, { limit: pageLimit, before });
}

function failed(failure: Failure): LoadPhase {
  return failure !== "unreachable" && failure.status === 404
    ? { state: "missing" }
    : { state: "failed", failure };
}

function failureOf(
  outcome: { readonly ok: true } | { readonly ok: false; readonly failure: Failure },
): Failure | null {
  return outcome.ok ? null : outcome.failure;
}

/** What the older page does not touch keeps its object, so that nothing of it is drawn again. */
function withKnownEntries(next: Transcript, known: Transcript, older: readonly SessionEvent[]): Transcript {
  const touched = new Set(applyEvents(emptyTranscript, older).entries.map((entry) => entry.id));
  const byId = new Map(known.entries.map((entry) => [entry.id, entry] as const));
  const entries = next.entries.map((entry) => {
    // The end of a turn counts from its start, which may lie in the older page; so does what was gone back to.
    if (touched.has(entry.id) || entry.type === "turn_end" || entry.type === "rewind") return entry;
    return byId.get(entry.id) ?? entry;
  });
  return { ...next, entries };
}

/** What a summary tells of the log before the page that was loaded. */
function seededBy(summary: SessionSummary): Transcript {
  return {
    ...emptyTranscript,
    title: summary.title,
    project: summary.project,
    engine: summary.engine,
    model: summary.model,
    effort: summary.effort,
    mode: summary.mode,
    state: summary.state,
    turnId: summary.turnId,
    turnStartedAt: summary.turnStartedAt,
    stopReason: summary.stopReason,
    problem: summary.problem,
    queue: summary.queue,
    questions: summary.pending.map((request) => ({
      seq: 0,
      at: summary.updatedAt,
      turnId: summary.turnId,
      request,
    })),
  };
}
