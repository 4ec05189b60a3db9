/** One of a few values, side by side: a group of radio buttons that look like what they are. */
import { h } from "../../lib/dom.ts";

export interface ChoiceOptions<T extends string> {
  readonly label: string;
  readonly values: readonly T[];
  readonly nameOf: (value: T) => string;
  readonly current: () => T;
  readonly choose: (value: T) => void;
}

let count = 0;

/** The group; a change applies at once. */
export function Choice<T extends string>(options: ChoiceOptions<T>): HTMLElement {
  count += 1;
  const group = `choice-${count}`;
  return h(
    "fieldset",
    { class: "choice" },
    h("legend", null, options.label),
    h(
      "div",
      { class: "choice-values" },
      options.values.map((value) =>
        h(
          "label",
          { class: "choice-value" },
          h("input", {
            type: "radio",
            name: group,
            value,
            checked: () => options.current() === value,
            onchange: () => options.choose(value),
          }),
          h("span", null, options.nameOf(value)),
        ),
      ),
    ),
  );
}
