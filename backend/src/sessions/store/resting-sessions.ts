/** Sessions that nobody has asked for since the start: their rows, and their newest events, without a look at whole logs. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { SessionSummary } from "../../protocol/session.ts";
import { currentBranch } from "../../workspace/git/git.ts";
import type { LogPage, LogRange } from "../log/log-pages.ts";
import { readTailPage } from "../log/log-tail.ts";
import { readSummary } from "./saved-summary.ts";
import { folderOf, type SessionPlace } from "./session-files.ts";
import { severalAtOnce } from "./several-at-once.ts";

interface RestingSession {
  readonly summary: SessionSummary;
  /** Bytes of the log that the summary is made of; null: that is not known. */
  readonly logSize: number | null;
}

/** Shown by their saved summaries until their logs are opened. */
export class RestingSessions {
  readonly #place: SessionPlace;
  readonly #sessions = new Map<string, RestingSession>();

  constructor(place: SessionPlace) {
    this.#place = place;
  }

  /** Finds out which of these sessions rest; resolves with those that do not: their logs must be read. */
  async load(ids: readonly string[]): Promise<string[]> {
    const branches = new Map<string, Promise<string | null>>();
    const others: string[] = [];
    await severalAtOnce(ids, async (id) => {
      const saved = await readSummary(this.#place.files, folderOf(this.#place, id));
      if (saved?.summary.id !== id) return void others.push(id);
      this.#sessions.set(id, { ...saved, summary: await withBranch(saved.summary, branches) });
    });
    return others;
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** Takes in a session whose log is to be read again. */
  add(summary: SessionSummary): void {
    this.#sessions.set(summary.id, { summary, logSize: null });
  }

  /** It is open now, or gone. */
  remove(id: string): void {
    this.#sessions.delete(id);
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
    const logSize = this.#sessions.get(id)?.logSize ?? null;
    if (logSize === null) return null;
    const path = join(folderOf(this.#place, id), "log.jsonl");
    const found = await stat(path).catch(() => null);
    // Since the start somebody may have changed the log.
    return found?.size === logSize ? readTailPage(path, logSize, range) : null;
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
