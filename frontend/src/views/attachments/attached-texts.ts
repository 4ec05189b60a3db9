/** The texts that went with a message: a tile each, whole on a tap. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { type AttachedText, lineCount } from "../../state/outbox/attached-text.ts";
import { counted } from "../../text/counts.ts";
import { attach as words } from "../../text/en-attach.ts";
import { CopyButton } from "../entries/text/copy-button.ts";

/** The tiles in a row; nothing without any. */
export function AttachedTexts(texts: readonly AttachedText[]): Child {
  return texts.length === 0 ? null : h("div", { class: "message-texts" }, texts.map(Tile));
}

/** `Pasted, 212 lines`. */
export function attachedName(text: AttachedText): string {
  return words.sentText(text.name || words.pastedText, linesOf(text));
}

function Tile(text: AttachedText): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "message-text",
      "aria-label": attachedName(text),
      "aria-haspopup": "dialog",
      onclick: () => openText(text),
    },
    icon("read"),
    h("span", { class: "one-line", dir: "auto" }, text.name || words.pastedText),
    h("span", { class: "muted numbers" }, linesOf(text)),
  );
}

function linesOf({ text }: AttachedText): string {
  return counted(lineCount(text), "line");
}

function openText(text: AttachedText): void {
  openSheet({
    title: text.name || words.pastedText,
    anchor: null,
    content: () =>
      h(
        "div",
        { class: "attached-sheet" },
        h(
          "p",
          { class: "own-facts" },
          h("span", { class: "muted numbers" }, linesOf(text)),
          CopyButton(() => text.text),
        ),
        h("pre", { class: "attached-text", dir: "auto", tabindex: 0 }, text.text),
      ),
  });
}
