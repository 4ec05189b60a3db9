/**
 * The texts that are searched: `<state>/search/<session>.<seq>.txt`, made of the session's log up to that seq. They can
 * always be made anew; the name says how far a text goes, so that one look at the folder shows what is missing.
 */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { ripgrep } from "../../workspace/ripgrep.ts";
import { systemErrorCode, WorkspaceError } from "../../workspace/workspace-error.ts";
import { decodeSearchLine, encodeSearchLine, type SearchLine, SearchLines } from "./search-lines.ts";
import type { Query } from "./search-match.ts";

/** A session as far as its text goes. */
export interface SearchedLog {
  readonly id: string;
  readonly lastSeq: number;
  events(range: { readonly after: number; readonly before: number }): AsyncIterable<SessionEvent>;
}

const batchCharacters = 256_000;

/** The only writer of that folder; calls for one session must not overlap. */
export class SearchTexts {
  readonly #files: DurableFiles;
  readonly #directory: string;
  /** How far the text of each session goes; null: nobody has looked yet. */
  #through: Map<string, number> | null = null;

  /** `state` is the state folder. */
  constructor(files: DurableFiles, state: string) {
    this.#files = files;
    this.#directory = join(state, "search");
  }

  /** Looks at the folder again. */
  async look(): Promise<void> {
    const names = await readdir(this.#directory).catch(missingAsEmpty);
    this.#through = new Map();
    for (const name of names) {
      const [, id, seq] = /^([\w-]+)\.(\d+)\.txt$/.exec(name) ?? [];
      if (id !== undefined) this.#through.set(id, Math.max(Number(seq), this.#through.get(id) ?? 0));
    }
  }

  /** The last seq that a session's text has; 0 without one. */
  async throughOf(id: string): Promise<number> {
    if (this.#through === null) await this.look();
    return this.#through?.get(id) ?? 0;
  }

  /** Brings a session's text up to its last seq; at a turn's end, so that no message is cut in two. Rejects as the disk does, or aborted. */
  async bringUp(log: SearchedLog, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const through = await this.throughOf(log.id);
    if (through === log.lastSeq) return;
    const after = through < log.lastSeq ? through : 0;
    if (through > 0 && after === 0) await this.forget(log.id);
    await this.#files.makeDirectory(this.#directory);
    // What a crash left there of an earlier try stands there twice then, which nobody notices.
    const path = this.#pathOf(log.id, after);
    await this.#append(path, linesOf(log, after, signal));
    await this.#files.move(path, this.#pathOf(log.id, log.lastSeq));
    this.#through?.set(log.id, log.lastSeq);
  }

  /** Removes a session's text, also one that was given up half written. */
  async forget(id: string): Promise<void> {
    this.#through?.delete(id);
    const names = await readdir(this.#directory).catch(missingAsEmpty);
    for (const name of names)
      if (name.startsWith(`${id}.`)) await this.#files.remove(join(this.#directory, name));
  }

  /** Removes the texts of all sessions but these. */
  async retain(ids: ReadonlySet<string>): Promise<void> {
    await this.look();
    for (const id of [...(this.#through?.keys() ?? [])]) if (!ids.has(id)) await this.forget(id);
  }

  /** Which sessions' texts hold the query; null when nobody can say but by reading them. */
  async holders(query: Query, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    const ids = new Set<string>();
    if (this.#through === null || this.#through.size === 0) return ids;
    try {
      await ripgrep({
        search: { root: this.#directory, path: this.#directory, isFile: false, signal },
        arguments: [
          "--no-ignore",
          "--text",
          "--encoding=none",
          "--files-with-matches",
          "--null",
          "--ignore-case",
          "--fixed-strings",
          `--regexp=${query.text}`,
        ],
        separator: "\0",
        take(record) {
          ids.add(record.replace(/^\.\//, "").split(".")[0] ?? "");
          return "more";
        },
      });
      return ids;
    } catch (error) {
      if (error instanceof WorkspaceError) return null;
      throw error;
    }
  }

  /** The lines of a session's text, as they are needed; none without a text. */
  async *lines(id: string): AsyncGenerator<SearchLine> {
    const through = await this.throughOf(id);
    if (through === 0) return;
    const input = createReadStream(this.#pathOf(id, through), { encoding: "utf8" });
    try {
      for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        const line = decodeSearchLine(text);
        if (line !== null) yield line;
      }
    } finally {
      input.destroy();
    }
  }

  async #append(path: string, lines: AsyncIterable<SearchLine>): Promise<void> {
    const file = await this.#files.openAppend(path);
    try {
      // The last line may be torn: what comes next begins on its own.
      let batch = "\n";
      for await (const line of lines) {
        batch += encodeSearchLine(line);
        if (batch.length < batchCharacters) continue;
        await file.append(Buffer.from(batch, "utf8"));
        batch = "";
      }
      await file.append(Buffer.from(batch, "utf8"));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #pathOf(id: string, through: number): string {
    return join(this.#directory, `${id}.${through}.txt`);
  }
}

/** The lines of a log behind a position, read now. Throws when it is aborted. */
export async function* linesOf(
  log: SearchedLog,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<SearchLine> {
  const lines = new SearchLines();
  for await (const event of log.events({ after, before: log.lastSeq + 1 })) {
    signal.throwIfAborted();
    yield* lines.add(event);
  }
  yield* lines.end();
}

function missingAsEmpty(error: unknown): string[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}
