/** A plan as Markdown over the whole screen: with the keyboard open a card has no room to write in. */
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { asking as words } from "../../text/en-permission.ts";

/** Opens the editor with the cursor in the text. `change` is told of every keystroke: closing it in any way loses nothing. */
export function openPlanEditor(text: string, change: (text: string) => void): void {
  openSheet({
    title: words.planField,
    anchor: null,
    content: (close) => [
      PlanField(text, change),
      h(
        "div",
        { class: "plan-editor-end" },
        h(
          "button",
          {
            type: "button",
            class: "button button-primary",
            // The tap must not close the keyboard before it counts.
            onpointerdown: (event) => event.preventDefault(),
            onclick: close,
          },
          words.showPlan,
        ),
      ),
    ],
  });
}

function PlanField(text: string, change: (text: string) => void): HTMLElement {
  const field = h("textarea", {
    class: "plan-field",
    dir: "auto",
    autofocus: true,
    "aria-label": words.planField,
    value: text,
    oninput: () => change(field.value),
  });
  return field;
}
