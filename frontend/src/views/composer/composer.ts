/** Where a person writes: one field, one round button that sends or stops, and one row of chips. */
import { type Child, h } from "../../lib/dom.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { deviceKind } from "../../lib/this-device.ts";
import { hasFinePointer } from "../../lib/viewport.ts";
import { canDecide } from "../../state/access/device.ts";
import { readDraft, writeDraft } from "../../state/session/drafts.ts";
import { text as shell } from "../../text/en.ts";
import { empty, composer as words } from "../../text/en-session.ts";
import type { SessionContext } from "../session/session-context.ts";
import { ComposerChips } from "./composer-chips.ts";
import { ComposerField } from "./composer-field.ts";
import { FullScreenButton, fullScreen } from "./full-screen.ts";
import { RoundButton } from "./round-button.ts";

export interface Composer {
  readonly element: HTMLElement;
  readonly hasText: ReadonlySignal<boolean>;
  /** It has the whole session to itself: nothing beneath it is seen. */
  readonly isFull: ReadonlySignal<boolean>;
  leaveFull(): void;
  focus(): void;
  /** Puts a text into the field, after what stands there. */
  fill(text: string): void;
}

/** What sending does while a question waits. */
export type Intent = "deny" | "queue";

export interface ComposerOptions {
  readonly context: SessionContext;
  /** A question waits for an answer. */
  readonly isAsked: ReadonlySignal<boolean>;
  /** Takes the words away; the field is emptied after it. */
  readonly send: (text: string, intent: Intent) => void;
}

/** The composer of a session. Its draft is kept at every keystroke. */
export function composer(options: ComposerOptions): Composer {
  const { context } = options;
  const { id, transcript } = context.session;
  const text = signal(readDraft(id)?.text ?? "");
  const intent = signal<Intent>("deny");
  const hasText = computed(() => text.value.trim() !== "");
  const isBusy = computed(
    () => transcript.value.state === "running" || transcript.value.state === "requires_action",
  );
  const full = fullScreen();
  const { element: field, isTall } = ComposerField({
    text,
    placeholder: () => placeholder(options.isAsked.value, isBusy.value),
    isFull: full.isOpen,
  });

  const change = (next: string) => {
    text.value = next;
    writeDraft(id, next);
  };
  const send = () => {
    if (!hasText.peek() || !canDecide()) return;
    options.send(text.peek().trim(), options.isAsked.peek() ? intent.peek() : "queue");
    change("");
    full.close();
    if (!hasFinePointer.peek()) field.blur();
  };
  field.addEventListener("input", () => change(field.value));
  field.addEventListener("keydown", (event) => {
    if (sendsWith(event)) {
      event.preventDefault();
      send();
    }
  });
  effect(() => {
    // A new question begins with the safer meaning.
    if (!options.isAsked.value) intent.value = "deny";
    return undefined;
  });

  const element = h(
    "div",
    { class: "composer" },
    (): Child => (options.isAsked.value && hasText.value ? IntentChip(intent) : null),
    h(
      "div",
      { class: "composer-field" },
      field,
      h(
        "div",
        { class: "composer-buttons" },
        FullScreenButton({ full, isTall, field }),
        RoundButton({ context, hasText, isBusy, send }),
      ),
    ),
    (): Child => (canDecide() || !hasText.value ? null : h("p", { class: "composer-note" }, readOnly())),
    ComposerChips(context),
  );
  return {
    element,
    hasText,
    isFull: full.isOpen,
    leaveFull: () => full.close(),
    focus: () => field.focus(),
    fill(more) {
      const next = joined(text.peek().trimEnd(), more);
      change(next);
      field.focus();
      field.setSelectionRange(next.length, next.length);
    },
  };
}

/** What was being written stays; an example that was only tried does not. */
function joined(written: string, more: string): string {
  const examples: readonly string[] = empty.examples;
  return written === "" || examples.includes(written) ? more : `${written}\n\n${more}`;
}

function placeholder(isAsked: boolean, isBusy: boolean): string {
  if (!canDecide()) return readOnly();
  if (isAsked) return words.instead;
  return isBusy ? words.whileRunning : words.placeholder;
}

function readOnly(): string {
  return words.readOnly(shell.devices[deviceKind()]);
}

/** Return sends on a keyboard and is a new line on touch; with ⌘ or Ctrl it sends everywhere; never while composing. */
function sendsWith(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.isComposing) return false;
  if (event.metaKey || event.ctrlKey) return true;
  return hasFinePointer.peek() && !event.shiftKey && !event.altKey;
}

function IntentChip(intent: Signal<Intent>): HTMLElement {
  const isDenying = () => intent.value === "deny";
  return h(
    "div",
    { class: "intent" },
    h("span", null, () => (isDenying() ? words.denies : words.queues)),
    h(
      "button",
      {
        type: "button",
        class: "link-button",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => {
          intent.value = isDenying() ? "queue" : "deny";
        },
      },
      () => (isDenying() ? words.queueInstead : words.denyInstead),
    ),
  );
}
