/** Which rows of a session a person opened or closed; kept for the tab's life, reloads included. */
import { type ReadonlySignal, signal } from "../../lib/signal.ts";

export interface OpenedRows {
  /** `otherwise` holds while nobody has decided. Reading it in a binding follows it. */
  isOpen(id: string, otherwise: "open" | "closed"): boolean;
  /** Somebody opened it by hand. */
  isOpened(id: string): boolean;
  toggle(id: string, otherwise: "open" | "closed"): void;
}

/** The rows of one session. */
export function openedRows(sessionId: string): OpenedRows {
  const name = `voxpilot.opened.${sessionId}`;
  const choices = signal<ReadonlyMap<string, boolean>>(new Map(read(name)));
  const following: ReadonlySignal<ReadonlyMap<string, boolean>> = choices;
  return {
    isOpen: (id, otherwise) => following.value.get(id) ?? otherwise === "open",
    isOpened: (id) => following.value.get(id) === true,
    toggle(id, otherwise) {
      const isOpen = choices.peek().get(id) ?? otherwise === "open";
      const next = new Map(choices.peek()).set(id, !isOpen);
      choices.value = next;
      write(name, [...next]);
    },
  };
}

function read(name: string): [string, boolean][] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(name) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isChoice) : [];
  } catch {
    // No storage, or damaged: every row as it would be by itself.
    return [];
  }
}

function write(name: string, choices: readonly (readonly [string, boolean])[]): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(choices));
  } catch {
    // Full or forbidden: the rows stay open as long as the page.
  }
}

function isChoice(value: unknown): value is [string, boolean] {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "boolean";
}
