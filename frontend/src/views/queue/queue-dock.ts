/** Messages that wait for the turn to end: one row each, the same on every device; they fold to one row. */

import { isKeyboardOpen } from "../../lib/browser/viewport.ts";
import { h, list } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { queue as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { QueueRow } from "./queue-row.ts";

/** From so many on they are one row until somebody wants to see them. */
const foldedFrom = 3;
/** A prompt that starts at once is in the queue for a moment; that is no news. */
const momentMs = 1000;

/** The queue; nothing while it is empty. */
export function QueueDock(context: SessionContext): HTMLElement {
  const waiting = waitingPrompts(context);
  const count = computed(() => waiting.value.length);
  /** Null: nobody has said, and many are folded. */
  const chosen = signal<"open" | "folded" | null>(null);
  const isOpen = computed(
    () => chosen.value === "open" || (chosen.value === null && count.value < foldedFrom),
  );
  effect(() => {
    if (count.value === 0) chosen.value = null;
  });
  const rows = h("ul", {
    class: "queue-rows",
    "aria-label": () => words.title(count.value),
    hidden: () => count.value > 1 && !isOpen.value,
  });
  list(
    rows,
    () => waiting.value,
    (prompt) => prompt.promptId,
    (prompt) => QueueRow(prompt, context),
  );
  const toggle = () => {
    // Then the rows are not seen: a tap closes the keyboard first.
    if (isKeyboardOpen.peek()) blurField();
    else chosen.value = isOpen.peek() ? "folded" : "open";
  };
  return h(
    "div",
    { class: "queue-dock", hidden: () => count.value === 0 },
    h(
      "button",
      {
        type: "button",
        class: "dock-row queue-head",
        "data-single": () => count.value === 1,
        "aria-expanded": () => isOpen.value,
        onclick: toggle,
      },
      h("span", { class: "one-line" }, () => words.title(count.value)),
      icon("down"),
    ),
    rows,
  );
}

/** What waits behind a turn, and what was left when a turn broke off. */
function waitingPrompts({ session, queue }: SessionContext): ReadonlySignal<typeof queue.prompts.value> {
  const isLong = signal(false);
  const isAtRest = computed(() => session.transcript.value.state === "idle");
  const isWaiting = computed(() => queue.prompts.value.length > 0);
  effect(() => {
    isLong.value = false;
    if (!isAtRest.value || !isWaiting.value) return;
    const timer = setTimeout(() => {
      isLong.value = true;
    }, momentMs);
    return () => clearTimeout(timer);
  });
  return computed(() => (!isAtRest.value || isLong.value ? queue.prompts.value : []));
}

function blurField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
