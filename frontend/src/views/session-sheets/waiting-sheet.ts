/** What was said on this device and is not on the machine: each with where it is, and what can be done with it. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, effect, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { fillDraft } from "../../state/composer/composer-words.ts";
import { connection } from "../../state/connection.ts";
import { go } from "../../state/navigation.ts";
import {
  dropFromOutbox,
  putBackIntoOutbox,
  sendAgain,
  sendNow,
  takeBack,
  waiting,
} from "../../state/outbox/outbox.ts";
import type { OutboxItem, PromptItem } from "../../state/outbox/outbox-items.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { waiting as words } from "../../text/en-composer.ts";
import { questionText } from "../../text/en-permission.ts";
import { promptName } from "../entries/text/user-entry.ts";
import { OptionRow } from "../option-row.ts";
import { visibleLine } from "../permission/visible-text.ts";
import type { SessionContext } from "../session/session-context.ts";

/** The row behind ⋯ that opens the list; nothing while nothing waits. */
export function WaitingRow(open: () => void): Child {
  const count = waiting.value.length;
  return count === 0
    ? null
    : OptionRow({
        name: words.title(text.devices[deviceKind()]),
        line: words.count(count),
        isCurrent: false,
        refusal: null,
        choose: open,
      });
}

/** As long as a bar stays, what was removed can be had back. */
const undoMs = 6000;

/** Opens the list. It closes itself once nothing waits any more. */
export function openWaitingSheet(context: SessionContext): void {
  openSheet({
    title: words.title(text.devices[deviceKind()]),
    content: (close) => {
      const removed = removedItems();
      const shown = computed(() =>
        [...waiting.value, ...removed.items.value].sort((one, other) => one.order - other.order),
      );
      effect(() => {
        // Not while it is being opened.
        if (shown.value.length === 0) queueMicrotask(close);
      });
      const rows = h("ul", { class: "waiting-list" });
      list(
        rows,
        () => shown.value,
        (item) => item.id,
        (item) => Row({ item, context, close, removed }),
      );
      return [h("p", { class: "sheet-note" }, words.note(machineName())), rows, SendNow()];
    },
  });
}

interface Removed {
  readonly items: ReadonlySignal<readonly OutboxItem[]>;
  remove(item: OutboxItem): void;
  putBack(item: OutboxItem): void;
}

/** What is taken out leaves its row for a while, so that it can be put back. */
function removedItems(): Removed {
  const items = signal<readonly OutboxItem[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  onCleanup(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  const without = (item: OutboxItem) => items.peek().filter(({ id }) => id !== item.id);
  return {
    items,
    remove(item) {
      items.value = [...items.peek(), item];
      dropFromOutbox(({ id }) => id === item.id);
      timers.add(
        setTimeout(() => {
          items.value = without(item);
        }, undoMs),
      );
    },
    putBack(item) {
      putBackIntoOutbox(item);
      items.value = without(item);
    },
  };
}

/** Says what came of it when nothing did: what was sent leaves the list by itself. */
function SendNow(): HTMLElement {
  const isSending = signal(false);
  const said = signal("");
  const send = async () => {
    if (isSending.peek()) return;
    isSending.value = true;
    said.value = "";
    const isHeard = await sendAllNow();
    isSending.value = false;
    if (!isHeard)
      said.value = (connection.peek() === "open" ? words.untaken : words.unanswered)(machineName());
  };
  return h(
    "div",
    { class: "waiting-foot" },
    h(
      "button",
      {
        type: "button",
        class: "button",
        "aria-disabled": () => isSending.value,
        onclick: () => void send(),
      },
      () => (isSending.value ? words.sending : words.sendNow),
    ),
    h("p", { class: "waiting-said", role: "status" }, () => said.value),
  );
}

interface RowOptions {
  readonly item: ReadonlySignal<OutboxItem>;
  readonly context: SessionContext;
  readonly close: () => void;
  readonly removed: Removed;
}

function Row({ item, context, close, removed }: RowOptions): HTMLElement {
  const first = item.peek();
  const isRemoved = computed(() => removed.items.value.some(({ id }) => id === first.id));
  return h(
    "li",
    { class: "waiting-row" },
    h("p", { class: "waiting-words", dir: "auto" }, () => wordsOf(item.value)),
    h("p", { class: "waiting-place" }, () => placeOf(item.value)),
    h("div", { class: "waiting-buttons" }, (): Child => {
      if (isRemoved.value)
        return [
          h("span", { class: "waiting-removed", role: "status" }, words.removed),
          Button(words.undo, () => removed.putBack(first)),
        ];
      const remove = Button(words.remove, () => removed.remove(item.peek()));
      remove.dataset.quiet = "";
      return [
        first.kind === "prompt" && first.content.length > 0
          ? Button(words.edit, () => edit(first, context, close))
          : null,
        remove,
      ];
    }),
  );
}

function Button(label: string, act: () => void): HTMLElement {
  return h("button", { type: "button", class: "link-button waiting-button", onclick: act }, label);
}

function wordsOf(item: OutboxItem): string {
  if (item.kind === "prompt") return promptName(item.content, words.goOn);
  const isAllowed = item.option.kind === "allow_once" || item.option.kind === "allow_always";
  if (item.subject?.type === "question" || item.subject?.type === "plan")
    return words.answered(visibleLine(questionText(item.subject)));
  const question = item.subject === null ? null : visibleLine(questionText(item.subject));
  return isAllowed ? words.allowed(question) : words.denied(question);
}

/** The session that it is meant for, and why it came back: where it waits, the title of the list says. */
function placeOf({ sessionId, phase, failure }: OutboxItem): string {
  const title = summaryOf(sessionId)?.title ?? text.sessions.untitled;
  return phase === "refused" && failure !== null
    ? `${title} · ${text.failure(failure, machineName())}`
    : title;
}

function sendAllNow(): Promise<boolean> {
  for (const item of waiting.peek())
    if (item.phase === "refused" && item.kind === "prompt") sendAgain(item.id);
  return sendNow();
}

/** Back into the composer of its session, after what stands there. */
function edit(prompt: PromptItem, context: SessionContext, close: () => void): void {
  const { sessionId } = prompt;
  takeBack(prompt);
  close();
  if (sessionId === context.session.id) return context.fill(prompt.content);
  fillDraft(sessionId, prompt.content);
  // Once this sheet's own step in the history is undone.
  queueMicrotask(() => go(`/s/${sessionId}`));
}
