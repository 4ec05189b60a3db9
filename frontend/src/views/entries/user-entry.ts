/** What a person said: a raised block, folded after eight lines; a tap shows its time and what can be done with it. */
import type { ContentBlock } from "../../api/types.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { formatExact } from "../../lib/format.ts";
import { computed, onCleanup, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import type { ImageBlock } from "../../state/outbox/attachments.ts";
import { ownBlock, session as words } from "../../text/en-session.ts";
import { type PictureSource, Pictures, picturesOf } from "../attachments/picture.ts";
import type { SessionContext } from "../session/session-context.ts";
import { type Action, openActions } from "../session-sheets/action-sheet.ts";
import { forkFrom } from "../session-sheets/session-menu.ts";
import { CopyButton } from "./copy-button.ts";
import { article, clockOf, type EntryOf, type EntryView } from "./entry-view.ts";

export const UserEntry: EntryView<"user"> = (entry, context) => {
  const block = UserText(
    () => textOfContent(entry.value.content),
    () => picturesOf(entry.value.content, elidedOf(entry.value, context)),
  );
  const open = () => openBlock(entry.peek(), context, block);
  block.addEventListener("click", (event) => {
    const isButton = event.target instanceof Element && event.target.closest("button") !== null;
    // Selecting text is no tap.
    if (!isButton && document.getSelection()?.isCollapsed !== false) open();
  });
  return article(
    "entry-user",
    () => `${words.you}, ${clockOf(entry.value.at)}`,
    block,
    (): Child => Told(entry.value.told),
    h(
      "button",
      { type: "button", class: "visually-hidden user-more", "aria-haspopup": "dialog", onclick: open },
      words.more,
    ),
  );
};

/** What the model was told beside the words: what was mentioned, and what a command stands for. */
function Told(sources: EntryOf<"user">["told"]): Child {
  if (sources === undefined) return null;
  const names = sources.map((source) => (source.type === "file" ? source.path : `/${source.name}`));
  return h("p", { class: "user-told", dir: "auto" }, words.told(names));
}

/** The time, and what can be done with it. */
function openBlock(entry: EntryOf<"user">, context: SessionContext, anchor: HTMLElement): void {
  openActions({
    title: ownBlock.title,
    note: h(
      "span",
      { class: "own-facts" },
      h("time", { datetime: entry.at }, formatExact(new Date(entry.at))),
      CopyButton(() => textOfContent(entry.content)),
    ),
    anchor,
    actions: canDecide() ? furtherActions(entry, context) : [],
  });
}

function furtherActions(entry: EntryOf<"user">, context: SessionContext): readonly Action[] {
  const { turnId, content } = entry;
  const { session } = context;
  // What still runs has no end to be copied through.
  const isOver = turnId !== null && turnId !== session.transcript.peek().turnId;
  return [
    {
      name: ownBlock.again,
      line: ownBlock.againLine,
      run: () => context.writeAgain(textOfContent(content), imagesOf(content)),
    },
    ...(isOver
      ? [{ name: ownBlock.fork, line: ownBlock.forkLine, run: () => void forkFrom(session.id, turnId) }]
      : []),
  ];
}

/** The block alone; also for what is not yet on the machine. */
export function UserText(
  text: () => string,
  pictures: () => readonly PictureSource[] = () => [],
): HTMLElement {
  const isFolded = signal(true);
  const overflows = signal(false);
  // A text that grows draws no picture anew.
  const sources = computed(pictures);
  const body = h("div", { class: "user-text", dir: "auto", "data-folded": () => isFolded.value }, text);
  followOverflow(body, isFolded, (value) => {
    overflows.value = value;
  });
  return h(
    "div",
    { class: "user-block" },
    (): Child => {
      const shown = sources.value;
      return untracked(() => Pictures(shown));
    },
    body,
    when(
      () => overflows.value,
      () =>
        h(
          "button",
          {
            type: "button",
            class: "link-button",
            "aria-expanded": () => !isFolded.value,
            onclick: () => {
              isFolded.value = !isFolded.value;
            },
          },
          () => (isFolded.value ? words.showAll : words.showLess),
        ),
    ),
  );
}

/** The words of a prompt; links by their names, pictures not at all. */
export function textOfContent(content: readonly ContentBlock[]): string {
  return content
    .flatMap((block) => {
      if (block.type === "text") return [block.text];
      return block.type === "resource_link" ? [block.name] : [];
    })
    .join("\n");
}

/** The pictures of a prompt that are here. */
export function imagesOf(content: readonly ContentBlock[]): readonly ImageBlock[] {
  return content.filter(isImage).filter(({ data }) => data !== "");
}

function isImage(block: ContentBlock): block is ImageBlock {
  return block.type === "image";
}

/** A prompt in a few words: what it says, else how many pictures it is, else `otherwise`. */
export function promptName(content: readonly ContentBlock[], otherwise: string): string {
  const pictures = content.filter(isImage).length;
  return textOfContent(content) || (pictures === 0 ? otherwise : words.pictures(pictures));
}

function elidedOf({ elided }: EntryOf<"user">, { session }: SessionContext) {
  if (elided === undefined) return null;
  return { sessionId: session.id, seqs: new Map(elided.map(({ index, seq }) => [index, seq])) };
}

function followOverflow(
  body: HTMLElement,
  isFolded: ReadonlySignal<boolean>,
  report: (overflows: boolean) => void,
): void {
  const sizes = new ResizeObserver(() => {
    if (isFolded.peek()) report(body.scrollHeight > body.clientHeight + 1);
  });
  sizes.observe(body);
  onCleanup(() => sizes.disconnect());
}
