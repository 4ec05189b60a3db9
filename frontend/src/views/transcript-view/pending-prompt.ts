/** What a person said that is not yet in the log: the block it will have, and a word for where it is. */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h } from "../../lib/dom.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { sendAgain, takeBack } from "../../state/outbox/outbox.ts";
import type { OutboxPhase, PromptItem } from "../../state/outbox/outbox-items.ts";
import { text } from "../../text/en.ts";
import { receipt as words } from "../../text/en-composer.ts";
import { session } from "../../text/en-session.ts";
import { picturesOf } from "../attachments/picture.ts";
import { article } from "../entries/entry-view.ts";
import { UserText } from "../entries/text/user-entry.ts";
import type { SessionContext } from "../session/session-context.ts";

/** Gone as soon as the transcript has it. */
export function PendingPrompt(prompt: ReadonlySignal<PromptItem>, context: SessionContext): HTMLElement {
  const toField = () => {
    takeBack(prompt.peek());
    context.fill(prompt.peek().content);
  };
  return article(
    "entry-user entry-pending",
    () => `${session.you}, ${placeWord(prompt.value.phase)}`,
    UserText(
      () => prompt.value.content,
      (content) => picturesOf(content),
    ),
    h("p", { class: "receipt" }, () => placeWord(prompt.value.phase)),
    (): Child => {
      const { phase, failure, id } = prompt.value;
      if (phase !== "refused" || failure === null) return null;
      return h(
        "div",
        { class: "receipt-actions" },
        h("p", null, text.failure(failure, machineName())),
        h("button", { type: "button", class: "link-button", onclick: () => sendAgain(id) }, words.again),
        h("button", { type: "button", class: "link-button", onclick: toField }, words.toField),
      );
    },
  );
}

/** Where it is, in a word. */
function placeWord(phase: OutboxPhase): string {
  return phase === "phone" ? words.phone(text.devices[deviceKind()]) : words[phase];
}
