/** The 52 px bar of a screen: back or mark, title with a second line, at most two buttons at the right. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { back } from "../../state/navigation.ts";
import { text } from "../../text/en.ts";
import { ConnectionDot } from "./connection-dot.ts";
import { UpdateChip } from "./update-chip.ts";

export interface HeaderOptions {
  readonly title: () => string;
  /** 12/16 beneath the title, such as `project · branch`; absent: none. */
  readonly second?: () => Child;
  /** `back` is a button; a node stands in its place; absent: nothing. */
  readonly start?: "back" | Node;
  /** A tap on the title; absent: it is only a title. */
  readonly onTitle?: (title: HTMLElement) => void;
  readonly end?: readonly Child[];
}

/** The header of a screen. Its `h1` takes the focus when the screen opens (`focusTitle`). */
export function Header(options: HeaderOptions): HTMLElement {
  return h(
    "div",
    { class: "header" },
    options.start === "back" ? BackButton() : options.start,
    h(
      "div",
      { class: "header-title" },
      Title(options),
      options.second && h("p", { class: "header-second one-line" }, options.second),
    ),
    ConnectionDot(),
    UpdateChip(),
    options.end,
  );
}

/** Puts the focus on a screen's heading, so that a reader says where one is and no keyboard pops up. */
export function focusTitle(screen: HTMLElement): void {
  screen.querySelector<HTMLElement>(".header h1")?.focus({ preventScroll: true });
}

function Title({ title, onTitle }: HeaderOptions): HTMLElement {
  const heading = h("h1", { class: "one-line", tabindex: -1, dir: "auto" });
  if (onTitle === undefined) heading.append(h("span", null, title));
  else
    heading.append(
      h(
        "button",
        { type: "button", class: "header-title-button one-line", onclick: () => onTitle(heading) },
        title,
      ),
    );
  return heading;
}

function BackButton(): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button header-back",
      "aria-label": text.back,
      title: text.back,
      onclick: back,
    },
    icon("back"),
  );
}
