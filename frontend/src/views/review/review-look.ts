/** How diffs look on this device: wrapped or not, and how large. Kept in this browser. */

import { readStored, writeStored } from "../../lib/browser/storage.ts";
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { signal } from "../../lib/signal.ts";
import { review as words } from "../../text/en-review.ts";

const sizes = { smallest: 11, usual: 13, largest: 16 } as const;
const pixelsPerRem = 16;

const isWrapped = signal(readStored("reviewWrap") !== "off");
const size = signal(readSize());

/** What a review's element carries of it. */
export function reviewLook() {
  return {
    "data-wrap": () => isWrapped.value,
    style: { "--diff-size": () => `${size.value / pixelsPerRem}rem` },
  };
}

/** The two choices as rows of a sheet. */
export function LookRows(): readonly HTMLElement[] {
  return [
    h(
      "button",
      {
        type: "button",
        class: "option-row",
        role: "switch",
        "aria-checked": () => isWrapped.value,
        onclick: () => {
          isWrapped.value = !isWrapped.value;
          writeStored("reviewWrap", isWrapped.peek() ? null : "off");
        },
      },
      h("span", { class: "option-words" }, h("span", { class: "option-name" }, words.wrap)),
      () => (isWrapped.value ? icon("check") : null),
    ),
    h(
      "div",
      { class: "option-row look-size", role: "group", "aria-label": words.textSize },
      h("span", { class: "option-words" }, h("span", { class: "option-name" }, words.textSize)),
      SizeButton(-1),
      h("span", { class: "numbers" }, () => String(size.value)),
      SizeButton(1),
    ),
  ];
}

function SizeButton(by: 1 | -1): HTMLElement {
  const isEnd = () => size.value === (by === 1 ? sizes.largest : sizes.smallest);
  const label = by === 1 ? words.larger : words.smaller;
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": label,
      title: label,
      "aria-disabled": isEnd,
      onclick: () => {
        if (isEnd()) return;
        size.value += by;
        writeStored("reviewSize", size.peek() === sizes.usual ? null : String(size.peek()));
      },
    },
    icon(by === 1 ? "plus" : "dash"),
  );
}

function readSize(): number {
  const stored = Number(readStored("reviewSize") ?? sizes.usual);
  return stored >= sizes.smallest && stored <= sizes.largest ? Math.round(stored) : sizes.usual;
}
