/**
 * Pictures of a message that is not sent yet, by the key of its draft: kept in the database, so that they survive the
 * page. A browser without one keeps them as long as the page is open.
 */
import type { ContentBlock } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { signal } from "../../lib/signal.ts";
import { pageDatabase } from "../page-database.ts";
import { readDraft } from "./drafts.ts";

export type ImageBlock = Extract<ContentBlock, { type: "image" }>;

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly image: ImageBlock;
}

interface Kept {
  readonly key: string;
  /** Of the message, however often it is sent: minted with its first picture unless its words have one. */
  readonly promptId: string;
  readonly order: number;
  readonly attachment: Attachment;
}

const store = "attachments";
/** One request takes 2 MB, and words have to fit too. */
export const mostCharacters = 1_800_000;

const kept = signal<readonly Kept[]>([]);
let loading: Promise<void> | null = null;

/** The pictures of a draft, in order. A signal. */
export function attachmentsOf(key: string): readonly Attachment[] {
  return kept.value.filter((each) => each.key === key).map(({ attachment }) => attachment);
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

/** Puts a picture to a draft; false: the message would be too large to send. */
export function addAttachment(key: string, picture: Omit<Attachment, "id">): boolean {
  const own = kept.peek().filter((each) => each.key === key);
  const characters = own.reduce((total, { attachment }) => total + attachment.image.data.length, 0);
  if (characters + picture.image.data.length > mostCharacters) return false;
  const item: Kept = {
    key,
    promptId: readDraft(key)?.promptId ?? own[0]?.promptId ?? newIdentifier(),
    order: Math.max(Date.now(), (own.at(-1)?.order ?? 0) + 1),
    attachment: { id: newIdentifier(), ...picture },
  };
  kept.value = [...kept.peek(), item];
  // Without room it lasts as long as the page, like words do.
  void pageDatabase().then((database) =>
    database?.write(store, item.attachment.id, item).catch(() => undefined),
  );
  return true;
}

/** The id that a message has by its pictures; null: there are none. */
export function promptIdOfAttachments(key: string): string | null {
  return kept.peek().find((each) => each.key === key)?.promptId ?? null;
}

/** Takes one picture away. */
export function removeAttachment(id: string): void {
  drop((each) => each.attachment.id === id);
}

/** Takes all pictures of a draft away: they were sent. */
export function clearAttachments(key: string): void {
  drop((each) => each.key === key);
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
