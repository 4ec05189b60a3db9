/** Which rows of a session a person opened or closed; kept for the tab's life, reloads included. */
import { readTab, writeTab } from "../../lib/browser/tab-storage.ts";
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
  const name = `opened.${sessionId}`;
  const choices = signal<ReadonlyMap<string, boolean>>(new Map(read(name)));
  const following: ReadonlySignal<ReadonlyMap<string, boolean>> = choices;
  return {
    isOpen: (id, otherwise) => following.value.get(id) ?? otherwise === "open",
    isOpened: (id) => following.value.get(id) === true,
    toggle(id, otherwise) {
      const isOpen = choices.peek().get(id) ?? otherwise === "open";
      const next = new Map(choices.peek()).set(id, !isOpen);
      choices.value = next;
      writeTab(name, [...next]);
    },
  };
}

function read(name: string): readonly [string, boolean][] {
  const stored = readTab(name);
  return Array.isArray(stored) ? stored.filter(isChoice) : [];
}

function isChoice(value: unknown): value is [string, boolean] {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "boolean";
}
