/** Letting the agent act alone: its bounds in words, an end, and a button that must be held. */
import { minutes } from "../lib/clock.ts";
import { h } from "../lib/dom.ts";
import { formatClock } from "../lib/format.ts";
import { signal } from "../lib/signal.ts";
import { type AutoSpan, autoSpans, endOfSpan } from "../state/session/auto-mode.ts";
import { auto as words } from "../text/en-access.ts";
import { HoldButton } from "./hold-button.ts";
import { Choice } from "./settings/choice.ts";

/** What stands in the mode sheet once *Auto* was tapped. `choose` is called after the hold, or the second press. */
export function AutoChoice(choose: (span: AutoSpan) => void): HTMLElement {
  const span = signal<AutoSpan>("minutes_20");
  return h(
    "div",
    { class: "auto-choice" },
    h("h3", { class: "caution" }, words.title),
    h("p", null, words.bounds),
    Choice({
      label: words.ends,
      values: autoSpans,
      nameOf: (value) => words.spans[value],
      current: () => span.value,
      choose: (value) => {
        span.value = value;
      },
    }),
    h("p", { class: "muted" }, () =>
      words.endsAt(formatClock(endOfSpan(span.value, new Date(minutes.value)))),
    ),
    HoldButton({
      look: "button-caution",
      label: words.hold,
      confirm: words.confirm,
      isReady: () => true,
      act: () => choose(span.peek()),
    }),
  );
}
