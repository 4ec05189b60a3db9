/**
 * IndexedDB with promises: named stores of values under text keys. A browser may refuse it (private windows, full disk):
 * then there is no database, and whoever asked does without.
 */

export interface Database {
  /** The values of a store, in the order of their keys. */
  readAll(store: string): Promise<readonly unknown[]>;
  read(store: string, key: string): Promise<unknown>;
  /** Kept once it resolves; rejects when there is no room. */
  write(store: string, key: string, value: unknown): Promise<void>;
  remove(store: string, key: string): Promise<void>;
  /** Empties a store. */
  empty(store: string): Promise<void>;
}

const openingMs = 3000;

/** Opens the database and makes the stores that are missing; null: this browser gives none, or not in time. */
export function openDatabase(
  name: string,
  version: number,
  stores: readonly string[],
): Promise<Database | null> {
  return new Promise((resolve) => {
    const giveUp = () => resolve(null);
    // Some browsers never answer after a crash: nothing that a person waits for may hang on it.
    setTimeout(giveUp, openingMs);
    try {
      const opening = indexedDB.open(name, version);
      opening.onupgradeneeded = () => {
        for (const store of stores)
          if (!opening.result.objectStoreNames.contains(store)) opening.result.createObjectStore(store);
      };
      opening.onsuccess = () => resolve(wrap(opening.result));
      opening.onerror = giveUp;
      opening.onblocked = giveUp;
    } catch {
      // Refused outright.
      giveUp();
    }
  });
}

function wrap(database: IDBDatabase): Database {
  // Another tab has a newer page, which needs another version: this one must not stand in its way.
  database.onversionchange = () => database.close();
  const run = <T>(
    store: string,
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const durability = mode === "readwrite" ? "strict" : "default";
      const transaction = database.transaction(store, mode, { durability });
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The browser did not keep it."));
    });
  const write = async (store: string, act: (store: IDBObjectStore) => IDBRequest): Promise<void> => {
    await run(store, "readwrite", act);
  };
  return {
    readAll: (store) => run(store, "readonly", (each) => each.getAll()),
    read: (store, key) => run(store, "readonly", (each) => each.get(key)),
    write: (store, key, value) => write(store, (each) => each.put(value, key)),
    remove: (store, key) => write(store, (each) => each.delete(key)),
    empty: (store) => write(store, (each) => each.clear()),
  };
}
