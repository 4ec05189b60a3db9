/** A row of a list to choose from: name, a muted line, and a tick on what holds now; or one that opens what it names. */
import { type Child, h } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";

interface Option {
  readonly name: string;
  readonly line: Child;
  readonly isCurrent: boolean;
  /** Why it cannot be chosen; null: it can. */
  readonly refusal: string | null;
  readonly choose: () => void;
}

/** One option. What cannot be chosen says why, and stays readable. */
export function OptionRow(option: Option): HTMLElement {
  const act = () => {
    if (option.refusal === null) option.choose();
  };
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: "option-row",
        "aria-disabled": option.refusal === null ? null : "true",
        "aria-current": option.isCurrent ? "true" : null,
        onclick: act,
      },
      h(
        "span",
        { class: "option-words" },
        h("span", { class: "option-name", dir: "auto" }, option.name),
        option.line === null ? null : h("span", { class: "option-line" }, option.line),
        option.refusal === null ? null : h("span", { class: "option-line" }, option.refusal),
      ),
      option.isCurrent ? icon("check") : null,
    ),
  );
}

interface OpeningOption {
  readonly name: () => string;
  readonly line: () => string;
  readonly open: () => void;
}

/** A row that follows what it names, and opens a sheet about it. */
export function OpeningRow({ name, line, open }: OpeningOption): HTMLElement {
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "option-row", "aria-haspopup": "dialog", onclick: open },
      h(
        "span",
        { class: "option-words" },
        h("span", { class: "option-name", dir: "auto" }, name),
        h("span", { class: "option-line" }, line),
      ),
      icon("forward"),
    ),
  );
}
