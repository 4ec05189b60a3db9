/** A block of code in a text: its language, *Copy*, folded when it is long, coloured when it is complete. */
import { h } from "../../../lib/dom.ts";
import { highlight, runNodes } from "../../../lib/markdown/highlight.ts";
import type { CodeBlockSource } from "../../../lib/markdown/markdown.ts";
import { onCleanup, signal } from "../../../lib/signal.ts";
import { session as words } from "../../../text/en-session.ts";
import { CopyButton } from "./copy-button.ts";

/** From so many lines on, a block is folded to the first few. */
const foldFrom = 24;
const foldedLines = 16;

/** Draws the block once; colour comes when its grammar is there. */
export function CodeBlock(source: CodeBlockSource): HTMLElement {
  const lines = source.code.split("\n");
  const isLong = source.isComplete && lines.length >= foldFrom;
  const isFolded = signal(isLong);
  const code = h("code", null, source.code);
  const hiddenLines = lines.length - foldedLines;
  if (source.isComplete) colour(code, source);
  const pre = h("pre", { tabindex: 0, role: "group", "aria-label": source.language || null }, code);
  return h(
    "div",
    { class: "code-block", "data-folded": () => isFolded.value },
    h(
      "div",
      { class: "code-head" },
      h("span", { class: "one-line" }, source.language),
      CopyButton(() => source.code),
    ),
    pre,
    isLong
      ? h(
          "button",
          {
            type: "button",
            class: "fold-button",
            "aria-expanded": () => !isFolded.value,
            onclick: () => {
              isFolded.value = !isFolded.value;
            },
          },
          () => (isFolded.value ? words.moreLines(hiddenLines) : words.showLess),
        )
      : null,
  );
}

function colour(code: HTMLElement, source: CodeBlockSource): void {
  let isWanted = true;
  onCleanup(() => {
    isWanted = false;
  });
  void highlight(source.code, source.language).then((runs) => {
    if (runs !== null && isWanted) code.replaceChildren(...runNodes(runs));
  });
}
