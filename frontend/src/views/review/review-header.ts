/** Review's bar: ✕, the file's name over its folders, which of how many, and the list of all. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { back } from "../../state/navigation.ts";
import { review as words } from "../../text/en-review.ts";

interface HeaderOptions {
  /** Of the file that is shown; empty: none is. */
  readonly path: () => string;
  readonly position: () => string;
  readonly end: Child;
}

/** The header of a review. Its `h1` takes the focus when it opens. */
export function ReviewHeader(options: HeaderOptions): HTMLElement {
  const path = computed(options.path);
  const cut = () => path.value.lastIndexOf("/") + 1;
  return h(
    "header",
    { class: "header review-header" },
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": words.close, title: words.close, onclick: back },
      icon("close"),
    ),
    h(
      "div",
      { class: "header-title" },
      h("h1", { class: "one-line", tabindex: -1, dir: "auto" }, () => path.value.slice(cut()) || words.title),
      h("p", { class: "header-second one-line", dir: "auto" }, () =>
        path.value.slice(0, Math.max(0, cut() - 1)),
      ),
    ),
    h("span", { class: "review-position numbers muted" }, options.position),
    options.end,
  );
}

/** A sentence in place of a file, and what can be done about it. */
export function ReviewNote(sentence: string, label: string, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "review-note" },
    h("p", null, sentence),
    h("button", { type: "button", class: "button", onclick: act }, label),
  );
}
