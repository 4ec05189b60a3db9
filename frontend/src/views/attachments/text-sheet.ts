/** A text that goes with a message, whole: read, changed, put among the words after all, or taken away. */
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import {
  attachmentById,
  changeAttachedText,
  removeAttachment,
  type TextAttachment,
} from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import { factsOf, shownName } from "./text-facts.ts";

interface TextSheet {
  readonly id: string;
  /** What opened it. */
  readonly anchor: HTMLElement;
  readonly intoField: (text: string) => void;
}

/** Opens the sheet; nothing when the text is gone. What is changed counts at once. */
export function openTextSheet({ id, anchor, intoField }: TextSheet): void {
  const attachment = attachmentById(id);
  if (attachment === null || !("text" in attachment)) return;
  openSheet({
    title: shownName(attachment),
    anchor,
    content: (close) =>
      Content(attachment, {
        intoField: (text) => {
          close();
          removeAttachment(id);
          intoField(text);
        },
        take: () => {
          close();
          removeAttachment(id);
        },
      }),
  });
}

interface Ways {
  readonly intoField: (text: string) => void;
  readonly take: () => void;
}

function Content({ id, text, bytes }: TextAttachment, { intoField, take }: Ways): Child {
  const shown = signal({ text, bytes });
  const field = h("textarea", {
    class: "field attached-field",
    dir: "auto",
    rows: 12,
    "aria-label": words.textField,
    autocapitalize: "off",
    autocomplete: "off",
    spellcheck: false,
    value: text,
    oninput: () => {
      shown.value = { text: field.value, bytes: new TextEncoder().encode(field.value).length };
      changeAttachedText(id, shown.value);
    },
  });
  return h(
    "div",
    { class: "attached-sheet" },
    h("p", { class: "muted numbers" }, () => factsOf(shown.value)),
    field,
    h(
      "div",
      { class: "button-row" },
      h("button", { type: "button", class: "button", onclick: take }, words.take),
      h(
        "button",
        { type: "button", class: "button", onclick: () => intoField(shown.peek().text) },
        words.intoField,
      ),
    ),
  );
}
