/** What this browser remembers. Storage may be absent, full or forbidden: then nothing is remembered, and nothing breaks. */

const prefix = "voxpilot.";

/** The stored text, or null. */
export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    // Private windows may refuse storage altogether.
    return null;
  }
}

/** Stores a text at once (null removes it). False: it could not be kept. */
export function writeStored(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
    return true;
  } catch {
    // Full or forbidden: the caller says so where it matters.
    return false;
  }
}

/** The stored JSON value, or null when there is none or it is damaged. */
export function readStoredJson(name: string): unknown {
  const text = readStored(name);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Written by an older version, or damaged: as if it were not there.
    return null;
  }
}

/** Names that are stored and begin with `start`. */
export function storedNames(start = ""): string[] {
  try {
    const names = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "");
    return names.filter((name) => name.startsWith(prefix + start)).map((name) => name.slice(prefix.length));
  } catch {
    // As above: no storage, no names.
    return [];
  }
}
