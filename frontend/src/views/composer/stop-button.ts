/** The one Stop of a session, what its line says of it, and what can be done when it takes long. */
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { announceNow } from "../../lib/live-region.ts";
import { computed } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import type { StopRequest, StopWay } from "../../state/session/turn-stop.ts";
import { text } from "../../text/en.ts";
import { working as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";

/** So long a stop may take before somebody waits for it. */
const patienceMs = 5000;

/** Asks the turn to stop, once. */
export async function stopTurn(context: SessionContext): Promise<void> {
  if (context.session.stopping.peek() === null) await ask(context, "stop");
}

async function ask(context: SessionContext, how: StopWay): Promise<void> {
  const failure = await context.session.stop(how);
  if (failure === null) return;
  announceNow(words.notStopped);
  context.say(text.failure(failure, machineName()));
}

/** What a line offers: Stop while `isOffered`, and the way out of a stop that takes long. */
export function StopButtons(context: SessionContext, isOffered: () => boolean): Child {
  const { stopping } = context.session;
  const need = computed(() => (stopping.value === null ? null : needOf(stopping.value)));
  return (): Child => {
    switch (need.value) {
      case "kill":
        return lineButton(words.kill, () => void ask(context, "kill"));
      case "again":
        return lineButton(words.again, () => void ask(context, stopping.peek()?.how ?? "stop"));
      case null:
        return isOffered() ? StopButton(context) : null;
    }
  };
}

function StopButton(context: SessionContext): HTMLElement {
  const isAsked = () => context.session.stopping.value !== null;
  return lineButton(words.stop, () => void stopTurn(context), isAsked);
}

/** Where a stop stands: on its way, at work, or in need of somebody. `thing`: what is stopped. */
export function stopLine(request: StopRequest, thing: string): string {
  switch (needOf(request)) {
    case "again":
      return words.unheard(machineName());
    case "kill":
      return words.still(thing);
    case null:
      return request.how === "kill" ? words.killing(thing) : words.stopping;
  }
}

/** A stop was asked for, and the machine has not said that it knows of it. */
export function isStopUnheard(request: StopRequest | null): boolean {
  return request !== null && needOf(request) === "again";
}

/** What did not reach the machine is sent again; what it has heard and does not do, is ended without waiting. */
function needOf({ phase, at }: StopRequest): "again" | "kill" | null {
  if (phase === "unreached") return "again";
  if (seconds.value - at < patienceMs) return null;
  return phase === "heard" ? "kill" : "again";
}

function lineButton(label: string, press: () => void, isDisabled: () => boolean = () => false): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "stop-button",
      "aria-disabled": isDisabled,
      // The tap must not close the keyboard before it counts.
      onpointerdown: (event) => event.preventDefault(),
      onclick: press,
    },
    label === words.again ? null : icon("stop"),
    label,
  );
}
