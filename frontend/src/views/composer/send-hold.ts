/** Holding Send: after 450 ms it offers the other ways to send, and letting go then sends nothing. */
import { ignoreRelease } from "../../lib/hold.ts";
import { onCleanup } from "../../lib/signal.ts";
import { vibrate } from "../../state/settings.ts";

const holdMs = 450;
/** A finger is never quite still. */
const slackPixels = 10;

interface SendHold {
  /** Asked as it begins: whether there is anything to choose. */
  readonly isOffered: () => boolean;
  readonly open: () => void;
}

/** Listens on the button; a press that was held is no click. */
export function onSendHold(button: HTMLElement, { isOffered, open }: SendHold): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  const cancel = () => clearTimeout(timer);
  const complete = () => {
    vibrate(10);
    ignoreRelease();
    open();
  };
  button.addEventListener("pointerdown", (event) => {
    cancel();
    if (!event.isPrimary || event.button !== 0 || !isOffered()) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(complete, holdMs);
  });
  button.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > slackPixels) cancel();
  });
  for (const type of ["pointerup", "pointercancel", "pointerleave"] as const)
    button.addEventListener(type, cancel);
  button.addEventListener("contextmenu", (event) => {
    // A long press must not open the system's menu instead.
    if (isOffered()) event.preventDefault();
  });
  onCleanup(cancel);
}
