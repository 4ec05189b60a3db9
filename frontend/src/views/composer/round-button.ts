/** The composer's one button: it sends, or stops while a turn runs and nothing is typed; beside it the other ways to send. */
import { type Child, h, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { delivery, composer as words } from "../../text/en-composer.ts";
import { settled } from "../permission/settled.ts";
import type { SessionContext } from "../session/session-context.ts";
import { onSendHold } from "./send-hold.ts";
import { stopTurn } from "./stop-button.ts";

interface RoundButtonOptions {
  readonly context: SessionContext;
  readonly hasText: ReadonlySignal<boolean>;
  readonly isBusy: ReadonlySignal<boolean>;
  /** What is in the field changes a queued message. */
  readonly isEditing: ReadonlySignal<boolean>;
  /** There is more than one way to send. */
  readonly isChoice: ReadonlySignal<boolean>;
  readonly send: () => void;
  /** Offers those ways, beside what was touched. */
  readonly choose: (anchor: HTMLElement) => void;
}

/** A double tap on Send must not stop the turn that it started. */
const inertMs = 600;

/** Send or Stop; inert for a while after it changed from one to the other. */
export function RoundButton(options: RoundButtonOptions): HTMLElement {
  const { context, hasText, isBusy, isEditing, isChoice, send, choose } = options;
  const shape = computed(() => (isBusy.value && !hasText.value ? "stop" : "send"));
  const still = settled(inertMs);
  let lastShape = shape.peek();
  effect(() => {
    if (shape.value !== lastShape) still.disturb();
    lastShape = shape.value;
    return undefined;
  });
  const label = () => {
    if (shape.value === "stop") return words.stop;
    return isEditing.value ? words.change : words.send;
  };
  const glyph = () => {
    if (shape.value === "stop") return "stop";
    return isEditing.value ? "check" : "send";
  };
  const isDisabled = () => {
    if (!canDecide()) return true;
    return shape.value === "stop" ? context.session.stopping.value !== null : !hasText.value;
  };
  const press = () => {
    if (!still.isSettled.peek()) return;
    if (shape.peek() === "stop") void stopTurn(context);
    else send();
  };
  const button = h(
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
    () => icon(glyph()),
  );
  onSendHold(button, {
    isOffered: () => isChoice.peek(),
    open: () => choose(button),
  });
  return button;
}

/** The same choice as holding Send, for whoever does not hold. */
export function SendCaret({ isChoice, choose }: Pick<RoundButtonOptions, "isChoice" | "choose">): Child {
  return when(
    () => isChoice.value,
    () => {
      const caret = h(
        "button",
        {
          type: "button",
          class: "icon-button send-caret",
          "aria-label": delivery.caret,
          "aria-haspopup": "dialog",
          title: delivery.caret,
          // The tap must not close the keyboard before it counts.
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => choose(caret),
        },
        icon("down"),
      );
      return caret;
    },
  );
}
