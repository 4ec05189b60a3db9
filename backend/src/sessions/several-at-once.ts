/** Work on many things, some at a time: what waits for the disk waits together. */

const atOnce = 16;

/** Does the work for each item, sixteen at a time; rejects with the first failure. */
export async function severalAtOnce<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const next = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let turn = next.next(); turn.done !== true; turn = next.next()) await work(turn.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
