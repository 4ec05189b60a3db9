/**
 * Where the outbox survives: in the database, and until an item is there (or where there is none) in a text that is
 * written at once, so that a page that is killed right after a tap loses nothing. All tabs share both.
 */

import { readStoredJson, storedNames, writeStored } from "../../lib/browser/storage.ts";
import { signal } from "../../lib/signal.ts";
import { pageDatabase } from "../page-database.ts";
import { type OutboxItem, readItem } from "./outbox-items.ts";

/** One list of all that waits: how pages kept it before there was a database. */
const oldName = "outbox";
const longestText = 200_000;
const textName = (id: string) => `outbox.${id}`;
const unkept = signal<ReadonlySet<string>>(new Set());
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("voxpilot.outbox");

/** True while something that waits is nowhere but in this page: the browser has no room for it. A signal. */
export function isOutboxUnkept(): boolean {
  return unkept.value.size > 0;
}

/** What was written at once and is not in the database yet. */
export function readTexts(): readonly OutboxItem[] {
  const old = readStoredJson(oldName);
  const stored = [...(Array.isArray(old) ? old : []), ...storedNames(textName("")).map(readStoredJson)];
  return stored.map(readItem).filter((item) => item !== null);
}

/** All that waits in this browser, oldest first. What an older page left is taken over into the database. */
export async function readOutbox(): Promise<readonly OutboxItem[]> {
  // The texts first: an item is in the database before its text goes.
  const texts = readTexts();
  const database = await pageDatabase();
  const kept = database === null ? [] : await database.readAll("outbox").catch(() => []);
  const items = new Map<string, OutboxItem>();
  for (const item of [...texts, ...kept.map(readItem)]) if (item !== null) items.set(item.id, item);
  const isMoved = await Promise.all(texts.map((item) => moveToDatabase(items.get(item.id) ?? item)));
  if (isMoved.every(Boolean)) writeStored(oldName, null);
  return [...items.values()].sort((one, other) => one.order - other.order);
}

/** Keeps an item, at once as far as the browser has room; the other tabs hear of it. */
export async function storeItem(item: OutboxItem): Promise<void> {
  const text = JSON.stringify(item);
  // Pictures would fill what there is for texts: they go where there is more room, or last as long as the page.
  if (text.length <= longestText) note(item.id, writeStored(textName(item.id), text));
  else if ((await pageDatabase()) === null) note(item.id, false);
  await moveToDatabase(item);
  tell();
}

/** Forgets items; the other tabs hear of it. */
export async function forgetItems(ids: ReadonlySet<string>): Promise<void> {
  for (const id of ids) {
    note(id, true);
    writeStored(textName(id), null);
  }
  const old = readStoredJson(oldName);
  if (Array.isArray(old)) {
    const left = old.filter((value) => !ids.has(readItem(value)?.id ?? ""));
    writeStored(oldName, left.length === 0 ? null : JSON.stringify(left));
  }
  const database = await pageDatabase();
  // What cannot be taken out is sent once more, under its id: that does no harm.
  if (database !== null)
    await Promise.all([...ids].map((id) => database.remove("outbox", id).catch(() => undefined)));
  tell();
}

/** `listener` hears when another tab has changed what waits. */
export function onOtherTab(listener: () => void): void {
  tabs?.addEventListener("message", listener);
}

/** The database is the better place: once an item is there, its text is not needed. False: it could not be moved. */
async function moveToDatabase(item: OutboxItem): Promise<boolean> {
  const database = await pageDatabase();
  if (database === null) return false;
  const isKept = await database.write("outbox", item.id, item).then(
    () => true,
    // No room there: then it stays in the text.
    () => false,
  );
  if (!isKept) return false;
  note(item.id, true);
  const text = readItem(readStoredJson(textName(item.id)));
  // Written anew meanwhile: that one has its own way into the database.
  if (text !== null && text.phase === item.phase) writeStored(textName(item.id), null);
  return true;
}

function note(id: string, isKept: boolean): void {
  if (unkept.peek().has(id) !== isKept) return;
  const next = new Set(unkept.peek());
  if (isKept) next.delete(id);
  else next.add(id);
  unkept.value = next;
}

function tell(): void {
  tabs?.postMessage("changed");
}
