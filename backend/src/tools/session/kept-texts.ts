/** Whole texts of which a result showed only a part, kept for a while so that `recall` can show the rest. */

const mostTexts = 20;
const mostCharacters = 2_000_000;

/** By session; the oldest go first. */
export class KeptTexts {
  readonly #sessions = new Map<string, { texts: Map<string, string>; count: number }>();

  /** Keeps a text, and gives it an id. */
  keep(sessionId: string, text: string): string {
    const session = this.#sessions.get(sessionId) ?? { texts: new Map<string, string>(), count: 0 };
    this.#sessions.set(sessionId, session);
    session.count += 1;
    const id = `o${session.count}`;
    session.texts.set(id, text);
    let characters = [...session.texts.values()].reduce((sum, kept) => sum + kept.length, 0);
    for (const [oldest, kept] of [...session.texts]) {
      if (oldest === id || (session.texts.size <= mostTexts && characters <= mostCharacters)) break;
      session.texts.delete(oldest);
      characters -= kept.length;
    }
    return id;
  }

  /** Null: there is none, or it has been dropped. */
  find(sessionId: string, id: string): string | null {
    return this.#sessions.get(sessionId)?.texts.get(id) ?? null;
  }

  /** Ids that can still be had. */
  ids(sessionId: string): readonly string[] {
    return [...(this.#sessions.get(sessionId)?.texts.keys() ?? [])];
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }
}
