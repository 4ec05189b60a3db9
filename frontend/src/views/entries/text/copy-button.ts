/** A button that copies, and says for a moment that it did. */
import { copyText } from "../../../lib/browser/copy.ts";
import { h } from "../../../lib/dom.ts";
import { icon } from "../../../lib/icons.ts";
import { onCleanup, signal } from "../../../lib/signal.ts";
import { session as words } from "../../../text/en-session.ts";

const shownMs = 1500;

/** Copies what `text` returns at the time of the tap. */
export function CopyButton(text: () => string, label: string = words.copy): HTMLButtonElement {
  const state = signal<"idle" | "copied" | "refused">("idle");
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    state.value = (await copyText(text())) ? "copied" : "refused";
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.value = "idle";
    }, shownMs);
  };
  const said = () => {
    if (state.value === "idle") return label;
    return state.value === "copied" ? words.copied : words.notCopied;
  };
  return h(
    "button",
    { type: "button", class: "copy-button", onclick: () => void copy() },
    () => icon(state.value === "copied" ? "check" : "copy"),
    h("span", null, said),
  );
}
