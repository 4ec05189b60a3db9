/** What is written in the composer, and for what: kept at every keystroke, each text under a key of its own. */
import type { ContentBlock, Delivery, Failure, QueuedPrompt } from "../../api/types.ts";
import { besides } from "../../lib/besides.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { computed, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import {
  type Attachment,
  attachmentsOf,
  blockOf,
  clearAttachments,
  loadAttachments,
  promptIdOfAttachments,
  putBeside,
} from "../outbox/attachments.ts";
import { onDraftElsewhere, readDraft, writeDraft } from "../outbox/drafts.ts";
import type { OpenSession } from "../session/open-session.ts";
import type { SessionQueue } from "../session/queue.ts";
import { type ComposerSlot, composerSlot, type Slot } from "./composer-slot.ts";
import { besideOf, wordsOf } from "./message-parts.ts";

/** What leaves the composer; its id was minted with the first letter, so that however often it is sent, it is one prompt. */
export interface WrittenPrompt {
  readonly id: string;
  readonly text: string;
  /** Pictures and texts beside the words, in order. */
  readonly attached: readonly ContentBlock[];
  readonly delivery: Delivery;
}

export interface ComposerWords {
  readonly text: ReadonlySignal<string>;
  readonly slot: ReadonlySignal<Slot>;
  /** There is something to send: words, or what goes with them. */
  readonly hasText: ReadonlySignal<boolean>;
  /** What goes with what is in the field. */
  readonly attachments: ReadonlySignal<readonly Attachment[]>;
  /** The key of the draft that is in the field. */
  key(): string;
  /** What is in the field changes a message that still waits in the queue. */
  readonly isEditing: ReadonlySignal<boolean>;
  /** Which one; null: none. */
  readonly editedPrompt: ReadonlySignal<string | null>;
  /** Takes what stands in the field now. */
  change(text: string): void;
  message(delivery: Delivery): WrittenPrompt;
  /** It was sent, or is not wanted: the draft is there again. */
  leave(): void;
  /** Gives the queued message that is being changed these words. Null: done; otherwise why not, and they stay. */
  save(): Promise<Failure | null>;
  /** Puts a text in the place of what is only an example, else after what is written. */
  tryExample(text: string): void;
  /** Puts what was said after the draft. */
  fill(content: readonly ContentBlock[]): void;
  /** Turns to a queued message; the draft waits. */
  edit(prompt: QueuedPrompt): void;
  /** Turns to what was said, to be a message of its own; a draft waits. */
  again(content: readonly ContentBlock[]): void;
}

interface ComposerOptions {
  readonly session: Pick<OpenSession, "id">;
  readonly queue: Pick<SessionQueue, "prompts" | "edit">;
  /** What was only tried does not stay before the next. */
  readonly examples: readonly string[];
}

/** The words of a session's composer, without anything that shows them. */
export function composerWords({ session, queue, examples }: ComposerOptions): ComposerWords {
  const { id } = session;
  const slot = composerSlot(id);
  const text = signal(readDraft(slot.key())?.text ?? "");
  const attachments = computed(() => {
    // The key is of the slot.
    void slot.current.value;
    return attachmentsOf(slot.key());
  });
  void loadAttachments();
  const change = (next: string) => {
    text.value = next;
    writeDraft(slot.key(), next);
  };
  const leave = () => {
    clearAttachments(slot.key());
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
      attached: attachments.peek().map(blockOf),
      delivery,
    }),
    leave,
    async save() {
      const edited = slot.current.peek();
      if (edited.kind !== "edit") return null;
      const failure = await queue.edit(edited.promptId, {
        text: text.peek().trim(),
        attached: attachments.peek().map(blockOf),
      });
      if (failure === null && slot.current.peek() === edited) leave();
      return failure;
    },
    ...turns({
      id,
      slot,
      examples,
      change,
      show: (next) => {
        text.value = next;
      },
    }),
  };
}

interface TurnsOptions extends Pick<ComposerOptions, "examples"> {
  readonly id: string;
  readonly slot: ComposerSlot;
  /** Keeps what is in the field from now on. */
  readonly change: (text: string) => void;
  /** Puts into the field what is kept already. */
  readonly show: (text: string) => void;
}

/** The ways in which something else comes into the field. */
function turns({
  id,
  slot,
  examples,
  change,
  show,
}: TurnsOptions): Pick<ComposerWords, "tryExample" | "fill" | "edit" | "again"> {
  return {
    tryExample(example) {
      const written = slot.toDraft().trimEnd();
      change(examples.includes(written) ? example : besides(written, example));
    },
    fill(content) {
      const written = slot.toDraft().trimEnd();
      // First what goes beside: without words it is what keeps the id.
      putBeside(id, besideOf(content));
      change(besides(examples.includes(written) ? "" : written, wordsOf(content)));
    },
    edit({ promptId, content }) {
      const isBegun = slot.isBegun({ kind: "edit", promptId });
      show(slot.enter({ kind: "edit", promptId }, wordsOf(content)));
      // The pictures of what waits stay with the machine.
      if (!isBegun && attachmentsOf(slot.key()).length === 0)
        putBeside(
          slot.key(),
          besideOf(content).filter((each) => "text" in each),
        );
    },
    again(content) {
      const isFree =
        slot.current.peek().kind !== "again" &&
        (readDraft(id)?.text.trim() ?? "") === "" &&
        attachmentsOf(id).length === 0;
      if (isFree) slot.toDraft();
      if (isFree) change(wordsOf(content));
      else show(slot.enter({ kind: "again" }, wordsOf(content)));
      putBeside(slot.key(), besideOf(content));
    },
  };
}

/** Puts what was said after the draft of a session that is not open. */
export function fillDraft(sessionId: string, content: readonly ContentBlock[]): void {
  putBeside(sessionId, besideOf(content));
  writeDraft(sessionId, besides(readDraft(sessionId)?.text ?? "", wordsOf(content)));
}

function queuedIn(slot: Slot, queue: readonly QueuedPrompt[]): string | null {
  const isQueued = slot.kind === "edit" && queue.some((prompt) => prompt.promptId === slot.promptId);
  return isQueued ? slot.promptId : null;
}
