/** Keyed rows: one node per key, each with a signal of its item, moved as little as possible. */
import {
  effect,
  type Owned,
  onCleanup,
  owned,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from "./signal.ts";

interface Row<T> {
  readonly item: Signal<T>;
  readonly scope: Owned<Node>;
}

/**
 * Keeps rows in `parent` (after what is already in it) like `items`. A key that goes is disposed and removed;
 * a key that stays keeps its node, and its signal gets the new item. Keys must be unique in one list.
 */
// biome-ignore lint/complexity/useMaxParams: read in a view like `h`, in the order of its words; an object would hide the rows.
export function list<T>(
  parent: Node,
  items: () => readonly T[],
  key: (item: T) => string,
  render: (item: ReadonlySignal<T>) => Node,
): void {
  const end = parent.appendChild(document.createTextNode(""));
  let rows = new Map<string, Row<T>>();
  effect(() => {
    const wanted = items();
    untracked(() => {
      if (keepAll(rows, wanted, key)) return;
      const next = new Map<string, Row<T>>();
      for (const item of wanted) next.set(key(item), keep(rows.get(key(item)), item, render));
      const position = new Map([...rows.keys()].map((each, index) => [each, index] as const));
      drop(rows, next);
      place(next, position, end);
      rows = next;
    });
  });
  // The rows outlive one run of the effect above, so they end with the list itself.
  onCleanup(() => drop(rows, new Map()));
}

/** The common change: the same keys in the same order, with some new items. True: that is what it was, and it is done. */
function keepAll<T>(
  rows: ReadonlyMap<string, Row<T>>,
  wanted: readonly T[],
  key: (item: T) => string,
): boolean {
  if (rows.size !== wanted.length) return false;
  let index = 0;
  for (const each of rows.keys()) {
    const item = wanted[index];
    if (item === undefined || key(item) !== each) return false;
    index += 1;
  }
  index = 0;
  for (const row of rows.values()) {
    const item = wanted[index];
    if (item !== undefined) row.item.value = item;
    index += 1;
  }
  return true;
}

function keep<T>(row: Row<T> | undefined, value: T, render: (item: ReadonlySignal<T>) => Node): Row<T> {
  if (row === undefined) {
    const item = signal(value);
    return { item, scope: owned(() => render(item)) };
  }
  row.item.value = value;
  return row;
}

function drop<T>(rows: ReadonlyMap<string, Row<T>>, next: ReadonlyMap<string, Row<T>>): void {
  for (const [key, row] of rows) {
    if (next.has(key)) continue;
    row.scope.dispose();
    row.scope.value.parentNode?.removeChild(row.scope.value);
  }
}

/** Rows in a longest run that is already in order stay; only the others move. */
function place<T>(next: ReadonlyMap<string, Row<T>>, position: ReadonlyMap<string, number>, end: Node): void {
  const keys = [...next.keys()];
  const stays = longestRun(keys.map((key) => position.get(key) ?? -1));
  let before = end;
  for (let index = keys.length - 1; index >= 0; index--) {
    const node = next.get(keys[index] ?? "")?.scope.value;
    if (node === undefined) continue;
    if (!stays.has(index)) end.parentNode?.insertBefore(node, before);
    before = node;
  }
}

/** Indexes of a longest increasing subsequence; −1 marks what is new and never stays. */
function longestRun(positions: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, value] of positions.entries()) {
    if (value < 0) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((positions[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  }
  const run = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) run.add(at);
  return run;
}
