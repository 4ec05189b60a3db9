/** The pictures that go with a message: a tile each, with its name, its size, and taking it away. */
import { type Child, h } from "../../lib/dom.ts";
import { formatBytes } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { type Attachment, removeAttachment } from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import { dataAddress } from "./picture.ts";

const working = signal(0);

/** Counts a picture that is being made small, until `work` is over. */
export async function whileWorking(work: Promise<unknown>): Promise<void> {
  working.value += 1;
  await work.finally(() => {
    working.value -= 1;
  });
}

/** The row above the field; nothing without pictures. */
export function AttachmentTiles(attachments: ReadonlySignal<readonly Attachment[]>): Child {
  return (): Child =>
    attachments.value.length === 0 && working.value === 0
      ? null
      : h(
          "ul",
          { class: "attachment-tiles", "aria-label": words.tiles },
          attachments.value.map(Tile),
          working.value === 0 ? null : h("li", { class: "attachment-tile muted" }, words.working),
        );
}

function Tile({ id, name, bytes, image }: Attachment): HTMLElement {
  return h(
    "li",
    { class: "attachment-tile" },
    h("img", { src: dataAddress(image), alt: "" }),
    h(
      "span",
      { class: "attachment-words" },
      h("span", { class: "one-line", dir: "auto" }, name),
      h("span", { class: "muted numbers" }, formatBytes(bytes)),
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": words.remove(name),
        title: words.remove(name),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => removeAttachment(id),
      },
      icon("close"),
    ),
  );
}
