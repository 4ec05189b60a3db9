/** Messages that wait for the turn to end: one row each, the same on every device. */
import { type Child, h, list } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { machineName } from "../../state/device.ts";
import { text } from "../../text/en.ts";
import { queue as words } from "../../text/en-session.ts";
import { textOfContent } from "../entries/user-entry.ts";
import type { SessionContext } from "./session-context.ts";

/** The queue; nothing while it is empty. */
export function QueueDock(context: SessionContext): HTMLElement {
  const { transcript } = context.session;
  // A prompt that starts at once is in the queue for a moment; that is no news.
  const queued = computed(() => (isBusy(transcript.value.state) ? transcript.value.queue : []));
  const rows = h("ul", {
    class: "queue-dock",
    "aria-label": () => words.title(queued.value.length),
    hidden: () => queued.value.length === 0,
  });
  list(
    rows,
    () => queued.value,
    (prompt) => prompt.promptId,
    (prompt) =>
      h(
        "li",
        { class: "dock-row" },
        h("span", { class: "one-line", dir: "auto" }, (): Child => textOfContent(prompt.value.content)),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": words.remove,
            title: words.remove,
            onclick: () => void remove(context, prompt.peek().promptId),
          },
          icon("close"),
        ),
      ),
  );
  return rows;
}

async function remove(context: SessionContext, promptId: string): Promise<void> {
  const failure = await context.session.removeQueued(promptId);
  if (failure !== null) context.say(text.failure(failure, machineName()));
}

function isBusy(state: string): boolean {
  return state === "running" || state === "requires_action";
}
