/** The one Stop of a session. */
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { announceNow } from "../../lib/live-region.ts";
import { machineName } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { working as words } from "../../text/en-composer.ts";
import type { SessionContext } from "../session/session-context.ts";

/** Asks the turn to stop, once. */
export async function stopTurn(context: SessionContext): Promise<void> {
  if (context.session.stopping.peek() !== null) return;
  const failure = await context.session.stop();
  if (failure === null) return;
  announceNow(words.notStopped);
  context.say(text.failure(failure, machineName()));
}

/** A small Stop for a line. */
export function StopButton(context: SessionContext): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "stop-button",
      "aria-disabled": () => context.session.stopping.value !== null,
      // The tap must not close the keyboard before it counts.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => void stopTurn(context),
    },
    icon("stop"),
    words.stop,
  );
}
