/**
 * What of a session is read: its end, or a part of a long log around one entry, apart from the end until pages put to
 * that part meet it. Everything live (questions, queue, state) is the end's all the while.
 */
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import { withoutRewound } from "../../../../transcript/fold-rewind.ts";
import { type JoinedEvent, joinAll } from "../../../../transcript/join-chunks.ts";
import type { Transcript, TranscriptEntry } from "../../../../transcript/transcript.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { type EventPage, fetchEvents } from "./event-pages.ts";
import type { OpenSession } from "./open-session.ts";

/** Puts in what was fetched. */
type Put = () => void;

interface Part {
  readonly events: readonly JoinedEvent[];
  readonly transcript: Transcript;
  readonly hasOlder: boolean;
}

const pageLimit = 200;
const aboveLimit = 40;
/** From so many entries above the end on, what is known is read apart too: nobody draws all that lies beneath it. */
const farEntries = 400;
/** The most that the machine gives at once. */
const mostAtOnce = 5000;

export class Reading {
  readonly #session: OpenSession;
  readonly #part = signal<Part | null>(null);
  readonly entries: ReadonlySignal<readonly TranscriptEntry[]>;
  readonly hasOlder: ReadonlySignal<boolean>;
  /** What is shown does not reach to the session's end. */
  readonly isApart: ReadonlySignal<boolean>;

  constructor(session: OpenSession) {
    this.#session = session;
    const rewinds = computed(() => session.transcript.value.rewinds);
    this.entries = computed(() => {
      const part = this.#part.value;
      if (part === null) return session.transcript.value.entries;
      // What takes out a piece of this part stands further down.
      const earlier = session.summary.value?.rewinds ?? [];
      return withoutRewound(part.transcript, [...earlier, ...rewinds.value]).entries;
    });
    this.hasOlder = computed(() => this.#part.value?.hasOlder ?? session.hasOlder.value);
    this.isApart = computed(() => this.#part.value !== null);
  }

  /** Makes sure that the entry of this seq is there, with something above and below it; false: it cannot be had now. */
  async around(seq: number): Promise<boolean> {
    const part = this.#part.peek();
    if (part !== null && firstOf(part.events) <= seq && seq <= lastOf(part.events)) return true;
    if (seq >= this.#session.firstSeq && !this.#isFar(seq)) {
      this.leave();
      return true;
    }
    const [above, below] = await Promise.all([
      fetchEvents(this.#session.id, { before: seq, limit: aboveLimit }),
      fetchEvents(this.#session.id, { after: seq - 1, limit: pageLimit }),
    ]);
    if (!above.ok || !below.ok) {
      if (seq < this.#session.firstSeq) return false;
      this.leave();
      return true;
    }
    this.#show([...above.data.events, ...below.data.events], above.data.hasMore);
    if (seq < this.#session.firstSeq && lastOf(below.data.events) >= this.#session.firstSeq - 1)
      (await this.#meet())?.();
    return true;
  }

  #isFar(seq: number): boolean {
    const { entries } = this.#session.transcript.peek();
    return entries.length > farEntries && (entries.at(-farEntries)?.seq ?? 0) > seq;
  }

  /** The page above; the answer puts it in. Null: there is none, or it cannot be had now. */
  async fetchOlder(): Promise<Put | null> {
    const part = this.#part.peek();
    if (part === null) return await this.#session.fetchOlder();
    if (!part.hasOlder) return null;
    const page = await fetchEvents(this.#session.id, { before: firstOf(part.events), limit: pageLimit });
    if (!page.ok) return null;
    return () => this.#extend(part, (events) => [...page.data.events, ...events], page.data);
  }

  /** The page below a part that stands apart; as `fetchOlder`. */
  async fetchNewer(): Promise<Put | null> {
    const part = this.#part.peek();
    if (part === null) return null;
    const page = await fetchEvents(this.#session.id, { after: lastOf(part.events), limit: pageLimit });
    if (!page.ok) return null;
    if (firstOf(part.events) >= this.#session.firstSeq) {
      // The end knows all of it.
      if (!page.data.hasMore || !this.#isFar(lastOf(page.data.events))) return () => this.leave();
    } else if (lastOf(page.data.events) >= this.#session.firstSeq - 1) return await this.#meet();
    return () => this.#extend(part, (events) => [...events, ...page.data.events], null);
  }

  /** Back to the session's end. */
  leave(): void {
    this.#part.value = null;
  }

  /** What lies between the part's beginning and the end's becomes a piece of the end. */
  async #meet(): Promise<Put | null> {
    const part = this.#part.peek();
    if (part === null) return null;
    const { firstSeq } = this.#session;
    const range = { after: firstOf(part.events) - 1, before: firstSeq, limit: mostAtOnce };
    const page = await fetchEvents(this.#session.id, range);
    if (!page.ok || page.data.hasMore) return null;
    return () => {
      if (this.#session.firstSeq === firstSeq)
        this.#session.prepend({ events: page.data.events, hasMore: part.hasOlder });
      this.leave();
    };
  }

  #extend(
    part: Part,
    join: (events: readonly JoinedEvent[]) => readonly JoinedEvent[],
    older: EventPage | null,
  ): void {
    // Meanwhile it may have met the end, or another entry was gone to.
    if (this.#part.peek() !== part) return;
    this.#show(join(part.events), older?.hasMore ?? part.hasOlder);
  }

  #show(events: readonly JoinedEvent[], hasOlder: boolean): void {
    const joined = joinAll(events);
    const start = { ...emptyTranscript, lastSeq: firstOf(joined) - 1 };
    this.#part.value = { events: joined, transcript: applyEvents(start, joined), hasOlder };
  }
}

function firstOf(events: readonly JoinedEvent[]): number {
  const [first] = events;
  return first?.from ?? first?.seq ?? 1;
}

function lastOf(events: readonly JoinedEvent[]): number {
  return events.at(-1)?.seq ?? 0;
}
