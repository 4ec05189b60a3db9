/** What was said on this device and is not on the machine: each with where it is, and what can be done with it. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { effect, type ReadonlySignal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { readDraft, writeDraft } from "../../state/outbox/drafts.ts";
import { dropFromOutbox, sendAgain, sendNow, takeBack, waiting } from "../../state/outbox/outbox.ts";
import type { OutboxItem, PromptItem } from "../../state/outbox/outbox-items.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { receipt, waiting as words } from "../../text/en-composer.ts";
import { questionText } from "../../text/en-permission.ts";
import { textOfContent } from "../entries/user-entry.ts";
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

/** Opens the list. It closes itself once nothing waits any more. */
export function openWaitingSheet(context: SessionContext): void {
  openSheet({
    title: words.title(text.devices[deviceKind()]),
    content: (close) => {
      effect(() => {
        // Not while it is being opened.
        if (waiting.value.length === 0) queueMicrotask(close);
      });
      const rows = h("ul", { class: "waiting-list" });
      list(
        rows,
        () => waiting.value,
        (item) => item.id,
        (item) => Row({ item, context, close }),
      );
      return [
        h("p", { class: "sheet-note" }, words.note(machineName())),
        rows,
        h(
          "div",
          { class: "waiting-foot" },
          h("button", { type: "button", class: "button", onclick: sendAllNow }, words.sendNow),
        ),
      ];
    },
  });
}

interface RowOptions {
  readonly item: ReadonlySignal<OutboxItem>;
  readonly context: SessionContext;
  readonly close: () => void;
}

function Row({ item, context, close }: RowOptions): HTMLElement {
  const first = item.peek();
  const remove = () => dropFromOutbox((each) => each.id === first.id);
  return h(
    "li",
    { class: "waiting-row" },
    h("p", { class: "waiting-words", dir: "auto" }, () => wordsOf(item.value)),
    h("p", { class: "waiting-place" }, () => placeOf(item.value)),
    h(
      "div",
      { class: "waiting-buttons" },
      first.kind === "prompt" && first.content.length > 0
        ? Button(words.edit, () => edit(first, context, close))
        : null,
      Button(words.remove, remove),
    ),
  );
}

function Button(label: string, act: () => void): HTMLElement {
  return h("button", { type: "button", class: "link-button waiting-button", onclick: act }, label);
}

function wordsOf(item: OutboxItem): string {
  if (item.kind === "prompt") return item.content.length === 0 ? words.goOn : textOfContent(item.content);
  const isAllowed = item.option.kind === "allow_once" || item.option.kind === "allow_always";
  const question = item.subject === null ? null : visibleLine(questionText(item.subject));
  return isAllowed ? words.allowed(question) : words.denied(question);
}

/** The session that it is meant for, and where it is or why it came back. */
function placeOf({ sessionId, phase, failure }: OutboxItem): string {
  const title = summaryOf(sessionId)?.title ?? text.sessions.untitled;
  const place =
    phase === "refused" && failure !== null
      ? text.failure(failure, machineName())
      : receipt.phone(text.devices[deviceKind()]);
  return `${title} · ${place}`;
}

function sendAllNow(): void {
  for (const item of waiting.peek())
    if (item.phase === "refused" && item.kind === "prompt") sendAgain(item.id);
  sendNow();
}

/** Back into the composer of its session, after what stands there. */
function edit(prompt: PromptItem, context: SessionContext, close: () => void): void {
  const { sessionId } = prompt;
  const said = textOfContent(prompt.content);
  takeBack(prompt);
  close();
  if (sessionId === context.session.id) return context.fill(said);
  const written = readDraft(sessionId)?.text ?? "";
  writeDraft(sessionId, written === "" ? said : `${written}\n\n${said}`);
  // Once this sheet's own step in the history is undone.
  queueMicrotask(() => go(`/s/${sessionId}`));
}
