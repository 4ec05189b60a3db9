/** What a person said: a raised block, folded after eight lines; a tap shows its time and what can be done with it. */
import type { ContentBlock } from "../../api/types.ts";
import { h, when } from "../../lib/dom.ts";
import { formatExact } from "../../lib/format.ts";
import { onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { ownBlock, session as words } from "../../text/en-session.ts";
import type { SessionContext } from "../session/session-context.ts";
import { type Action, openActions } from "../session-sheets/action-sheet.ts";
import { forkFrom } from "../session-sheets/session-menu.ts";
import { CopyButton } from "./copy-button.ts";
import { article, clockOf, type EntryOf, type EntryView } from "./entry-view.ts";

export const UserEntry: EntryView<"user"> = (entry, context) => {
  const block = UserText(() => textOfContent(entry.value.content));
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
    h(
      "button",
      { type: "button", class: "visually-hidden user-more", "aria-haspopup": "dialog", onclick: open },
      words.more,
    ),
  );
};

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
      run: () => context.writeAgain(textOfContent(content)),
    },
    ...(isOver
      ? [{ name: ownBlock.fork, line: ownBlock.forkLine, run: () => void forkFrom(session.id, turnId) }]
      : []),
  ];
}

/** The block alone; also for what is not yet on the machine. */
export function UserText(text: () => string): HTMLElement {
  const isFolded = signal(true);
  const overflows = signal(false);
  const body = h("div", { class: "user-text", dir: "auto", "data-folded": () => isFolded.value }, text);
  followOverflow(body, isFolded, (value) => {
    overflows.value = value;
  });
  return h(
    "div",
    { class: "user-block" },
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

/** The words of a prompt; links by their names. */
export function textOfContent(content: readonly ContentBlock[]): string {
  return content.map((block) => (block.type === "text" ? block.text : block.name)).join("\n");
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
