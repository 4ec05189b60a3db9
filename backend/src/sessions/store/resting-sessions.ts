/** Sessions that nobody has asked for since the start: their rows, and their newest events, without a look at whole logs. */
import { stat } from "node:fs/promises";
import type { SessionSummary } from "../../protocol/session.ts";
import { currentBranch } from "../../workspace/git/git.ts";
import { logPath } from "../log/log-file.ts";
import type { LogPage, LogRange } from "../log/log-pages.ts";
import { readTailPage } from "../log/log-tail.ts";
import { severalAtOnce } from "../several-at-once.ts";
import { type RestingSummary, readSummary } from "./saved-summary.ts";
import { folderOf, type SessionPlace } from "./session-files.ts";
import { isOfItsLog, SummaryIndex } from "./summary-index.ts";

interface RestingSession {
  readonly summary: SessionSummary;
  /** What the disk has of it; null: its log must be read. */
  readonly saved: RestingSummary | null;
}

/** Shown by their saved summaries until their logs are opened. */
export class RestingSessions {
  readonly #place: SessionPlace;
  readonly #index: SummaryIndex;
  readonly #sessions = new Map<string, RestingSession>();
  /** What the index says is not all that rests. */
  #isIndexBehind = false;

  constructor(place: SessionPlace) {
    this.#place = place;
    this.#index = new SummaryIndex(place);
  }

  /** Finds out which of these sessions rest; resolves with those that do not: their logs must be read. */
  async load(ids: readonly string[]): Promise<string[]> {
    const branches = new Map<string, Promise<string | null>>();
    const others: string[] = [];
    const indexed = await this.#index.read();
    let fromIndex = 0;
    await severalAtOnce(ids, async (id) => {
      const entry = indexed.get(id);
      const isCurrent = entry !== undefined && (await isOfItsLog(this.#place, entry));
      if (isCurrent) fromIndex += 1;
      const saved = isCurrent ? entry : await readSummary(this.#place.files, folderOf(this.#place, id));
      if (saved?.summary.id !== id) return void others.push(id);
      this.#sessions.set(id, { saved, summary: await withBranch(saved.summary, branches) });
    });
    const isWhole = fromIndex === this.#sessions.size && fromIndex === indexed.size;
    // Nobody waits for it.
    if (!isWhole) void this.#writeIndex([]);
    return others;
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** Takes in a session whose log is to be read again. */
  add(summary: SessionSummary): void {
    this.#sessions.set(summary.id, { summary, saved: null });
  }

  /** It is open now. */
  remove(id: string): void {
    this.#sessions.delete(id);
  }

  /** It is gone for good: resolves when nothing here tells of it. */
  async forget(id: string): Promise<void> {
    this.#sessions.delete(id);
    this.#isIndexBehind = true;
    await this.#index.remove();
  }

  /** Has the next start find all rows at once; `closed` are the sessions that were open until now. */
  async save(closed: readonly string[]): Promise<void> {
    if (this.#isIndexBehind || closed.length > 0) await this.#writeIndex(closed);
    await this.#index.settled();
  }

  /** All rows, in no order. */
  summaries(): SessionSummary[] {
    return [...this.#sessions.values()].map(({ summary }) => summary);
  }

  /** The row of a session; null when it does not rest. */
  summary(id: string): SessionSummary | null {
    return this.#sessions.get(id)?.summary ?? null;
  }

  /** The same page as of the opened log; null when it must be opened for that. */
  async readEvents(id: string, range: LogRange): Promise<LogPage | null> {
    const logSize = this.#sessions.get(id)?.saved?.logSize ?? null;
    if (logSize === null) return null;
    const path = logPath(folderOf(this.#place, id));
    const found = await stat(path).catch(() => null);
    // Since the start somebody may have changed the log.
    return found?.size === logSize ? readTailPage(path, logSize, range) : null;
  }

  #writeIndex(closed: readonly string[]): Promise<void> {
    const entries = async (): Promise<RestingSummary[]> => {
      const resting = [...this.#sessions.values()].flatMap(({ saved }) => (saved === null ? [] : [saved]));
      await severalAtOnce(closed, async (id) => {
        const saved = await readSummary(this.#place.files, folderOf(this.#place, id));
        if (saved?.summary.id === id) resting.push(saved);
      });
      return resting;
    };
    // Without it the next start reads the summaries one by one.
    return this.#index.write(entries).catch(() => undefined);
  }
}

/** Folders are looked at once, however many sessions they have. */
async function withBranch(
  summary: SessionSummary,
  branches: Map<string, Promise<string | null>>,
): Promise<SessionSummary> {
  const { project } = summary;
  const looking = branches.get(project.path) ?? currentBranch(project.path);
  branches.set(project.path, looking);
  return { ...summary, project: { ...project, branch: await looking } };
}
