/** A field that is searched with, and the button in it that empties it again. */
import { type Child, h } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";
import type { ReadonlySignal } from "../lib/signal.ts";
import { text } from "../text/en.ts";

/** Puts the button into the field while `isFilled`. The keyboard stays as it is. */
export function Clearable(
  field: HTMLInputElement,
  isFilled: ReadonlySignal<boolean>,
  clear: () => void,
): HTMLElement {
  const empty = () => {
    clear();
    field.focus();
  };
  return h(
    "div",
    { class: "clearable" },
    field,
    (): Child =>
      isFilled.value
        ? h(
            "button",
            {
              type: "button",
              class: "icon-button clear-button",
              "aria-label": text.emptyField,
              title: text.emptyField,
              onpointerdown: (event) => event.preventDefault(),
              onclick: empty,
            },
            icon("close"),
          )
        : null,
  );
}
