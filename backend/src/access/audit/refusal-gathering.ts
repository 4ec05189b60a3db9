/** Gathers refusals, so that whoever is refused a million times writes a few lines: the first at once, the rest once a minute. */
import type { AuditActor, AuditRecord } from "../../protocol/audit.ts";
import { clientKey } from "../throttle.ts";
import { strangers } from "./audit-actors.ts";

export type Refusal = Extract<AuditRecord, { kind: "refused" }>;

/** A refusal with who it was. */
export interface RefusedTry {
  readonly actor: AuditActor;
  readonly record: Refusal;
}

const windowMs = 60_000;
/**
 * Strangers told apart in one minute, for each thing that is tried; beyond that only the thing counts. As many wrong codes
 * and sign-ins as can be tried in that time all keep their names: noise of another kind hides none of them.
 */
const mostStrangers: Readonly<Record<Refusal["what"], number>> = {
  host: 12,
  origin: 12,
  code: 120,
  sign_in: 120,
  token: 60,
};
/** Those who were only told to wait tried nothing. */
const mostHeldUp = 12;

interface Gathered {
  readonly first: RefusedTry;
  count: number;
}

/** One for each log. `write` gets what is to be written down. */
export class RefusalGathering {
  readonly #write: (refused: RefusedTry) => void;
  readonly #now: () => number;
  /** Of the minute that runs; an entry with count 0 has been written already. */
  readonly #gathered = new Map<string, Gathered>();
  /** How many strangers were told apart, by what they tried. */
  readonly #strangers = new Map<string, number>();
  #windowEndsAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(write: (refused: RefusedTry) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  add(refused: RefusedTry): void {
    if (this.#now() >= this.#windowEndsAt) this.#begin();
    const { key, named } = this.#named(refused);
    const known = this.#gathered.get(key);
    if (known !== undefined) {
      known.count += refused.record.count;
      return;
    }
    this.#gathered.set(key, { first: named, count: 0 });
    this.#write(named);
  }

  /** Writes what is gathered. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#windowEndsAt = 0;
    for (const { first, count } of this.#gathered.values()) {
      if (count > 0) this.#write({ ...first, record: { ...first.record, count } });
    }
    this.#gathered.clear();
    this.#strangers.clear();
  }

  #begin(): void {
    this.flush();
    this.#windowEndsAt = this.#now() + windowMs;
    this.#timer = setTimeout(() => this.flush(), windowMs).unref();
  }

  #named({ actor, record }: RefusedTry): { key: string; named: RefusedTry } {
    const { kind, what, reason, login = null, count } = record;
    const key = JSON.stringify([what, reason, login, whoIs(actor)]);
    const isTold = this.#gathered.has(key) || actor.kind !== "stranger" || this.#takePlace(what, reason);
    if (isTold) return { key, named: { actor, record } };
    return { key: what, named: { actor: strangers, record: { kind, what, reason: "various", count } } };
  }

  #takePlace(what: Refusal["what"], reason: string): boolean {
    const isHeldUp = reason === "too_many_tries";
    const place = isHeldUp ? `${what} held up` : what;
    const taken = this.#strangers.get(place) ?? 0;
    if (taken >= (isHeldUp ? mostHeldUp : mostStrangers[what])) return false;
    this.#strangers.set(place, taken + 1);
    return true;
  }
}

/** A device is itself wherever it comes from; a stranger with a whole network is one. */
function whoIs({ id, address }: AuditActor): string | null {
  return id ?? (address === null ? null : clientKey(address));
}
