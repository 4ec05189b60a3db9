/** Where a person writes: one field, one round button that sends or stops, and one row of chips. */

import type { ContentBlock, Delivery, QueuedPrompt } from "../../api/types.ts";
import { besides } from "../../lib/besides.ts";
import { deviceKind } from "../../lib/browser/this-device.ts";
import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import {
  type ComposerWords,
  composerWords,
  type WrittenPrompt,
} from "../../state/composer/composer-words.ts";
import { isDraftUnkept } from "../../state/outbox/drafts.ts";
import { isOutboxUnkept } from "../../state/outbox/outbox-store.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { text as shell } from "../../text/en.ts";
import { composer as words } from "../../text/en-composer.ts";
import { Adding } from "../attachments/attach-button.ts";
import { AttachmentTiles } from "../attachments/attachment-tiles.ts";
import { allExamples } from "../first-words.ts";
import { type ComposerPicker, composerPicker, sessionPlace } from "../pickers/composer-picker.ts";
import { sendCommand } from "../pickers/send-command.ts";
import { commandName } from "../pickers/trigger.ts";
import type { SessionContext } from "../session/session-context.ts";
import { ComposerChips } from "./composer-chips.ts";
import { ComposerField } from "./composer-field.ts";
import { openDeliverySheet } from "./delivery-sheet.ts";
import { FullScreenButton, fullScreen } from "./full-screen.ts";
import { RoundButton, SendCaret } from "./round-button.ts";
import { type Asked, type Intent, IntentNote, SlotNote } from "./send-notes.ts";

export interface Composer {
  readonly element: HTMLElement;
  readonly hasText: ReadonlySignal<boolean>;
  /** The queued message that is being changed; null: none. */
  readonly editedPrompt: ReadonlySignal<string | null>;
  /** It has the whole session to itself: nothing beneath it is seen. */
  readonly isFull: ReadonlySignal<boolean>;
  leaveFull(): void;
  focus(): void;
  /** Puts an example into the draft, after what a person wrote there. */
  tryExample(text: string): void;
  /** Puts what was said into the draft, after what stands there. */
  fill(content: readonly ContentBlock[]): void;
  /** Lets a person change a queued message; the draft waits. */
  edit(prompt: QueuedPrompt): void;
  /** Puts what was said into the field as a message of its own; a draft waits. */
  again(content: readonly ContentBlock[]): void;
}

interface ComposerOptions {
  readonly context: SessionContext;
  /** What waits for an answer; null: nothing. */
  readonly asked: ReadonlySignal<Asked | null>;
  /** Takes the words away; the field is emptied after it. */
  readonly send: (message: WrittenPrompt, intent: Intent) => void;
}

/** The composer of a session. */
export function composer(options: ComposerOptions): Composer {
  const { context } = options;
  const { transcript } = context.session;
  const written = composerWords({ ...context, examples: allExamples });
  const { hasText, isEditing } = written;
  const intent = signal<Intent>("reply");
  const isBusy = computed(() => isAtWork(transcript.value.state));
  const asked = computed(() => (isEditing.value ? null : options.asked.value));
  const isChoice = computed(() => isBusy.value && hasText.value && !isEditing.value && canDecide());
  const full = fullScreen();
  const { element: field, isTall } = ComposerField({
    text: written.text,
    placeholder: () => placeholder(asked.value, isBusy.value),
    isFull: full.isOpen,
  });
  const lists = composerPicker({
    field,
    text: written.text,
    place: sessionPlace(context),
    change: (next) => written.change(next),
  });
  const send = sending({ options, written, field, asked, intent, leaveFull: () => full.close() });
  const choose = (anchor: HTMLElement) => openDeliverySheet(anchor, send);
  followField(field, { written, isChoice, lists, send, choose: () => choose(field) });
  effect(() => {
    // A new question begins with the safer meaning.
    if (options.asked.value === null) intent.value = "reply";
    return undefined;
  });
  // A queued message that is changed keeps the pictures that it has.
  const isOffered = () => written.slot.value.kind !== "edit";
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
    Notes({ written, asked, intent }),
    lists.element,
    Tiles(context, written, field),
    h(
      "div",
      { class: "composer-field" },
      Adding({ field, written, isOffered, lists, say: context.say, zone: ".session" }),
      field,
      buttons,
    ),
    (): Child => (canDecide() || !hasText.value ? null : h("p", { class: "composer-note" }, readOnly())),
    when(() => isDraftUnkept.value || isOutboxUnkept(), NotKept),
    ComposerChips(context),
  );
  return {
    element,
    hasText,
    editedPrompt: written.editedPrompt,
    isFull: full.isOpen,
    leaveFull: () => full.close(),
    focus: () => field.focus(),
    ...turning(field, written),
  };
}

