/** Messages that wait for the turn to end: one row each, the same on every device; they fold to one row. */
import type { QueuedPrompt } from "../../api/types.ts";
import { isKeyboardOpen } from "../../lib/browser/viewport.ts";
import { h, list, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { ownPrompts } from "../../state/session/own-prompts.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { text } from "../../text/en.ts";
import { queue as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { OwnRow } from "./own-row.ts";
import { QueueRow } from "./queue-row.ts";

/** So many are one row when they are first seen, until somebody wants to see them; what is seen only a question folds. */
const foldedFrom = 3;
/** A prompt that starts at once is in the queue for a moment; that is no news. */
const momentMs = 1000;

/** The queue; nothing while it is empty. */
export function QueueDock(context: SessionContext): HTMLElement {
  const { waiting, isResting } = waitingPrompts(context);
  const own = ownPrompts(context.session).queued;
  const count = computed(() => waiting.value.length + own.value.length);
  const isOpen = signal(true);
  const isAsked = computed(() => context.session.transcript.value.questions.length > 0);
  let known = 0;
  effect(() => {
    if (known === 0) isOpen.value = count.value < foldedFrom && !isAsked.peek();
    known = count.value;
  });
  foldWhileAsked(isAsked, isOpen);
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
  list(
    rows,
    () => own.value,
    (prompt) => prompt.id,
    (prompt) => OwnRow(prompt, context),
  );
  const toggle = () => {
    // Then the rows are not seen: a tap closes the keyboard first.
    if (isKeyboardOpen.peek()) blurField();
    else isOpen.value = !isOpen.peek();
  };
  return h(
    "div",
    { class: "queue-dock", hidden: () => count.value === 0 },
    h(
      "div",
      { class: "queue-top", "data-single": () => count.value === 1 && !isResting.value },
      h(
        "button",
        {
          type: "button",
          class: "dock-row queue-head",
          "aria-expanded": () => (count.value === 1 ? null : isOpen.value),
          onclick: toggle,
        },
        h("span", { class: "one-line" }, () =>
          isResting.value ? words.resting(waiting.value.length) : words.title(count.value),
        ),
        icon("down"),
      ),
      when(
        () => isResting.value && waiting.value.length > 1 && canDecide(),
        () => SendAll(context),
      ),
    ),
    rows,
  );
}

/** The room is a question's while one waits; who wants the rows nevertheless opens them again. */
function foldWhileAsked(isAsked: ReadonlySignal<boolean>, isOpen: Signal<boolean>): void {
  let wasOpen = false;
  effect(() => {
    if (isAsked.value) {
      wasOpen = isOpen.peek();
      isOpen.value = false;
    } else if (wasOpen) isOpen.value = true;
    return undefined;
  });
}

/** The first goes, and the others follow it. */
function SendAll(context: SessionContext): HTMLElement {
  const isSending = signal(false);
  const send = async () => {
    const [first] = context.queue.prompts.peek();
    if (first === undefined || isSending.peek()) return;
    isSending.value = true;
    const failure = await context.queue.sendNow(first.promptId, "steer");
    isSending.value = false;
    if (failure !== null) context.say(text.failure(failure, machineName()));
  };
  return h(
    "button",
    {
      type: "button",
      class: "queue-now",
      "aria-disabled": () => isSending.value,
      onclick: () => void send(),
    },
    words.sendAll,
  );
}

interface WaitingPrompts {
  readonly waiting: ReadonlySignal<readonly QueuedPrompt[]>;
  /** Nothing takes them up by itself. */
  readonly isResting: ReadonlySignal<boolean>;
}

/** What waits behind a turn, and what was left when a turn broke off. Nothing that was seen to wait goes in between. */
function waitingPrompts({ session, queue }: SessionContext): WaitingPrompts {
  const isLong = signal(false);
  let behindTurn: ReadonlySet<string> = new Set();
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
  const waiting = computed(() => {
    const prompts = queue.prompts.value;
    if (isAtRest.value && !isLong.value) return prompts.filter(({ promptId }) => behindTurn.has(promptId));
    behindTurn = new Set(prompts.map(({ promptId }) => promptId));
    return prompts;
  });
  const isResting = computed(
    () =>
      waiting.value.length > 0 &&
      !isAtWork(session.transcript.value.state) &&
      (!isAtRest.value || isLong.value),
  );
  return { waiting, isResting };
}

function blurField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
