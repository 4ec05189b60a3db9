/** A command or an address to copy: the text itself, and the button. */

import { copyText } from "../lib/browser/copy.ts";
import { h } from "../lib/dom.ts";
import { signal } from "../lib/signal.ts";
import { text } from "../text/en.ts";

/** Mono text that wraps, with *Copy* beside it; what became of the copying is said on the button. */
export function CopyLine(content: string): HTMLElement {
  const state = signal<"idle" | "copied" | "failed">("idle");
  const copy = async () => {
    state.value = (await copyText(content)) ? "copied" : "failed";
    setTimeout(() => {
      state.value = "idle";
    }, 2000);
  };
  const words = { idle: text.copy, copied: text.copied, failed: text.notCopied };
  return h(
    "div",
    { class: "copy-line" },
    h("code", null, content),
    h(
      "button",
      { type: "button", class: "button", onclick: () => void copy() },
      h("span", { "aria-live": "polite" }, () => words[state.value]),
    ),
  );
}
