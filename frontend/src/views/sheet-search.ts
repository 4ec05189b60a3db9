/** The search in a sheet's list: the field, and what stands there when nothing matches. */
import { type Child, h } from "../lib/dom.ts";
import { computed, type Signal } from "../lib/signal.ts";
import { text } from "../text/en.ts";
import { Clearable } from "./clearable.ts";

/** A search field appears from this many rows on. */
export const searchFrom = 8;

/** The field; it writes what is typed into `words`, and is emptied with them. */
export function SheetSearch(label: string, words: Signal<string>): HTMLElement {
  const field = h("input", {
    class: "field",
    type: "search",
    "aria-label": label,
    placeholder: label,
    enterkeyhint: "search",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: false,
    value: () => words.value,
    oninput: () => {
      words.value = field.value;
    },
  });
  const isFilled = computed(() => words.value !== "");
  const clear = () => {
    words.value = "";
  };
  return h("div", { class: "sheet-search" }, Clearable(field, isFilled, clear));
}

/** What was looked for in vain, and the way back to the whole list. */
export function NoMatch(words: Signal<string>): Child {
  const clear = (event: Event) => {
    const sheet = event.target instanceof Element ? event.target.closest("dialog") : null;
    words.value = "";
    sheet?.querySelector<HTMLElement>('input[type="search"]')?.focus();
  };
  return h(
    "div",
    { class: "no-match" },
    h("p", null, text.noMatch(words.peek().trim())),
    h("button", { type: "button", class: "button", onclick: clear }, text.clear),
  );
}
