/** How many device flows may be under way at once, and which of them gives way to the next. */

/** Of all browsers that are not paired; each paired device has slots of its own, so that nobody else can fill them. */
const maxStrangers = 20;
const maxPerClient = 5;
/** A browser that waits asks every few seconds. One that has not for so long may be gone. */
const idleMs = 60_000;

/** Who wants a slot, or has one. */
export interface SlotOwner {
  /** Who is counted: the browser's address. */
  readonly client: string;
  /** The paired device; null: a stranger. */
  readonly owner: string | null;
}

export interface TakenSlot extends SlotOwner {
  /** When its browser asked for it last. */
  readonly askedAt: number;
  readonly expiresAt: number;
}

/** room: after `givesWay`, when there is one, has ended. full: the first may end after this time. */
export type Room<Slot> =
  | { readonly type: "room"; readonly givesWay: Slot | null }
  | { readonly type: "full"; readonly waitMs: number };

/** Whether there is room for one more. A flow that nobody asks about stands in nobody's way, but lives until it does. */
export function findRoom<Slot extends TakenSlot>(
  taken: readonly Slot[],
  wanted: SlotOwner,
  now: number,
): Room<Slot> {
  const inTheWay = rivals(taken, wanted);
  if (inTheWay === null) return { type: "room", givesWay: null };
  const idle = inTheWay.filter((slot) => now - slot.askedAt >= idleMs);
  const [longest] = idle.sort((one, other) => one.askedAt - other.askedAt);
  if (longest !== undefined) return { type: "room", givesWay: longest };
  const first = Math.min(...inTheWay.map((slot) => Math.min(slot.expiresAt, slot.askedAt + idleMs)));
  return { type: "full", waitMs: Math.max(1_000, first - now) };
}

/** Those that leave no room; null: there is some. */
function rivals<Slot extends TakenSlot>(taken: readonly Slot[], wanted: SlotOwner): readonly Slot[] | null {
  const sameKind = taken.filter(({ owner }) => owner === wanted.owner);
  const own = wanted.owner === null ? sameKind.filter(({ client }) => client === wanted.client) : sameKind;
  if (own.length >= maxPerClient) return own;
  return wanted.owner === null && sameKind.length >= maxStrangers ? sameKind : null;
}
