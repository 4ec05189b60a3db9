/** A sheet of things to do: it closes, and then the chosen one is done. */
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { OptionRow } from "../option-row.ts";

interface ActionWords {
  readonly name: string;
  readonly line?: string;
  /** It destroys. */
  readonly tone?: "danger";
}

/** What can be done: something of the page's, or a file that the browser fetches. */
export type Action = ActionWords & ({ readonly run: () => void } | { readonly href: string });

export interface ActionSheetOptions {
  readonly title: string;
  /** What readers call it; absent: its title. */
  readonly label?: string;
  /** What stands above the actions. */
  readonly note?: Child;
  readonly actions: readonly Action[];
  /** Rows before the others; `then` closes the sheet and does what it is given. */
  readonly first?: (then: (act: () => void) => void) => Child;
  /** As in `openSheet`. */
  readonly anchor?: HTMLElement | null;
}

/** Opens the sheet. */
export function openActions(options: ActionSheetOptions): void {
  let next: (() => void) | null = null;
  openSheet({
    title: options.title,
    label: options.label,
    ...(options.anchor === undefined ? {} : { anchor: options.anchor }),
    onClose: () => {
      // Once this sheet's own step in the history is undone: the next one adds another.
      if (next !== null) queueMicrotask(next);
    },
    content: (close) => {
      const then = (act: () => void) => {
        next = act;
        close();
      };
      return [
        options.note === undefined ? null : h("p", { class: "sheet-note" }, options.note),
        h(
          "ul",
          { class: "option-list action-list" },
          options.first?.(then),
          options.actions.map((action) => ActionRow(action, then)),
        ),
      ];
    },
  });
}

function ActionRow(action: Action, then: (act: () => void) => void): HTMLElement {
  const row = "href" in action ? FileRow(action, then) : DoRow(action, then);
  if (action.tone !== undefined) row.dataset.tone = action.tone;
  return row;
}

function DoRow(action: ActionWords & { readonly run: () => void }, then: (act: () => void) => void) {
  return OptionRow({
    name: action.name,
    line: action.line ?? null,
    isCurrent: false,
    refusal: null,
    choose: () => then(action.run),
  });
}

/** A link, so that the browser saves it wherever a person keeps such things. */
function FileRow(action: ActionWords & { readonly href: string }, then: (act: () => void) => void) {
  return h(
    "li",
    null,
    h(
      "a",
      {
        class: "option-row",
        href: action.href,
        download: true,
        // The browser takes the click first.
        onclick: () => setTimeout(() => then(() => undefined)),
      },
      h("span", { class: "option-words" }, h("span", { class: "option-name" }, action.name)),
    ),
  );
}
