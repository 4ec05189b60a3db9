/**
 * Where a conversation is cut to fit. Worked out by going through its requests from the first: a cut, once made, stays until the
 * next one, which is a large one, so that endpoints find the same beginning again and their caches hit.
 */

/** Up to `shown` items are told as the lead, from there up to `whole` shortened, the rest as it is. */
export interface Cuts {
  readonly shown: number;
  readonly whole: number;
}

/** Sizes of an item in tokens, whole and shortened. */
export interface ItemSize {
  readonly whole: number;
  readonly short: number;
  /** After it a request was made, or is made now. */
  readonly endsRequest: boolean;
}

export interface CutRoom {
  readonly tokens: number;
  /** What the lead may take, once there is one. */
  readonly leadTokens: number;
  /** Items that a compaction covers. */
  readonly covered: number;
}

/** A cut leaves so much of the room in use. */
const targetShare = 0.65;
/** Shortening that leaves more than this in use is not worth a new beginning: then items give way altogether. */
const worthwhileShare = 0.8;

/** Pure; a longer conversation has the same cuts as its beginning, or later ones. */
export function findCuts(sizes: readonly ItemSize[], room: CutRoom): Cuts {
  const sums = prefixSums(sizes);
  let cuts: Cuts = { shown: room.covered, whole: room.covered };
  for (let end = room.covered + 1; end <= sizes.length; end += 1) {
    if (sizes[end - 1]?.endsRequest !== true && end !== sizes.length) continue;
    const used = (at: Cuts) => usedTokens(sums, at, { end, room });
    if (used(cuts) <= room.tokens) continue;
    cuts = shorten(cuts, end - 1, (at) => used(at) <= room.tokens * targetShare);
    if (used(cuts) > room.tokens * worthwhileShare)
      cuts = hide(cuts, end - 1, (at) => used(at) <= room.tokens * targetShare);
  }
  return cuts;
}

interface Sums {
  readonly whole: readonly number[];
  readonly short: readonly number[];
}

function prefixSums(sizes: readonly ItemSize[]): Sums {
  const sums = { whole: [0], short: [0] };
  for (const [index, { whole, short }] of sizes.entries()) {
    sums.whole.push((sums.whole[index] ?? 0) + whole);
    sums.short.push((sums.short[index] ?? 0) + short);
  }
  return sums;
}

function usedTokens(
  sums: Sums,
  { shown, whole }: Cuts,
  { end, room }: { end: number; room: CutRoom },
): number {
  const shortened = (sums.short[whole] ?? 0) - (sums.short[shown] ?? 0);
  return (shown > 0 ? room.leadTokens : 0) + shortened + (sums.whole[end] ?? 0) - (sums.whole[whole] ?? 0);
}

function shorten(cuts: Cuts, most: number, isEnough: (cuts: Cuts) => boolean): Cuts {
  let next = cuts;
  while (next.whole < most && !isEnough(next)) next = { ...next, whole: next.whole + 1 };
  return next;
}

function hide(cuts: Cuts, most: number, isEnough: (cuts: Cuts) => boolean): Cuts {
  let next = cuts;
  while (next.shown < most && !isEnough(next)) {
    const shown = next.shown + 1;
    next = { shown, whole: Math.max(shown, next.whole) };
  }
  return next;
}
