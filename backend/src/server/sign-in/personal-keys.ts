/** The keys of people who are signed in, by the prompt that each sent: in memory alone, so a restart asks anew. */

const mostPrompts = 500;

/** A prompt of a session; without an id nobody has sent it. */
export interface PaidPrompt {
  readonly sessionId: string;
  readonly promptId?: string | undefined;
}

/** One for a server. */
export class PersonalKeys {
  readonly #keys = new Map<string, string>();

  /** The turn that this prompt begins is paid with this key, and no other turn is; null: with nobody's. */
  hold(prompt: PaidPrompt, key: string | null): void {
    const name = nameOf(prompt);
    this.#keys.delete(name);
    if (key !== null) this.#keys.set(name, key);
    for (const oldest of [...this.#keys.keys()].slice(0, -mostPrompts)) this.#keys.delete(oldest);
  }

  /** Null: nobody who was signed in sent it. */
  of(prompt: PaidPrompt): string | null {
    return this.#keys.get(nameOf(prompt)) ?? null;
  }

  /** It was signed out: nothing is paid with it any more. */
  forget(key: string): void {
    for (const [prompt, held] of this.#keys) if (held === key) this.#keys.delete(prompt);
  }
}

function nameOf({ sessionId, promptId = "" }: PaidPrompt): string {
  return `${sessionId} ${promptId}`;
}
