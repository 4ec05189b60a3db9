/** How a message reaches an agent that works: into the turn, after it, or in its place. */
import type { Delivery } from "../../api/types.ts";
import { delivery as words } from "../../text/en-composer.ts";
import { openActions } from "../session-sheets/action-sheet.ts";

/** Opens the choice beside `anchor`; `choose` sends. */
export function openDeliverySheet(anchor: HTMLElement, choose: (delivery: Delivery) => void): void {
  openActions({
    title: words.title,
    anchor,
    actions: [
      { name: words.steer, line: words.steerLine, run: () => choose("steer") },
      { name: words.queue, line: words.queueLine, run: () => choose("queue") },
      { name: words.interrupt, line: words.interruptLine, run: () => choose("interrupt") },
    ],
  });
}
