/** One of a few values, side by side: a group of radio buttons that look like what they are. */
import { h } from "../../lib/dom.ts";

export interface ChoiceOptions<T extends string> {
  readonly label: string;
  readonly values: readonly T[];
  readonly nameOf: (value: T) => string;
  readonly current: () => T;
  /** What it promises is waited for: refused, the group goes back to what holds. */
  readonly choose: (value: T) => void | Promise<void>;
}

let count = 0;

/** The group; a change applies at once. */
export function Choice<T extends string>(options: ChoiceOptions<T>): HTMLElement {
  count += 1;
  const group = `choice-${count}`;
  const inputs = options.values.map((value) =>
    h("input", {
      type: "radio",
      name: group,
      value,
      checked: () => options.current() === value,
      onchange: () => void choose(value),
    }),
  );
  let last = 0;
  const choose = async (value: T) => {
    last += 1;
    const own = last;
    const done = options.choose(value);
    if (done !== undefined) await done;
    // The browser has checked what was pressed, and no signal tells of a refusal. Only the last press decides.
    if (own === last) for (const input of inputs) input.checked = input.value === options.current();
  };
  return h(
    "fieldset",
    { class: "choice" },
    h("legend", null, options.label),
    h(
      "div",
      { class: "choice-values" },
      options.values.map((value, index) =>
        h("label", { class: "choice-value" }, inputs[index], h("span", null, options.nameOf(value))),
      ),
    ),
  );
}
