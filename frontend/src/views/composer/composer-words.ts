/** What is written in the composer, and for what: kept at every keystroke, each text under a key of its own. */
import type { ContentBlock, Delivery, Failure, QueuedPrompt } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { computed, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { onDraftElsewhere, readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { empty } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { composerSlot, type Slot } from "./composer-slot.ts";

/** What leaves the composer; its id was minted with the first letter, so that however often it is sent, it is one prompt. */
export interface Message {
  readonly id: string;
  readonly text: string;
  readonly delivery: Delivery;
}

export interface ComposerWords {
  readonly text: ReadonlySignal<string>;
  readonly slot: ReadonlySignal<Slot>;
  readonly hasText: ReadonlySignal<boolean>;
  /** What is in the field changes a message that still waits in the queue. */
  readonly isEditing: ReadonlySignal<boolean>;
  /** Takes what stands in the field now. */
  change(text: string): void;
  message(delivery: Delivery): Message;
  /** It was sent, or is not wanted: the draft is there again. */
  leave(): void;
  /** Gives the queued message that is being changed these words. Null: done; otherwise why not, and they stay. */
  save(): Promise<Failure | null>;
  /** Puts a text after the draft. */
  fill(text: string): void;
  /** Turns to a queued message; the draft waits. */
  edit(prompt: QueuedPrompt): void;
  /** Turns to a text that is to be a message of its own; a draft waits. */
  again(text: string): void;
}

/** The words of a session's composer, without anything that shows them. */
export function composerWords({ session, queue }: Pick<SessionContext, "session" | "queue">): ComposerWords {
  const { id } = session;
  const slot = composerSlot(id);
  const text = signal(readDraft(slot.key())?.text ?? "");
  const change = (next: string) => {
    text.value = next;
    writeDraft(slot.key(), next);
  };
  const leave = () => {
    text.value = slot.leave();
  };
  onCleanup(
    onDraftElsewhere(id, (draft) => {
      if (slot.current.peek().kind === "draft") text.value = draft?.text ?? "";
    }),
  );
  return {
    text,
    slot: slot.current,
    hasText: computed(() => text.value.trim() !== ""),
    isEditing: computed(() => isQueued(slot.current.value, queue.prompts.value)),
    change,
    message: (delivery) => ({
      id: readDraft(slot.key())?.promptId ?? newIdentifier(),
      text: text.peek().trim(),
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
    fill(more) {
      change(joined(slot.toDraft().trimEnd(), more));
    },
    edit({ promptId, content }) {
      text.value = slot.enter({ kind: "edit", promptId }, wordsOf(content));
    },
    again(words) {
      const isFree = slot.current.peek().kind !== "again" && (readDraft(id)?.text.trim() ?? "") === "";
      if (isFree) slot.toDraft();
      if (isFree) change(words);
      else text.value = slot.enter({ kind: "again" }, words);
    },
  };
}

/** What was being written stays; an example that was only tried does not. */
function joined(written: string, more: string): string {
  const examples: readonly string[] = empty.examples;
  return written === "" || examples.includes(written) ? more : `${written}\n\n${more}`;
}

function isQueued(slot: Slot, queue: readonly QueuedPrompt[]): boolean {
  return slot.kind === "edit" && queue.some((prompt) => prompt.promptId === slot.promptId);
}

/** The text alone: what else is in a message stays as it is. */
function wordsOf(content: readonly ContentBlock[]): string {
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}
