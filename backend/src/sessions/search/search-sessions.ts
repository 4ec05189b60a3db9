/** Finds sessions by their titles and their texts. */

import { isOut, rewoundBy } from "../../../../transcript/rewinds.ts";
import { isRunning } from "../../../../transcript/turn-state.ts";
import type { SearchHit, SearchResults } from "../../protocol/search.ts";
import type { SessionSummary } from "../../protocol/session.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { SessionConflict } from "../session-conflict.ts";
import { severalAtOnce } from "../several-at-once.ts";
import type { SearchLine } from "./search-lines.ts";
import { hitIn, type Query, queryOf } from "./search-match.ts";
import { linesOf, type SearchedLog, SearchTexts } from "./search-texts.ts";
import { TextUpkeep } from "./text-upkeep.ts";

/** What is searched: all sessions in the order of the answer, and how to read their logs without keeping them. */
interface SearchedSessions {
  list(): Promise<readonly SessionSummary[]>;
  /** Null: there is no such session any more. */
  summary(id: string): SessionSummary | null;
  events(id: string, range: { readonly after: number; readonly before: number }): AsyncIterable<SessionEvent>;
}

export interface SearchRequest {
  readonly query: string;
  /** Of sessions. */
  readonly limit: number;
  /** Only in this one, and then more of it; absent: in all. */
  readonly sessionId?: string | undefined;
  readonly signal: AbortSignal;
}

interface BoundQuery extends Query {
  /** Of one session. */
  readonly mostHits: number;
  /** Which, where there are more. */
  readonly which: "first" | "last";
}

const amongAll = { mostHits: 5, which: "first" } as const;
/** Who looks for something in one session mostly looks for what was said of late. */
const inOne = { mostHits: 50, which: "last" } as const;

/** Deletes and new texts wait behind them. */
const mostWaiting = 4;
/** One session that cannot be read must not hide the others. */
const nothing: readonly SearchHit[] = [];

/** One for each state folder. Calls wait for each other. */
export class SessionSearch {
  readonly #texts: SearchTexts;
  readonly #sessions: SearchedSessions;
  readonly #closing = new AbortController();
  readonly #work = new OneByOne();
  readonly #upkeep: TextUpkeep;
  #waiting = 0;

  constructor(
    place: { readonly files: DurableFiles; readonly directory: string },
    sessions: SearchedSessions,
  ) {
    this.#texts = new SearchTexts(place.files, place.directory);
    this.#sessions = sessions;
    this.#upkeep = new TextUpkeep({ bringUp: (id) => this.#bringUp(id), signal: this.#closing.signal });
  }

