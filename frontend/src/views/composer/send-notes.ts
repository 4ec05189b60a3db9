/** What sending does when it is not what one expects: one line above the field, and the way out of it. */
import { type Child, h } from "../../lib/dom.ts";
import type { ReadonlySignal, Signal } from "../../lib/signal.ts";
import { queue, composer as words } from "../../text/en-composer.ts";
import type { Slot } from "./composer-slot.ts";

/** What sending does while a question waits. */
export type Intent = "deny" | "queue";

/** A question waits: sending denies it, unless a person chooses otherwise. */
export function IntentNote(intent: Signal<Intent>): HTMLElement {
  const isDenying = () => intent.value === "deny";
  return Note(
    () => (isDenying() ? words.denies : words.queues),
    () => (isDenying() ? words.queueInstead : words.denyInstead),
    () => {
      intent.value = isDenying() ? "queue" : "deny";
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
