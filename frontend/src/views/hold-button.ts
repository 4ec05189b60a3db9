/** A button for what cannot be taken back: held, or, without a pointer, pressed twice. */
import { h } from "../lib/dom.ts";
import { hold } from "../lib/hold.ts";
import { vibrate } from "../state/settings.ts";

const holdMs = 900;
const confirmMs = 5000;

interface HoldButtonOptions {
  /** What it looks like: a class of `button-*`. */
  readonly look: "button-danger" | "button-caution";
  /** What stands on it, and what while it waits for the second press. */
  readonly label: string;
  readonly confirm: string;
  /** False: nothing counts, and it says so. */
  readonly isReady: () => boolean;
  readonly act: () => void;
}

export function HoldButton({ look, label, confirm, isReady, act }: HoldButtonOptions): HTMLElement {
  const element = h("button", {
    type: "button",
    class: `button ${look} hold-button`,
    "aria-disabled": () => !isReady(),
  });
  const held = hold(element, {
    durationMs: holdMs,
    confirmMs,
    isBlocked: () => !isReady(),
    onBegin: () => vibrate(10),
    onComplete: () => {
      vibrate([20, 40, 20]);
      act();
    },
  });
  element.append(
    h("span", { class: "hold-fill", "aria-hidden": "true", "data-phase": () => held.phase.value }),
    h("span", { class: "hold-label", "aria-live": "off" }, () =>
      held.phase.value === "confirming" ? confirm : label,
    ),
  );
  return element;
}
