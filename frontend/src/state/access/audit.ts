/** The record of who came in and who decided what, newest first, a page at a time. */
import { api, ask } from "../../api/client.ts";
import type { AuditEntry, Failure } from "../../api/types.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";

export type AuditKind = AuditEntry["record"]["kind"];

/** Where the whole record is downloaded. */
export const auditExportAddress = "/api/audit/export";

const pageLimit = 50;

/** One reading of the record, of one kind or of all. */
export class AuditReading {
  readonly #entries = signal<readonly AuditEntry[] | null>(null);
  readonly #hasMore = signal(false);
  #kind: AuditKind | null = null;
  /** Rises with each new question, so that an older answer is not heard. */
  #asked = 0;

  /** Null until the first page has come. */
  get entries(): ReadonlySignal<readonly AuditEntry[] | null> {
    return this.#entries;
  }

  /** Older ones can be had. */
  get hasMore(): ReadonlySignal<boolean> {
    return this.#hasMore;
  }

  /** Reads from the newest on; null is every kind. Null: read; otherwise why not. */
  read(kind: AuditKind | null): Promise<Failure | null> {
    this.#kind = kind;
    return this.#load(null);
  }

  /** Reads the page before the last one. */
  readOlder(): Promise<Failure | null> {
    return this.#load(this.#entries.peek()?.at(-1)?.seq ?? null);
  }

  async #load(before: number | null): Promise<Failure | null> {
    this.#asked += 1;
    const asked = this.#asked;
    const kind = this.#kind;
    const query = {
      limit: pageLimit,
      ...(before === null ? {} : { before }),
      ...(kind === null ? {} : { kind }),
    };
    const outcome = await ask(api.GET("/api/audit", { params: { query } }));
    if (asked !== this.#asked) return null;
    if (!outcome.ok) return outcome.failure;
    const known = before === null ? [] : (this.#entries.peek() ?? []);
    this.#entries.value = [...known, ...outcome.data.entries];
    this.#hasMore.value = outcome.data.hasMore;
    return null;
  }
}
