/** Names and values, one pair a line. */
import { type Child, h } from "../../lib/dom.ts";

export type Fact = readonly [name: string, value: Child];

/** A definition list. */
export function FactList(facts: readonly Fact[]): HTMLElement {
  return h(
    "dl",
    { class: "fact-list" },
    facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", { dir: "auto" }, value))),
  );
}
