/** What sending does when it is not what one expects: one line above the field, and the way out of it. */
import { type Child, h } from "../../lib/dom.ts";
import type { ReadonlySignal, Signal } from "../../lib/signal.ts";
import type { Slot } from "../../state/composer/composer-slot.ts";
import { queue, composer as words } from "../../text/en-composer.ts";

/** What sending does while a question waits: it goes to the question, or behind the turn. */
export type Intent = "reply" | "queue";

/** What waits for an answer: something to allow, the model's own question, or its plan. */
export type Asked = "permission" | "question" | "plan";

const replies = {
  permission: [words.denies, words.denyInstead],
  question: [words.answers, words.answerInstead],
  plan: [words.changesPlan, words.changePlanInstead],
} as const satisfies Record<Asked, readonly [string, string]>;

/** A question waits: what is sent goes to it, unless a person chooses otherwise. */
export function IntentNote(intent: Signal<Intent>, asked: ReadonlySignal<Asked | null>): HTMLElement {
  const isReply = () => intent.value === "reply";
  const reply = () => replies[asked.value ?? "permission"];
  return Note(
    () => (isReply() ? reply()[0] : words.queues),
    () => (isReply() ? words.queueInstead : reply()[1]),
    () => {
      intent.value = isReply() ? "queue" : "reply";
    },
  );
}

interface SlotNoteOptions {
  readonly slot: ReadonlySignal<Slot>;
  /** What is being changed still waits. */
  readonly isQueued: ReadonlySignal<boolean>;
  readonly leave: () => void;
}

/** The field holds something else than the draft. */
export function SlotNote({ slot, isQueued, leave }: SlotNoteOptions): HTMLElement {
  const sentence = () => {
    if (slot.value.kind === "again") return queue.again;
    return isQueued.value ? queue.editing : queue.editingGone;
  };
  return Note(sentence, () => queue.leaveEdit, leave);
}

function Note(sentence: () => string, label: () => Child, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "intent" },
    h("span", { role: "status" }, sentence),
    h(
      "button",
      {
        type: "button",
        class: "link-button",
        // The tap must not close the keyboard before it counts.
        onpointerdown: (event) => event.preventDefault(),
        onclick: act,
      },
      label,
    ),
  );
}
