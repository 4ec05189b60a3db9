/** Sessions that are deleted: each once, with all that is kept of it, and after a crash gone or whole. */
import type { Session } from "../session.ts";
import { noSession, notSaving } from "../session-conflict.ts";
import { confirmTakenAway, isTakenAway, leftoverOf, type SessionPlace, takeAway } from "./session-files.ts";
import { warnOf } from "./warnings.ts";

/** What a deletion does with the other parts of the store. */
interface Others {
  has(id: string): boolean;
  /** The session where it is open, or is being opened. */
  open(id: string): Promise<Session | null>;
  /** It is gone: whoever asks for it now finds none, and whoever followed it is told. */
  onGone(id: string, ended: Session | null): void;
  /** The disk refused: the session that was ended is read again as the disk has it. */
  comeBack(ended: Session): Promise<void>;
  /** It is out of the way and nobody is sure of it: it is listed, and nobody can open it. */
  rest(ended: Session): void;
  /** Lets go of all that is kept beside it. Never rejects. */
  forget(id: string): Promise<void>;
}

/** One for each store. */
export class SessionDeletions {
  readonly #place: SessionPlace;
  readonly #others: Others;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Where those lie that are out of the way, though the disk could not say that this is durable. */
  readonly #unsure = new Map<string, string>();

  constructor(place: SessionPlace, others: Others) {
    this.#place = place;
    this.#others = others;
  }

  /** Whoever asks while it is under way waits for the same. Throws `session_not_found`; `not_saving`: then it is still there. */
  async delete(id: string): Promise<void> {
    const earlier = this.#underWay.get(id);
    if (earlier !== undefined) return earlier;
    if (!this.#others.has(id)) throw noSession();
    const deleting = this.#delete(id).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, deleting);
    return deleting;
  }

  /** Nobody is sure whether it is gone. */
  isUnsure(id: string): boolean {
    return this.#unsure.has(id);
  }

  /** Settles when the session of this id is deleted; null when nobody is at it. */
  of(id: string): Promise<void> | null {
    return this.#underWay.get(id) ?? null;
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  async #delete(id: string): Promise<void> {
    const session = await this.#others.open(id);
    let leftover: string;
    try {
      await session?.end();
      leftover = await this.#takeAway(id);
    } catch (cause) {
      if (session !== null && this.isUnsure(id)) this.#others.rest(session);
      else if (session !== null) await this.#others.comeBack(session);
      throw notSaving(cause, "The session cannot be deleted on the machine now");
    }
    this.#others.onGone(id, session);
    await this.#others.forget(id);
    const warn = warnOf(`What is left of session ${id} is removed at the next start`);
    await this.#place.files.remove(leftover).catch(warn);
  }

  /** Resolves with the folder that is still to be removed. */
  async #takeAway(id: string): Promise<string> {
    const earlier = this.#unsure.get(id);
    const leftover = earlier ?? leftoverOf(this.#place, id);
    try {
      if (earlier === undefined) await takeAway(this.#place, id, leftover);
      else await confirmTakenAway(this.#place, id, leftover);
    } catch (error) {
      if (await isTakenAway(this.#place, id, leftover)) this.#unsure.set(id, leftover);
      throw error;
    }
    this.#unsure.delete(id);
    return leftover;
  }
}
