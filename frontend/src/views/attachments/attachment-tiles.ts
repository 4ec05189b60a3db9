/** What goes with a message: a tile each, with its name, its size, and taking it away; a text can be opened. */
import { type Child, h } from "../../lib/dom.ts";
import { formatBytes } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { type Attachment, removeAttachment, type TextAttachment } from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import { dataAddress } from "./picture.ts";
import { factsOf, shownName } from "./text-facts.ts";

const working = signal(0);

/** Counts a picture that is being made small, until `work` is over. */
export async function whileWorking(work: Promise<unknown>): Promise<void> {
  working.value += 1;
  await work.finally(() => {
    working.value -= 1;
  });
}

interface TilesOptions {
  readonly attachments: ReadonlySignal<readonly Attachment[]>;
  /** Takes a text that is to stand among the words after all. */
  readonly intoField: (text: string) => void;
  /** The part cannot be fetched now. */
  readonly onLost: () => void;
}

/** The row above the field; nothing without any. */
export function AttachmentTiles(options: TilesOptions): Child {
  const { attachments } = options;
  return (): Child =>
    attachments.value.length === 0 && working.value === 0
      ? null
      : h(
          "ul",
          { class: "attachment-tiles", "aria-label": words.tiles },
          attachments.value.map((attachment) =>
            h(
              "li",
              { class: "attachment-tile" },
              "image" in attachment ? PictureFace(attachment) : TextFace(attachment, options),
              RemoveButton(attachment),
            ),
          ),
          working.value === 0 ? null : h("li", { class: "attachment-tile muted" }, words.working),
        );
}

function PictureFace(attachment: Extract<Attachment, { image: unknown }>): Child {
  const { bytes, image } = attachment;
  return [h("img", { src: dataAddress(image), alt: "" }), Words(shownName(attachment), formatBytes(bytes))];
}

function TextFace(attachment: TextAttachment, { intoField, onLost }: TilesOptions): HTMLElement {
  const { id } = attachment;
  const name = shownName(attachment);
  const facts = factsOf(attachment);
  const open = async () => {
    const part = await import("./text-sheet.ts").catch(() => null);
    if (part === null) onLost();
    else part.openTextSheet({ id, anchor: button, intoField });
  };
  const button = h(
    "button",
    {
      type: "button",
      class: "attachment-text",
      "aria-label": words.openText(name, facts),
      "aria-haspopup": "dialog",
      onclick: () => void open(),
    },
    icon("read"),
    Words(name, facts),
  );
  return button;
}

function Words(name: string, facts: string): HTMLElement {
  return h(
    "span",
    { class: "attachment-words" },
    h("span", { class: "one-line", dir: "auto" }, name),
    h("span", { class: "muted numbers" }, facts),
  );
}

function RemoveButton(attachment: Attachment): HTMLElement {
  const { id } = attachment;
  const name = shownName(attachment);
  return h(
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
  );
}
