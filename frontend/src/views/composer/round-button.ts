/** The composer's one button: it sends, or stops while a turn runs and nothing is typed. */
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { composer as words } from "../../text/en-session.ts";
import { settled } from "../permission/settled.ts";
import type { SessionContext } from "../session/session-context.ts";
import { stopTurn } from "./stop-button.ts";

interface RoundButtonOptions {
  readonly context: SessionContext;
  readonly hasText: ReadonlySignal<boolean>;
  readonly isBusy: ReadonlySignal<boolean>;
  readonly send: () => void;
}

/** A double tap on Send must not stop the turn that it started. */
const inertMs = 600;

/** Send or Stop; inert for a while after it changed from one to the other. */
export function RoundButton({ context, hasText, isBusy, send }: RoundButtonOptions): HTMLElement {
  const shape = computed(() => (isBusy.value && !hasText.value ? "stop" : "send"));
  const still = settled(inertMs);
  let lastShape = shape.peek();
  effect(() => {
    if (shape.value !== lastShape) still.disturb();
    lastShape = shape.value;
    return undefined;
  });
  const label = () => (shape.value === "stop" ? words.stop : words.send);
  const isDisabled = () => {
    if (!canDecide()) return true;
    return shape.value === "stop" ? context.session.stopping.value !== null : !hasText.value;
  };
  const press = () => {
    if (!still.isSettled.peek()) return;
    if (shape.peek() === "stop") void stopTurn(context);
    else send();
  };
  return h(
    "button",
    {
      type: "button",
      class: "round-button",
      "data-shape": () => shape.value,
      "aria-label": label,
      title: label,
      "aria-disabled": isDisabled,
      // The tap must not close the keyboard before it counts.
      onpointerdown: (event) => event.preventDefault(),
      onclick: press,
    },
    () => icon(shape.value === "stop" ? "stop" : "send"),
  );
}
