/** Sessions are made at most once for each id, however often and by however many they are asked for. */
import type { Session } from "../session.ts";
import { assertRoom, SessionConflict } from "../session-conflict.ts";
import type { SessionParts } from "../session-parts.ts";

interface Asked {
  readonly id: string;
  /** Of what the session is made of: the same again is the same session. */
  readonly digest: string;
}

/** What is known of an id elsewhere. */
interface Known {
  /** Opens the session of this id where there is one. Throws `not_saving` when nobody can tell yet. */
  find(id: string): Promise<unknown>;
  /** The session of this id as far as it is open now. */
  open(id: string): Session | null;
  /** Settles when the session of this id is deleted; null when nobody is at it. */
  deletion(id: string): Promise<void> | null;
}

/** One for each store. */
export class MadeOnce {
  readonly #parts: Pick<SessionParts, "hasRoom">;
  readonly #known: Known;
  readonly #making = new Map<string, { readonly digest: string; readonly session: Promise<Session> }>();

  constructor(parts: Pick<SessionParts, "hasRoom">, known: Known) {
    this.#parts = parts;
    this.#known = known;
  }

  /** Whoever asks for an id that is being made waits for the same session. Throws `id_reused` for another digest, `disk_full`. */
  async once(asked: Asked, make: () => Promise<Session>): Promise<Session> {
    const { id, digest } = asked;
    // Whoever deletes it says whether that failed.
    await this.#known.deletion(id)?.catch(() => undefined);
    await this.#known.find(id);
    if (this.#known.deletion(id) !== null) return this.once(asked, make);
    const existing = this.#known.open(id);
    const earlier = this.#making.get(id);
    const earlierDigest = existing?.requestDigest ?? earlier?.digest;
    if (earlierDigest !== undefined && earlierDigest !== digest) {
      throw new SessionConflict("id_reused", "Another session was made under this id.", { id });
    }
    if (existing !== null) return existing;
    if (earlier !== undefined) return earlier.session;
    const session = assertRoom(this.#parts).then(make);
    this.#making.set(id, { digest, session });
    try {
      return await session;
    } finally {
      this.#making.delete(id);
    }
  }
}
