/**
 * Unsent text, kept on every keystroke and synchronously, with the prompt's id minted at the first letter. Tabs share it:
 * one that nobody writes in takes over what is written in another.
 */
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { readStoredJson, storedNames, writeStored } from "../../lib/browser/storage.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";

export interface Draft {
  readonly text: string;
  /** The id that the prompt will have, however often it is sent. */
  readonly promptId: string;
}

/** Who wrote a letter so short ago is writing: nobody writes in two tabs at once. */
const writingMs = 3000;

type Listener = (draft: Draft | null) => void;

/** The key of the new-session sheet; every session's own key is its id. */
export const newSessionDraft = "new";

const memory = new Map<string, Draft>();
const writtenAt = new Map<string, number>();
/** Ids of prompts that were taken back to be edited: what is sent of them next is the same prompt. */
const takenBack = new Map<string, string>();
const listeners = new Map<string, Set<Listener>>();
const unkept = signal(false);

/** True while a draft lasts only as long as this page: the browser has no room for it, or refuses it. */
export const isDraftUnkept: ReadonlySignal<boolean> = unkept;

/** The draft under `key`, or null: nothing is written there. */
export function readDraft(key: string): Draft | null {
  return memory.get(key) ?? storedDraft(key);
}

/** The id that what is written under `key` will have; null: nothing is written there, and nothing was taken back to it. */
export function draftPromptId(key: string): string | null {
  return readDraft(key)?.promptId ?? takenBack.get(key) ?? null;
}

/** Keeps `text` under `key`; an empty text clears it. */
export function writeDraft(key: string, text: string): Draft | null {
  if (text === "") {
    clearDraft(key);
    return null;
  }
  const promptId = draftPromptId(key) ?? newIdentifier();
  const draft: Draft = { text, promptId };
  // Where storage is refused, the draft at least lasts as long as the page.
  memory.set(key, draft);
  writtenAt.set(key, Date.now());
  unkept.value = !writeStored(`draft.${key}`, JSON.stringify(draft));
  return draft;
}

/** Forgets the draft: it was sent, or emptied. */
export function clearDraft(key: string): void {
  memory.delete(key);
  takenBack.delete(key);
  writeStored(`draft.${key}`, null);
  if (memory.size === 0) unkept.value = false;
}

/** A prompt that may have been sent comes back to be edited: unless another is being written, the next keeps its id. */
export function keepPromptId(key: string, promptId: string): void {
  if (readDraft(key) === null) takenBack.set(key, promptId);
}

/** Keys under which something unsent is kept. */
export function draftKeys(): string[] {
  return [
    ...new Set([...memory.keys(), ...storedNames("draft.").map((name) => name.slice("draft.".length))]),
  ];
}

/** `listener` hears what another tab wrote under `key`, or null when it was sent there; not while this tab is written in. */
export function onDraftElsewhere(key: string, listener: Listener): () => void {
  const all = listeners.get(key) ?? new Set();
  listeners.set(key, all.add(listener));
  return () => {
    all.delete(listener);
  };
}

globalThis.addEventListener("storage", ({ key: name, oldValue }) => {
  const key = name?.startsWith("voxpilot.draft.") ? name.slice("voxpilot.draft.".length) : null;
  if (key === null) return;
  const isSame = oldValue !== null && memory.get(key)?.text === textIn(oldValue);
  takeOver(key, isSame ? "same" : "other");
});

/** `was`: whether what another tab has just replaced were the words that stand here. */
function takeOver(key: string, was: "same" | "other"): void {
  const theirs = storedDraft(key);
  const ours = memory.get(key) ?? null;
  const isWriting = ours !== null && Date.now() - (writtenAt.get(key) ?? 0) < writingMs;
  if (!isWriting || (was === "same" && theirs === null)) {
    if (theirs === null) memory.delete(key);
    else memory.set(key, theirs);
    for (const listener of listeners.get(key) ?? []) listener(theirs);
  } else if (theirs === null || (theirs.promptId === ours.promptId && theirs.text !== ours.text)) {
    // Their words are on their own way: what is written here is another prompt.
    memory.set(key, { text: ours.text, promptId: newIdentifier() });
    if (theirs === null) writeDraft(key, ours.text);
  }
}

function textIn(stored: string): string | null {
  try {
    const value: unknown = JSON.parse(stored);
    return isDraft(value) ? value.text : null;
  } catch {
    // Not written by this page.
    return null;
  }
}

function storedDraft(key: string): Draft | null {
  const stored = readStoredJson(`draft.${key}`);
  return isDraft(stored) ? stored : null;
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
