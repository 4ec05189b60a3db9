/**
 * What goes beside the words of a message that is not sent yet, by the key of its draft: kept in the database, so that it
 * survives the page. A browser without one keeps it as long as the page is open.
 */
import type { ContentBlock } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { signal } from "../../lib/signal.ts";
import { pageDatabase } from "../page-database.ts";
import { type AttachedText, attachedBlock } from "./attached-text.ts";
import { draftPromptId } from "./drafts.ts";

export type ImageBlock = Extract<ContentBlock, { type: "image" }>;

interface Named {
  /** Empty: it has none, as what is pasted. */
  readonly name: string;
  readonly bytes: number;
}
export type NewAttachment = Named & ({ readonly image: ImageBlock } | AttachedText);
export type Attachment = NewAttachment & { readonly id: string };
export type TextAttachment = Extract<Attachment, AttachedText>;

interface Kept {
  readonly key: string;
  /** Of the message, however often it is sent: minted with its first attachment unless its words have one. */
  readonly promptId: string;
  readonly order: number;
  readonly attachment: Attachment;
}

const store = "attachments";
/** One request takes 2 MB, and words have to fit too. */
export const mostCharacters = 1_800_000;

const kept = signal<readonly Kept[]>([]);
let loading: Promise<void> | null = null;

/** What goes with a draft, in order. A signal. */
export function attachmentsOf(key: string): readonly Attachment[] {
  return kept.value.filter((each) => each.key === key).map(({ attachment }) => attachment);
}

/** One of them; null: it was sent, or taken away. */
export function attachmentById(id: string): Attachment | null {
  return kept.value.find(({ attachment }) => attachment.id === id)?.attachment ?? null;
}

/** Takes over what an earlier page left; once. */
export function loadAttachments(): Promise<void> {
  loading ??= pageDatabase().then(async (database) => {
    const values = (await database?.readAll(store).catch(() => [])) ?? [];
    const known = new Set(kept.peek().map(({ attachment }) => attachment.id));
    const found = values.filter(isKept).filter(({ attachment }) => !known.has(attachment.id));
    if (found.length > 0)
      kept.value = [...kept.peek(), ...found].sort((one, other) => one.order - other.order);
  });
  return loading;
}

/** Puts a picture or a text to a draft; false: the message would be too large to send. */
export function addAttachment(key: string, added: NewAttachment): boolean {
  const own = kept.peek().filter((each) => each.key === key);
  const characters = own.reduce((total, { attachment }) => total + lengthOf(attachment), 0);
  if (characters + lengthOf(added) > mostCharacters) return false;
  put(key, added);
  return true;
}

/** Puts back what went with a message before; what is there already, once. None of it is refused: it would be lost. */
export function putBeside(key: string, added: readonly NewAttachment[]): void {
  const known = new Set(attachmentsOf(key).map((each) => JSON.stringify(blockOf(each))));
  for (const each of added) if (!known.has(JSON.stringify(blockOf(each)))) put(key, each);
}

function put(key: string, added: NewAttachment): void {
  const own = kept.peek().filter((each) => each.key === key);
  const item: Kept = {
    key,
    promptId: draftPromptId(key) ?? own[0]?.promptId ?? newIdentifier(),
    order: Math.max(Date.now(), (own.at(-1)?.order ?? 0) + 1),
    attachment: { id: newIdentifier(), ...added },
  };
  kept.value = [...kept.peek(), item];
  write(item);
}

/** Gives an attached text other words. */
export function changeAttachedText(id: string, change: Pick<TextAttachment, "text" | "bytes">): void {
  kept.value = kept.peek().map((item) => {
    if (item.attachment.id !== id || !("text" in item.attachment)) return item;
    const next = { ...item, attachment: { ...item.attachment, ...change } };
    write(next);
    return next;
  });
}

/** What of a message an attachment is. */
export function blockOf(attachment: NewAttachment): ContentBlock {
  return "image" in attachment ? attachment.image : attachedBlock(attachment);
}

/** The id that a message has by what goes with it; null: there is nothing. */
export function promptIdOfAttachments(key: string): string | null {
  return kept.peek().find((each) => each.key === key)?.promptId ?? null;
}

/** Takes one away. */
export function removeAttachment(id: string): void {
  drop((each) => each.attachment.id === id);
}

/** Takes all of a draft away: they were sent. */
export function clearAttachments(key: string): void {
  drop((each) => each.key === key);
}

/** Without room it lasts as long as the page, like words do. */
function write(item: Kept): void {
  void pageDatabase().then((database) =>
    database?.write(store, item.attachment.id, item).catch(() => undefined),
  );
}

function lengthOf(added: NewAttachment): number {
  return "image" in added ? added.image.data.length : added.text.length;
}

function drop(isGone: (item: Kept) => boolean): void {
  const gone = kept.peek().filter(isGone);
  if (gone.length === 0) return;
  kept.value = kept.peek().filter((item) => !isGone(item));
  void pageDatabase().then((database) =>
    Promise.all(gone.map(({ attachment }) => database?.remove(store, attachment.id).catch(() => undefined))),
  );
}

/** Written by this page alone: what is asked here is only whether it is one at all. */
function isKept(value: unknown): value is Kept {
  return (
    typeof value === "object" &&
    value !== null &&
    "key" in value &&
    "promptId" in value &&
    "order" in value &&
    "attachment" in value
  );
}