  /**
   * Sessions that hold the query, each with its first hits; of one alone its last ones, the newest first. Texts that are missing, or behind their logs, are made first.
   * Rejects with what aborted it, and with `busy` when too many wait already.
   */
  async find(request: SearchRequest): Promise<SearchResults> {
    if (this.#waiting >= mostWaiting)
      throw new SessionConflict("busy", "Other searches are under way. Try again in a moment.");
    this.#waiting += 1;
    const either = AbortSignal.any([request.signal, this.#closing.signal]);
    try {
      return await this.#work.run(() => this.#find({ ...request, signal: either }));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Brings a session's text up to its log, by and by: what is not written yet is made by the next search. */
  keepUp(id: string): void {
    this.#upkeep.add(id);
  }

  /** Gives up what is under way; resolves once nothing of it is being written. What is missing then, the next search makes. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work.settled();
  }

  /** Removes a session's text. */
  forget(id: string): Promise<void> {
    return this.#work.run(() => this.#texts.forget(id));
  }

  /** Removes the texts of all sessions but these. */
  retain(ids: ReadonlySet<string>): Promise<void> {
    return this.#work.run(() => this.#texts.retain(ids));
  }

  /** Tells for how many milliseconds it worked: other work goes first, and its time does not count. */
  async #bringUp(id: string): Promise<number> {
    let beganMs: number | null = null;
    await this.#work
      .run(async () => {
        beganMs = performance.now();
        const summary = this.#sessions.summary(id);
        if (summary !== null && !isRunning(summary.state))
          await this.#texts.bringUp(this.#logOf(summary), this.#closing.signal);
      })
      .catch(() => undefined);
    return beganMs === null ? 0 : performance.now() - beganMs;
  }

  async #find({ query: typed, limit, sessionId, signal }: SearchRequest): Promise<SearchResults> {
    signal.throwIfAborted();
    const text = queryOf(typed);
    if (text === null) return { results: [], hasMore: false };
    const query = { ...text, ...(sessionId === undefined ? amongAll : inOne) };
    const all = await this.#sessions.list();
    const summaries = sessionId === undefined ? all : all.filter(({ id }) => id === sessionId);
    await this.#texts.look();
    const unwritten = await this.#hitsInLogs(summaries, query, signal);
    const holders = await this.#texts.holders(query, signal);
    const results: { session: SessionSummary; hits: SearchHit[] }[] = [];
    for (const session of summaries) {
      signal.throwIfAborted();
      const written = holders === null || holders.has(session.id);
      const found = [
        ...titleHits(session, query),
        ...(written ? await this.#hitsInText(session, query) : nothing),
        ...(unwritten.get(session.id) ?? nothing),
      ];
      const hits =
        query.which === "first" ? found.slice(0, query.mostHits) : found.slice(-query.mostHits).toReversed();
      if (hits.length > 0) results.push({ session, hits });
      if (results.length > limit) break;
    }
    return { results: results.slice(0, limit), hasMore: results.length > limit };
  }

  /** Of sessions whose texts are behind and cannot be brought up: a turn runs in them, or the disk takes nothing. */
  async #hitsInLogs(
    summaries: readonly SessionSummary[],
    query: BoundQuery,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly SearchHit[]>> {
    const found = new Map<string, readonly SearchHit[]>();
    await severalAtOnce(summaries, async (summary) => {
      const through = await this.#texts.throughOf(summary.id);
      // Thrown only once all have stopped: nothing of it may write on when it is over.
      if (through === summary.lastSeq || signal.aborted) return;
      const log = this.#logOf(summary);
      const isWritten = !isRunning(summary.state) && (await this.#texts.bringUp(log, signal).then(yes, no));
      if (!isWritten)
        found.set(
          summary.id,
          await boundHits(standing(linesOf(log, through, signal), summary), query).catch(() => nothing),
        );
    });
    signal.throwIfAborted();
    return found;
  }

  #hitsInText(session: SessionSummary, query: BoundQuery): Promise<readonly SearchHit[]> {
    return boundHits(standing(this.#texts.lines(session.id), session), query).catch(() => nothing);
  }

  #logOf({ id, lastSeq }: SessionSummary): SearchedLog {
    return { id, lastSeq, events: (range) => this.#sessions.events(id, range) };
  }
}

/** The text holds all that was ever said; what has left the conversation is nowhere to go to. */
async function* standing(
  lines: AsyncIterable<SearchLine>,
  { rewinds = [] }: SessionSummary,
): AsyncGenerator<SearchLine> {
  const rewound = rewoundBy(rewinds);
  for await (const line of lines) if (!isOut(rewound, line.seq)) yield line;
}

async function boundHits(lines: AsyncIterable<SearchLine>, query: BoundQuery): Promise<readonly SearchHit[]> {
  const hits = new Map<string, SearchHit>();
  for await (const line of lines) {
    const hit = hitIn(line, query);
    // The pieces of a long text overlap, and one hit says that it holds the query.
    if (hit !== null && !hits.has(`${hit.kind} ${hit.seq}`)) hits.set(`${hit.kind} ${hit.seq}`, hit);
    if (hits.size < query.mostHits) continue;
    if (query.which === "first") break;
    const [oldest] = hits.keys();
    if (hits.size > query.mostHits && oldest !== undefined) hits.delete(oldest);
  }
  return [...hits.values()];
}

function titleHits({ title }: SessionSummary, query: Query): SearchHit[] {
  const hit = title === null ? null : hitIn({ seq: 1, kind: "title", text: title }, query);
  return hit === null ? [] : [hit];
}

function yes(): boolean {
  return true;
}

function no(): boolean {
  return false;
}
