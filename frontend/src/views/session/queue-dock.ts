/** Messages that wait for the turn to end: one row each, the same on every device; many fold to one row. */
import type { QueuedPrompt } from "../../api/types.ts";
import { type Child, h, list, when } from "../../lib/dom.ts";
import { type IconName, icon } from "../../lib/icons.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { queue as words } from "../../text/en-session.ts";
import { textOfContent } from "../entries/user-entry.ts";
import type { SessionContext } from "./session-context.ts";

/** From so many on they are one row until somebody wants to see them. */
const foldedFrom = 3;

/** The queue; nothing while it is empty. */
export function QueueDock(context: SessionContext): HTMLElement {
  const { transcript } = context.session;
  // A prompt that starts at once is in the queue for a moment; that is no news.
  const queued = computed(() => (isBusy(transcript.value.state) ? transcript.value.queue : []));
  const isOpened = signal(false);
  const isMany = computed(() => queued.value.length >= foldedFrom);
  const rows = h("ul", {
    "aria-label": () => words.title(queued.value.length),
    hidden: () => isMany.value && !isOpened.value,
  });
  list(
    rows,
    () => queued.value,
    (prompt) => prompt.promptId,
    (prompt) => QueueRow(prompt, context),
  );
  return h(
    "div",
    { class: "queue-dock", hidden: () => queued.value.length === 0 },
    when(
      () => isMany.value,
      () =>
        h(
          "button",
          {
            type: "button",
            class: "dock-row",
            "aria-expanded": () => isOpened.value,
            onclick: () => {
              isOpened.value = !isOpened.value;
            },
          },
          h("span", { class: "one-line" }, () => words.title(queued.value.length)),
          icon("down"),
        ),
    ),
    rows,
  );
}

function QueueRow(prompt: ReadonlySignal<QueuedPrompt>, context: SessionContext): HTMLElement {
  const toField = async () => {
    const { promptId, content } = prompt.peek();
    if (await remove(context, promptId)) context.fill(textOfContent(content));
  };
  return h(
    "li",
    { class: "dock-row" },
    h("span", { class: "one-line", dir: "auto" }, (): Child => textOfContent(prompt.value.content)),
    RowButton("edit", words.edit, () => void toField()),
    RowButton("close", words.remove, () => void remove(context, prompt.peek().promptId)),
  );
}

function RowButton(name: IconName, label: string, act: () => void): HTMLElement {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: act },
    icon(name),
  );
}

/** False: it could not be taken out, and it was said why. */
async function remove(context: SessionContext, promptId: string): Promise<boolean> {
  const failure = await context.session.removeQueued(promptId);
  if (failure === null) return true;
  context.say(text.failure(failure, machineName()));
  return false;
}

function isBusy(state: string): boolean {
  return state === "running" || state === "requires_action";
}