function Tiles({ say }: SessionContext, written: ComposerWords, field: HTMLTextAreaElement): Child {
  return AttachmentTiles({
    attachments: written.attachments,
    intoField: (text) => {
      written.change(besides(written.text.peek(), text));
      goOnWriting(field, written);
    },
    onLost: () => say(shell.failure("unreachable", machineName())),
  });
}

type SentWith = "key" | "button";
type Send = (delivery: Delivery | null, means?: SentWith) => void;

interface SendingOptions {
  readonly options: ComposerOptions;
  readonly written: ComposerWords;
  readonly field: HTMLTextAreaElement;
  readonly asked: ReadonlySignal<Asked | null>;
  readonly intent: Signal<Intent>;
  readonly leaveFull: () => void;
}

/**
 * Sends what is written; null: as one sends by itself. A command that is not known is never sent. A touch screen's keyboard
 * folds with it; who sent with a key goes on typing, and must not find that letters are shortcuts now.
 */
function sending({ options, written, field, asked, intent, leaveFull }: SendingOptions): Send {
  const { context } = options;
  const sendNow = (delivery: Delivery | null, meant: Intent, means: SentWith) => {
    leaveFull();
    if (means === "button" && !hasFinePointer.peek()) field.blur();
    if (written.isEditing.peek()) return void save(context, written);
    options.send(written.message(delivery ?? "queue"), meant);
    written.change("");
    written.leave();
  };
  return (delivery, means = "button") => {
    if (!written.hasText.peek() || !canDecide()) return;
    const meant = asked.peek() !== null && delivery === null ? intent.peek() : "queue";
    const name = meant === "reply" ? null : commandName(written.text.peek());
    if (name === null) sendNow(delivery, meant, means);
    else void sendCommand(name, { context, written, send: () => sendNow(delivery, meant, means) });
  };
}

interface FieldKeys {
  readonly written: ComposerWords;
  readonly lists: Pick<ComposerPicker, "takeKey">;
  readonly isChoice: ReadonlySignal<boolean>;
  readonly send: Send;
  readonly choose: () => void;
}

function followField(
  field: HTMLTextAreaElement,
  { written, isChoice, lists, send, choose }: FieldKeys,
): void {
  field.addEventListener("input", () => written.change(field.value));
  field.addEventListener("keydown", (event) => {
    if (lists.takeKey(event)) {
      event.preventDefault();
      return;
    }
    const isOtherWay = event.key === "Enter" && event.altKey && !event.isComposing && isChoice.peek();
    if (!isOtherWay && !sendsWith(event)) return;
    event.preventDefault();
    if (isOtherWay) choose();
    else send(null, "key");
  });
}

/** Taken up meanwhile: then the note above the field says what sending does now. */
async function save(context: SessionContext, written: ComposerWords): Promise<void> {
  const failure = await written.save();
  if (failure !== null) context.say(shell.failure(failure, machineName()));
}

function Notes(options: {
  readonly written: ComposerWords;
  readonly asked: ReadonlySignal<Asked | null>;
  readonly intent: Signal<Intent>;
}): Child {
  const { written, asked, intent } = options;
  const { slot, isEditing, leave } = written;
  return [
    when(
      () => slot.value.kind !== "draft",
      () => SlotNote({ slot, isQueued: isEditing, leave }),
    ),
    when(
      () => asked.value !== null && written.hasText.value,
      () => IntentNote(intent, asked),
    ),
  ];
}

/** After each of them a person goes on writing at the end. */
function turning(
  field: HTMLTextAreaElement,
  written: ComposerWords,
): Pick<Composer, "tryExample" | "fill" | "edit" | "again"> {
  const goOn = () => goOnWriting(field, written);
  return {
    tryExample(text) {
      written.tryExample(text);
      goOn();
    },
    fill(content) {
      written.fill(content);
      goOn();
    },
    edit(prompt) {
      written.edit(prompt);
      goOn();
    },
    again(content) {
      written.again(content);
      goOn();
    },
  };
}

function goOnWriting(field: HTMLTextAreaElement, written: ComposerWords): void {
  const { length } = written.text.peek();
  field.focus();
  field.setSelectionRange(length, length);
}

const askedPlaceholders = { permission: words.instead, question: words.answer, plan: words.changePlan };

function placeholder(asked: Asked | null, isBusy: boolean): string {
  if (!canDecide()) return readOnly();
  if (asked !== null) return askedPlaceholders[asked];
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
