/** The sheet that lists the keys. */
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { settings } from "../../state/settings.ts";
import { text } from "../../text/en.ts";

export function openKeysSheet(): void {
  openSheet({
    title: text.keys.title,
    anchor: null,
    content: () => [
      () =>
        settings.letterKeys.signal.value === "off" ? h("p", { class: "sheet-note" }, text.keys.off) : null,
      h(
        "dl",
        // Nothing in it can be reached, so that it must be reached itself to be scrolled.
        { class: "key-list", tabindex: 0, "aria-label": text.keys.title },
        text.keys.list.map(([keys, does]) => [h("dt", null, h("kbd", null, keys)), h("dd", null, does)]),
      ),
    ],
  });
}
