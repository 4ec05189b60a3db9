/** What this tab remembers, reloads included. Storage may be absent, full or forbidden: then nothing is remembered. */

const prefix = "voxpilot.";

/** The stored value, or null when there is none or it is damaged. */
export function readTab(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? "null");
  } catch {
    // No storage, or not written by this version: as if there were none.
    return null;
  }
}

/** Stores a value; null removes it. */
export function writeTab(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(prefix + name);
    else sessionStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Full or forbidden: it lasts as long as the page.
  }
}
