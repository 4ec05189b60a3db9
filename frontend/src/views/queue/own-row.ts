/** One message that is to be queued and that the machine has not yet: it stands where it will, and says where it is. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { dropFromOutbox, putBackIntoOutbox, takeBack } from "../../state/outbox/outbox.ts";
import type { PromptItem } from "../../state/outbox/outbox-items.ts";
import { text } from "../../text/en.ts";
import { receipt, queue as words } from "../../text/en-composer.ts";
import { promptName } from "../entries/text/user-entry.ts";
import { showBar } from "../frame/bars.ts";
import type { SessionContext } from "../session/session-context.ts";

/** A row of the queue, without what only the machine can do. */
export function OwnRow(prompt: ReadonlySignal<PromptItem>, context: SessionContext): HTMLElement {
  const said = () => promptName(prompt.value.content, words.goesOn);
  const edit = () => {
    takeBack(prompt.peek());
    context.fill(prompt.peek().content);
  };
  return h(
    "li",
    { class: "dock-row queue-row queue-row-own" },
    h(
      "button",
      { type: "button", class: "queue-edit", "aria-label": () => words.edit(said()), onclick: edit },
      h("span", { class: "queue-words one-line", dir: "auto" }, said),
      icon("edit"),
    ),
    h("span", { class: "queue-now muted" }, () =>
      prompt.value.phase === "phone" ? receipt.phone(text.devices[deviceKind()]) : receipt.machine,
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": words.remove,
        title: words.remove,
        onclick: () => remove(prompt.peek()),
      },
      icon("close"),
    ),
  );
}

function remove(prompt: PromptItem): void {
  dropFromOutbox(({ id }) => id === prompt.id);
  const undo = () => putBackIntoOutbox(prompt);
  showBar({ sentence: words.removed, action: { label: words.undo, run: undo } });
}
