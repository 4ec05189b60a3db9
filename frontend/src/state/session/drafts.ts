/** Unsent text, kept on every keystroke and synchronously, with the prompt's id minted at the first letter. */
import { newIdentifier } from "../../lib/identifiers.ts";
import { readStoredJson, storedNames, writeStored } from "../../lib/storage.ts";

export interface Draft {
  readonly text: string;
  /** The id that the prompt will have, however often it is sent. */
  readonly promptId: string;
}

/** The key of the new-session sheet; every session's own key is its id. */
export const newSessionDraft = "new";

const memory = new Map<string, Draft>();

/** The draft under `key`, or null: nothing is written there. */
export function readDraft(key: string): Draft | null {
  const inMemory = memory.get(key);
  if (inMemory !== undefined) return inMemory;
  const stored = readStoredJson(`draft.${key}`);
  return isDraft(stored) ? stored : null;
}

/** Keeps `text` under `key`; an empty text clears it. */
export function writeDraft(key: string, text: string): Draft | null {
  if (text === "") {
    clearDraft(key);
    return null;
  }
  const draft: Draft = { text, promptId: readDraft(key)?.promptId ?? newIdentifier() };
  // Where storage is refused, the draft at least lasts as long as the page.
  memory.set(key, draft);
  writeStored(`draft.${key}`, JSON.stringify(draft));
  return draft;
}

/** Forgets the draft: it was sent, or emptied. */
export function clearDraft(key: string): void {
  memory.delete(key);
  writeStored(`draft.${key}`, null);
}

/** Keys under which something unsent is kept. */
export function draftKeys(): string[] {
  return [
    ...new Set([...memory.keys(), ...storedNames("draft.").map((name) => name.slice("draft.".length))]),
  ];
}

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "promptId" in value &&
    typeof value.promptId === "string"
  );
}
