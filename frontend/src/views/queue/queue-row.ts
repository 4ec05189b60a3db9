/** One queued message: its handle, its words (a tap changes them), *Steer now*, and taking it out. */

import type { Failure, QueuedPrompt, SessionState } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { announce } from "../../lib/live-region.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { isAtWork } from "../../state/session/turns.ts";
import { text } from "../../text/en.ts";
import { queue as words } from "../../text/en-composer.ts";
import { promptName } from "../entries/text/user-entry.ts";
import { showBar } from "../frame/bars.ts";
import type { SessionContext } from "../session/session-context.ts";
import { type Action, openActions } from "../session-sheets/action-sheet.ts";
import { onRowDrag } from "./queue-drag.ts";

/** A row of 44 px. */
export function QueueRow(prompt: ReadonlySignal<QueuedPrompt>, context: SessionContext): HTMLElement {
  const said = () => promptName(prompt.value.content, words.goesOn);
  if (!canDecide()) return h("li", { class: "dock-row queue-row" }, Words(said));
  const handle = h(
    "button",
    {
      type: "button",
      class: "queue-handle",
      "aria-label": () => words.move(said()),
      "aria-haspopup": "dialog",
      title: words.menu,
    },
    icon("grip"),
  );
  const row = h(
    "li",
    {
      class: "dock-row queue-row",
      "aria-current": () => (context.editedPrompt.value === prompt.value.promptId ? "true" : null),
    },
    handle,
    h(
      "button",
      {
        type: "button",
        class: "queue-edit",
        "aria-label": () => words.edit(said()),
        onclick: () => context.editQueued(prompt.peek()),
      },
      Words(said),
      icon("edit"),
    ),
    NowButton(prompt, context),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": words.remove,
        title: words.remove,
        onclick: () => void remove(prompt.peek(), context),
      },
      icon("close"),
    ),
  );
  onRowDrag(handle, {
    row,
    drop: (place) => void moveTo(prompt.peek(), place, context),
    press: () => openRowMenu(prompt.peek(), context, handle),
  });
  return row;
}

function Words(said: () => string): HTMLElement {
  return h("span", { class: "queue-words one-line", dir: "auto" }, said);
}

/** What is on its way into the turn says so; where nothing runs there is nothing to steer, and it is sent. */
function NowButton(prompt: ReadonlySignal<QueuedPrompt>, context: SessionContext): Child {
  const now = computed(() => nowOf(prompt.value, context.session.transcript.value.state));
  const isSending = signal(false);
  const send = async () => {
    if (isSending.peek()) return;
    isSending.value = true;
    const failure = await context.queue.sendNow(prompt.peek().promptId, "steer");
    isSending.value = false;
    tell(failure, context);
  };
  return (): Child =>
    now.value === "goesIn" || now.value === "goesFirst"
      ? h("span", { class: "queue-now muted" }, words[now.value])
      : h(
          "button",
          {
            type: "button",
            class: "queue-now",
            "aria-disabled": () => isSending.value,
            onclick: () => void send(),
          },
          words[now.value],
        );
}

function nowOf({ delivery }: QueuedPrompt, state: SessionState): NowWord {
  if (!isAtWork(state)) return "sendNow";
  if (delivery === "queue") return "steerNow";
  return delivery === "steer" ? "goesIn" : "goesFirst";
}

type NowWord = "sendNow" | "steerNow" | "goesIn" | "goesFirst";

/** Dragging, for whoever does not drag; and what is done seldom. */
function openRowMenu({ promptId, content }: QueuedPrompt, context: SessionContext, anchor: HTMLElement) {
  const place = placeOf(promptId, context);
  const last = context.queue.prompts.peek().length - 1;
  const to = (next: number) => () => {
    const prompt = context.queue.prompts.peek().find((each) => each.promptId === promptId);
    if (prompt !== undefined) void moveTo(prompt, next, context);
  };
  const interrupt = () =>
    void context.queue.sendNow(promptId, "interrupt").then((failure) => tell(failure, context));
  const actions: readonly (Action | null)[] = [
    place > 0 ? { name: words.up, run: to(place - 1) } : null,
    place < last ? { name: words.down, run: to(place + 1) } : null,
    isAtWork(context.session.transcript.peek().state)
      ? { name: words.interrupt, line: words.interruptLine, run: interrupt }
      : null,
  ];
  openActions({
    title: words.menu,
    note: promptName(content, words.goesOn).slice(0, noteLength),
    anchor,
    actions: actions.filter((action) => action !== null),
  });
}

const noteLength = 200;

function placeOf(promptId: string, context: SessionContext): number {
  return context.queue.prompts.peek().findIndex((prompt) => prompt.promptId === promptId);
}

async function moveTo({ promptId }: QueuedPrompt, place: number, context: SessionContext): Promise<void> {
  const others = context.queue.prompts.peek().filter((prompt) => prompt.promptId !== promptId);
  const failure = await context.queue.move(promptId, others[place]?.promptId ?? null);
  if (failure === null) announce(words.moved(place + 1, others.length + 1));
  tell(failure, context);
}

/** Taken out at once; the bar puts it back to where it was. */
async function remove(prompt: QueuedPrompt, context: SessionContext): Promise<void> {
  const next = context.queue.prompts.peek()[placeOf(prompt.promptId, context) + 1];
  const failure = await context.queue.remove(prompt.promptId);
  if (failure !== null) return tell(failure, context);
  const undo = () => {
    // Sent again while nothing runs, it would start: it is for the person to say so.
    if (isAtWork(context.session.transcript.peek().state))
      context.queue.putBack(prompt, next?.promptId ?? null);
    else context.fill(prompt.content);
  };
  showBar({ sentence: words.removed, action: { label: words.undo, run: undo } });
}

function tell(failure: Failure | null, context: SessionContext): void {
  if (failure !== null) context.say(text.failure(failure, machineName()));
}
