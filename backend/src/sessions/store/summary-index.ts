/**
 * `summaries.jsonl` in the state folder: the saved summaries of all sessions in one file, so that a start reads one file
 * instead of thousands. Each counts only beside the very log that it was made of; made anew whenever it is behind.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { SessionSummary } from "../../protocol/session.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { Breathing } from "../breathing.ts";
import { logPath } from "../log/log-file.ts";
import { isResting, type RestingSummary } from "./saved-summary.ts";
import { folderOf, type SessionPlace } from "./session-files.ts";

const Entry = z.object({
  version: z.literal(1),
  logSize: z.int().positive(),
  logModifiedMs: z.number(),
  summary: SessionSummary,
});

/** Fewer are read as fast one by one. */
export const fewestIndexed = 100;

/** One for each state folder. What fails here costs the next start time, and nothing else: it says nothing. */
export class SummaryIndex {
  readonly #place: SessionPlace;
  readonly #path: string;
  #isOnDisk = false;
  readonly #writing = new OneByOne();

  constructor(place: SessionPlace) {
    this.#place = place;
    this.#path = join(place.directory, "summaries.jsonl");
  }

  /** What was written, by session; lines that cannot be read are left out. */
  async read(): Promise<ReadonlyMap<string, RestingSummary>> {
    const found = new Map<string, RestingSummary>();
    const bytes = await this.#place.files.read(this.#path).catch(() => Buffer.alloc(0));
    if (bytes === null) return found;
    this.#isOnDisk = true;
    const breathing = new Breathing();
    for (const line of linesOf(bytes)) {
      if (breathing.isDue) await breathing.breathe();
      const entry = readEntry(line);
      if (entry !== null) found.set(entry.summary.id, entry);
    }
    return found;
  }

  /** Replaces the whole file, or takes it away when `entries` asks for too few; they are asked for when the file before is done. */
  write(entries: () => Iterable<RestingSummary> | Promise<Iterable<RestingSummary>>): Promise<void> {
    return this.#writing.run(async () => {
      const lines: string[] = [];
      const breathing = new Breathing();
      for (const entry of await entries()) {
        if (breathing.isDue) await breathing.breathe();
        lines.push(`${JSON.stringify({ version: 1, ...entry })}\n`);
      }
      if (lines.length < fewestIndexed) return this.#remove();
      // Also when that fails: nobody knows what lies there then.
      this.#isOnDisk = true;
      await this.#place.files.writeAtomic(this.#path, lines.join(""));
    });
  }

  /** Takes the file away: it holds the title of a session that is to be gone. */
  remove(): Promise<void> {
    return this.#writing.run(() => this.#remove());
  }

  /** Resolves when nothing of it is being written. */
  settled(): Promise<void> {
    return this.#writing.settled();
  }

  async #remove(): Promise<void> {
    if (!this.#isOnDisk) return;
    await this.#place.files.remove(this.#path);
    this.#isOnDisk = false;
  }
}

/** Whether this is the very log, by one look at the disk. */
export async function isOfItsLog(place: SessionPlace, entry: RestingSummary): Promise<boolean> {
  const log = await stat(logPath(folderOf(place, entry.summary.id))).catch(() => null);
  return log !== null && log.size === entry.logSize && log.mtimeMs === entry.logModifiedMs;
}

function* linesOf(bytes: Buffer): Generator<string> {
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    yield bytes.toString("utf8", start, end);
    start = end + 1;
  }
}

function readEntry(line: string): RestingSummary | null {
  try {
    const { version: _, ...entry } = Entry.parse(JSON.parse(line));
    return isResting(entry.summary) ? entry : null;
  } catch {
    // Damaged, or of another version: that session's own summary says it.
    return null;
  }
}
