/** What a person said: a raised block, folded after eight lines; a tap shows its time and what can be done with it. */
import type { ContentBlock } from "../../api/types.ts";
import { h, when } from "../../lib/dom.ts";
import { formatExact } from "../../lib/format.ts";
import { onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { receipt, session as words } from "../../text/en-session.ts";
import { CopyButton } from "./copy-button.ts";
import { article, clockOf, type EntryView } from "./entry-view.ts";

export const UserEntry: EntryView<"user"> = (entry, context) => {
  const text = () => textOfContent(entry.value.content);
  const isShown = signal(false);
  const toggle = () => {
    // Selecting text is no tap.
    if (document.getSelection()?.isCollapsed !== false) isShown.value = !isShown.value;
  };
  const block = UserText(text);
  block.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("button") !== null)) toggle();
  });
  return article(
    "entry-user",
    () => `${words.you}, ${clockOf(entry.value.at)}`,
    block,
    h(
      "button",
      {
        type: "button",
        class: "visually-hidden user-more",
        "aria-expanded": () => isShown.value,
        onclick: toggle,
      },
      words.more,
    ),
    when(
      () => isShown.value,
      () =>
        h(
          "div",
          { class: "user-facts" },
          h("time", { datetime: entry.peek().at }, formatExact(new Date(entry.peek().at))),
          CopyButton(text),
          h(
            "button",
            { type: "button", class: "link-button", onclick: () => context.fill(text()) },
            receipt.toField,
          ),
        ),
    ),
  );
};

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
