/** A chip in the header once the machine has a newer page than the one that is open. */
import { type Child, h } from "../../lib/dom.ts";
import { isPageUpdated } from "../../state/page-update.ts";
import { text } from "../../text/en.ts";

/** Nothing while the page is the machine's own; a tap reloads, and what is unsent is kept as at any reload. */
export function UpdateChip(): Child {
  return (): Child =>
    isPageUpdated.value
      ? h(
          "button",
          {
            type: "button",
            class: "chip update-chip",
            "aria-label": `${text.connection.updated} ${text.connection.reload}`,
            onclick: () => location.reload(),
          },
          h("span", { class: "update-chip-news" }, text.connection.updated),
          h("span", { class: "update-chip-act" }, text.connection.reload),
        )
      : null;
}
