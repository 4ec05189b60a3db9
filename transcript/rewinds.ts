/**
 * Which events of a log stand in the conversation. A rewind takes out those between what it keeps and itself, earlier rewinds
 * among them, and an undo takes a rewind or a compaction back: so going back to a place is that place as it then was. Pure.
 */
import type { RewindMark } from "../backend/src/protocol/rewind.ts";
import type { SessionEvent } from "../backend/src/protocol/session-update.ts";

/** What a log's rewinds leave out. */
export interface Rewound {
  /** Events after `after` and before `before` are out; in order, apart from each other. */
  readonly ranges: readonly { readonly after: number; readonly before: number }[];
  /** The seqs of rewinds and compactions that are taken back. */
  readonly undone: ReadonlySet<number>;
}

/** Of a log without rewinds. */
export const nothingRewound: Rewound = { ranges: [], undone: new Set() };

/** What an event adds to the list of rewinds; null: it is none. */
export function rewindMark({ seq, update }: SessionEvent): RewindMark | null {
  if (update.sessionUpdate !== "rewind") return null;
  const { keepThrough, undoes } = update;
  return { seq, keepThrough: undoes === undefined ? keepThrough : null, undoes: undoes ?? null };
}

/** The list with one more, in the order of the log; one that is known already stands in it once. */
export function withMark(marks: readonly RewindMark[], mark: RewindMark): readonly RewindMark[] {
  const last = marks.at(-1);
  if (last === undefined || last.seq < mark.seq) return [...marks, mark];
  return [...marks.filter(({ seq }) => seq !== mark.seq), mark].toSorted((one, other) => one.seq - other.seq);
}

/** What the rewinds, in the order of the log, leave out together. Whether one counts is only for later ones to say. */
export function rewoundBy(marks: readonly RewindMark[]): Rewound {
  if (marks.length === 0) return nothingRewound;
  const ranges: { after: number; before: number }[] = [];
  const undone = new Set<number>();
  // From the last on: what is outside the ranges so far is lower than all of them.
  for (const { seq, keepThrough, undoes } of marks.toReversed()) {
    if (undone.has(seq) || isWithin(ranges.at(-1), seq)) continue;
    if (undoes !== null) {
      // A damaged log may name anything.
      if (undoes < seq) undone.add(undoes);
    } else if (keepThrough !== null && keepThrough < seq - 1)
      ranges.push({ after: keepThrough, before: seq });
  }
  return { ranges: ranges.reverse(), undone };
}

/** Whether the event of that seq has left the conversation. */
export function isOut({ ranges }: Rewound, seq: number): boolean {
  let [low, high] = [0, ranges.length];
  // The first that ends behind it is the only one that it can be in.
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.before ?? 0) > seq) high = middle;
    else low = middle + 1;
  }
  return isWithin(ranges[low], seq);
}

function isWithin(range: Rewound["ranges"][number] | undefined, seq: number): boolean {
  return range !== undefined && range.after < seq && seq < range.before;
}
