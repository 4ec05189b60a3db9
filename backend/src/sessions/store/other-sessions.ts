/** What the other sessions of a project do to its files now, and may have done since a time. */
import type { SessionSummary } from "../../protocol/session.ts";
import { overlaps } from "../../workspace/files/safe-path.ts";
import type { Work } from "../rewind/rewind-book.ts";
import type { Session } from "../session.ts";

/** Of those that rest, so many are opened for one answer, the last that were at work. */
const mostOpened = 32;

/** The sessions of a store. */
export interface AllSessions {
  /** Those that are open; the others do nothing. */
  open(): Iterable<Session>;
  isOpen(id: string): boolean;
  /** The last that was at work comes first. */
  list(): Promise<readonly SessionSummary[]>;
  find(id: string): Promise<Session | null>;
}

interface OthersAsked {
  readonly sessionId: string;
  readonly root: string;
  readonly since: string;
}

/** One for each store. */
export class OtherSessions {
  readonly #all: AllSessions;

  constructor(all: AllSessions) {
    this.#all = all;
  }

  /** Another one that is at work in this folder, one in it, or one around it; or null. */
  atWork(sessionId: string, root: string): string | null {
    for (const { id, project, isAtWork } of this.#all.open())
      if (id !== sessionId && isAtWork && overlaps(project.root, root)) return id;
    return null;
  }

  /** Those that rest are read where they may have worked since. One that cannot be read tells nothing. */
  async work({ sessionId, root, since }: OthersAsked): Promise<readonly Work[]> {
    const asked = (await this.#all.list()).filter(
      ({ id, project, updatedAt }) => id !== sessionId && project.path === root && updatedAt >= since,
    );
    const work: Work[] = [];
    let opened = 0;
    for (const { id } of asked) {
      if (!this.#all.isOpen(id)) opened += 1;
      if (opened > mostOpened && !this.#all.isOpen(id)) continue;
      work.push(...((await this.#all.find(id))?.workSince(since) ?? []));
    }
    return work;
  }
}
