/** What is written in the composer, and for what: kept at every keystroke, each text under a key of its own. */
import type { ContentBlock, Delivery, Failure, QueuedPrompt } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { computed, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import {
  type Attachment,
  addAttachment,
  attachmentsOf,
  clearAttachments,
  type ImageBlock,
  loadAttachments,
  promptIdOfAttachments,
} from "../../state/outbox/attachments.ts";
import { onDraftElsewhere, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { attach } from "../../text/en-attach.ts";
import { empty } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { composerSlot, type Slot } from "./composer-slot.ts";

/** What leaves the composer; its id was minted with the first letter, so that however often it is sent, it is one prompt. */
export interface Message {
  readonly id: string;
  readonly text: string;
  readonly images: readonly ImageBlock[];
  readonly delivery: Delivery;
}

export interface ComposerWords {
  readonly text: ReadonlySignal<string>;
  readonly slot: ReadonlySignal<Slot>;
  /** There is something to send: words, or pictures. */
  readonly hasText: ReadonlySignal<boolean>;
  /** The pictures that go with what is in the field. */
  readonly attachments: ReadonlySignal<readonly Attachment[]>;
  /** The key of the draft that is in the field. */
  key(): string;
  /** What is in the field changes a message that still waits in the queue. */
  readonly isEditing: ReadonlySignal<boolean>;
  /** Which one; null: none. */
  readonly editedPrompt: ReadonlySignal<string | null>;
  /** Takes what stands in the field now. */
  change(text: string): void;
  message(delivery: Delivery): Message;
  /** It was sent, or is not wanted: the draft is there again. */
  leave(): void;
  /** Gives the queued message that is being changed these words. Null: done; otherwise why not, and they stay. */
  save(): Promise<Failure | null>;
  /** Puts a text after the draft. */
  fill(text: string, images?: readonly ImageBlock[]): void;
  /** Turns to a queued message; the draft waits. */
  edit(prompt: QueuedPrompt): void;
  /** Turns to a text that is to be a message of its own; a draft waits. */
  again(text: string, images?: readonly ImageBlock[]): void;
}

/** The words of a session's composer, without anything that shows them. */
export function composerWords({ session, queue }: Pick<SessionContext, "session" | "queue">): ComposerWords {
  const { id } = session;
  const slot = composerSlot(id);
  const text = signal(readDraft(slot.key())?.text ?? "");
  const attachments = computed(() => (slot.current.value.kind === "edit" ? [] : attachmentsOf(slot.key())));
  void loadAttachments();
  const change = (next: string) => {
    text.value = next;
    writeDraft(slot.key(), next);
  };
  const leave = () => {
    if (slot.current.peek().kind !== "edit") clearAttachments(slot.key());
    text.value = slot.leave();
  };
  onCleanup(
    onDraftElsewhere(id, (draft) => {
      if (slot.current.peek().kind === "draft") text.value = draft?.text ?? "";
    }),
  );
  const editedPrompt = computed(() => queuedIn(slot.current.value, queue.prompts.value));
  return {
    text,
    slot: slot.current,
    hasText: computed(() => text.value.trim() !== "" || attachments.value.length > 0),
    attachments,
    key: slot.key,
    isEditing: computed(() => editedPrompt.value !== null),
    editedPrompt,
    change,
    message: (delivery) => ({
      id: readDraft(slot.key())?.promptId ?? promptIdOfAttachments(slot.key()) ?? newIdentifier(),
      text: text.peek().trim(),
      images: attachments.peek().map(({ image }) => image),
      delivery,
    }),
    leave,
    async save() {
      const edited = slot.current.peek();
      if (edited.kind !== "edit") return null;
      const failure = await queue.edit(edited.promptId, text.peek().trim());
      if (failure === null && slot.current.peek() === edited) leave();
      return failure;
    },
    fill(more, images = []) {
      change(joined(slot.toDraft().trimEnd(), more));
      putBeside(id, images);
    },
    edit({ promptId, content }) {
      text.value = slot.enter({ kind: "edit", promptId }, wordsOf(content));
    },
    again(words, images = []) {
      const isFree = slot.current.peek().kind !== "again" && (readDraft(id)?.text.trim() ?? "") === "";
      if (isFree) slot.toDraft();
      if (isFree) change(words);
      else text.value = slot.enter({ kind: "again" }, words);
      putBeside(slot.key(), images);
    },
  };
}

/** What was being written stays; an example that was only tried does not. */
function joined(written: string, more: string): string {
  const examples: readonly string[] = empty.examples;
  return written === "" || examples.includes(written) ? more : `${written}\n\n${more}`;
}

/** Pictures that were sent before have lost their names. */
function putBeside(key: string, images: readonly ImageBlock[]): void {
  // Once: what is there already was put there by the same way.
  if (attachmentsOf(key).length > 0) return;
  for (const image of images)
    addAttachment(key, { name: attach.photo, bytes: Math.floor((image.data.length * 3) / 4), image });
}

function queuedIn(slot: Slot, queue: readonly QueuedPrompt[]): string | null {
  const isQueued = slot.kind === "edit" && queue.some((prompt) => prompt.promptId === slot.promptId);
  return isQueued ? slot.promptId : null;
}

/** The text alone: what else is in a message stays as it is. */
function wordsOf(content: readonly ContentBlock[]): string {
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}
