/** Who has shown again, a moment ago, that it is the owner who holds the device: asked for before the few things that a stolen session must not do. */
import type { Device } from "../protocol/device.ts";

const freshForMs = 5 * 60_000;

/** Kept in memory alone: after a restart the proof is given anew. */
export class FreshProof {
  readonly #now: () => Date;
  readonly #givenAt = new Map<string, number>();

  constructor(options: { readonly now?: () => Date } = {}) {
    this.#now = options.now ?? (() => new Date());
  }

  /** Notes that a device has given proof now. */
  note(deviceId: string): void {
    for (const [id, at] of this.#givenAt) {
      if (!this.#isFresh(at)) this.#givenAt.delete(id);
    }
    this.#givenAt.set(deviceId, this.#now().getTime());
  }

  /** Until when the proof of a device holds, null when it has none. To be paired is proof as well. */
  freshUntil(device: Pick<Device, "id" | "createdAt">): Date | null {
    const given = [this.#givenAt.get(device.id) ?? null, Date.parse(device.createdAt)];
    const fresh = given.filter((at): at is number => at !== null && this.#isFresh(at));
    return fresh.length === 0 ? null : new Date(Math.max(...fresh) + freshForMs);
  }

  /** A clock that was set back makes old proof stale, never fresh for longer. */
  #isFresh(at: number): boolean {
    const age = this.#now().getTime() - at;
    return age >= 0 && age < freshForMs;
  }
}
