/** Letting the agent act alone: its bounds in words, an end, and a button that must be held. */
import { minutes } from "../lib/clock.ts";
import { h } from "../lib/dom.ts";
import { formatClock } from "../lib/format.ts";
import { hold } from "../lib/hold.ts";
import { signal } from "../lib/signal.ts";
import { type AutoSpan, autoSpans, endOfSpan } from "../state/session/auto-mode.ts";
import { vibrate } from "../state/settings.ts";
import { auto as words } from "../text/en-access.ts";
import { Choice } from "./settings/choice.ts";

const holdMs = 900;
const confirmMs = 5000;

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
    HoldButton(() => choose(span.peek())),
  );
}

function HoldButton(done: () => void): HTMLElement {
  const element = h("button", { type: "button", class: "button button-caution permission-hold" });
  const held = hold(element, {
    durationMs: holdMs,
    confirmMs,
    isBlocked: () => false,
    onBegin: () => vibrate(10),
    onComplete: () => {
      vibrate([20, 40, 20]);
      done();
    },
  });
  element.append(
    h("span", { class: "hold-fill", "aria-hidden": "true", "data-phase": () => held.phase.value }),
    h("span", { class: "hold-label", "aria-live": "off" }, () =>
      held.phase.value === "confirming" ? words.confirm : words.hold,
    ),
  );
  return element;
}
