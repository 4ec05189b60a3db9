/** Where a person writes: one field, one round button that sends or stops, and one row of chips. */
import type { Delivery, QueuedPrompt } from "../../api/types.ts";
import { deviceKind } from "../../lib/browser/this-device.ts";
import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { isDraftUnkept } from "../../state/outbox/drafts.ts";
import { isOutboxUnkept } from "../../state/outbox/outbox-store.ts";
import { text as shell } from "../../text/en.ts";
import { composer as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";
import { ComposerChips } from "./composer-chips.ts";
import { ComposerField } from "./composer-field.ts";
import { type ComposerWords, composerWords, type Message } from "./composer-words.ts";
import { openDeliverySheet } from "./delivery-sheet.ts";
import { FullScreenButton, fullScreen } from "./full-screen.ts";
import { RoundButton, SendCaret } from "./round-button.ts";
import { type Intent, IntentNote, SlotNote } from "./send-notes.ts";

export type { Message } from "./composer-words.ts";
export type { Intent } from "./send-notes.ts";

export interface Composer {
  readonly element: HTMLElement;
  readonly hasText: ReadonlySignal<boolean>;
  /** It has the whole session to itself: nothing beneath it is seen. */
  readonly isFull: ReadonlySignal<boolean>;
  leaveFull(): void;
  focus(): void;
  /** Puts a text into the draft, after what stands there. */
  fill(text: string): void;
  /** Lets a person change a queued message; the draft waits. */
  edit(prompt: QueuedPrompt): void;
  /** Puts a text into the field as a message of its own; a draft waits. */
  again(text: string): void;
}

interface ComposerOptions {
  readonly context: SessionContext;
  /** A question waits for an answer. */
  readonly isAsked: ReadonlySignal<boolean>;
  /** Takes the words away; the field is emptied after it. */
  readonly send: (message: Message, intent: Intent) => void;
}

/** The composer of a session. */
export function composer(options: ComposerOptions): Composer {
  const { context } = options;
  const { transcript } = context.session;
  const written = composerWords(context);
  const { hasText, isEditing } = written;
  const intent = signal<Intent>("deny");
  const isBusy = computed(
    () => transcript.value.state === "running" || transcript.value.state === "requires_action",
  );
  const isAsked = computed(() => options.isAsked.value && !isEditing.value);
  const isChoice = computed(() => isBusy.value && hasText.value && !isEditing.value && canDecide());
  const full = fullScreen();
  const { element: field, isTall } = ComposerField({
    text: written.text,
    placeholder: () => placeholder(isAsked.value, isBusy.value),
    isFull: full.isOpen,
  });
  const send = (delivery: Delivery | null) => {
    if (!hasText.peek() || !canDecide()) return;
    full.close();
    if (!hasFinePointer.peek()) field.blur();
    if (isEditing.peek()) return void save(context, written);
    options.send(
      written.message(delivery ?? "queue"),
      isAsked.peek() && delivery === null ? intent.peek() : "queue",
    );
    written.change("");
    written.leave();
  };
  const choose = (anchor: HTMLElement) => openDeliverySheet(anchor, send);
  followField(field, { written, isChoice, send: () => send(null), choose: () => choose(field) });
  effect(() => {
    // A new question begins with the safer meaning.
    if (!options.isAsked.value) intent.value = "deny";
    return undefined;
  });
  const buttons = h(
    "div",
    { class: "composer-buttons" },
    FullScreenButton({ full, isTall, field }),
    h(
      "div",
      { class: "send-buttons" },
      SendCaret({ isChoice, choose }),
      RoundButton({ context, hasText, isBusy, isEditing, isChoice, send: () => send(null), choose }),
    ),
  );
  const element = h(
    "div",
    { class: "composer" },
    Notes({ written, isAsked, intent }),
    h("div", { class: "composer-field" }, field, buttons),
    (): Child => (canDecide() || !hasText.value ? null : h("p", { class: "composer-note" }, readOnly())),
    when(() => isDraftUnkept.value || isOutboxUnkept(), NotKept),
    ComposerChips(context),
  );
  return {
    element,
    hasText,
    isFull: full.isOpen,
    leaveFull: () => full.close(),
    focus: () => field.focus(),
    ...turning(field, written),
  };
}

interface FieldKeys {
  readonly written: ComposerWords;
  readonly isChoice: ReadonlySignal<boolean>;
  readonly send: () => void;
  readonly choose: () => void;
}

function followField(field: HTMLTextAreaElement, { written, isChoice, send, choose }: FieldKeys): void {
  field.addEventListener("input", () => written.change(field.value));
  field.addEventListener("keydown", (event) => {
    const isOtherWay = event.key === "Enter" && event.altKey && !event.isComposing && isChoice.peek();
    if (!isOtherWay && !sendsWith(event)) return;
    event.preventDefault();
    if (isOtherWay) choose();
    else send();
  });
}

/** Taken up meanwhile: then the note above the field says what sending does now. */
async function save(context: SessionContext, written: ComposerWords): Promise<void> {
  const failure = await written.save();
  if (failure !== null) context.say(shell.failure(failure, machineName()));
}

function Notes(options: {
  readonly written: ComposerWords;
  readonly isAsked: ReadonlySignal<boolean>;
  readonly intent: Signal<Intent>;
}): Child {
  const { written, isAsked, intent } = options;
  const { slot, isEditing, leave } = written;
  return [
    when(
      () => slot.value.kind !== "draft",
      () => SlotNote({ slot, isQueued: isEditing, leave }),
    ),
    when(
      () => isAsked.value && written.hasText.value,
      () => IntentNote(intent),
    ),
  ];
}

/** After each of them a person goes on writing at the end. */
function turning(
  field: HTMLTextAreaElement,
  written: ComposerWords,
): Pick<Composer, "fill" | "edit" | "again"> {
  const goOn = () => {
    const { length } = written.text.peek();
    field.focus();
    field.setSelectionRange(length, length);
  };
  return {
    fill(text) {
      written.fill(text);
      goOn();
    },
    edit(prompt) {
      written.edit(prompt);
      goOn();
    },
    again(text) {
      written.again(text);
      goOn();
    },
  };
}

function placeholder(isAsked: boolean, isBusy: boolean): string {
  if (!canDecide()) return readOnly();
  if (isAsked) return words.instead;
  return isBusy ? words.whileRunning : words.placeholder;
}

/** The browser has no room for what a person writes: it lasts as long as the page. */
function NotKept(): HTMLElement {
  return h("p", { class: "composer-note", role: "status" }, words.notKept(shell.devices[deviceKind()]));
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
