/** What is to be done, as the agent keeps it: one line that opens to the list. */
import type { Transcript } from "../../../../transcript/transcript.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { todo as words } from "../../text/en-composer.ts";
import { visibleLine } from "../permission/visible-text.ts";

type Entries = Transcript["plan"];

/** The dock; nothing without a list, nor once all of it is done and nothing works any more. */
export function TodoDock(session: { readonly transcript: ReadonlySignal<Transcript> }): Child {
  const { transcript } = session;
  const entries = computed(() => transcript.value.plan);
  const isShown = computed(
    () => entries.value.length > 0 && (!isDone(entries.value) || transcript.value.turnId !== null),
  );
  const isOpen = signal(false);
  const isAsked = computed(() => transcript.value.questions.length > 0);
  // The room is the question's; who wants the list nevertheless opens it again.
  effect(() => {
    if (isAsked.value) isOpen.value = false;
    return undefined;
  });
  return when(
    () => isShown.value,
    () =>
      h(
        "section",
        { class: "todo-dock", "aria-label": words.label },
        h(
          "button",
          {
            type: "button",
            class: "dock-row todo-head",
            "aria-expanded": () => isOpen.value,
            onclick: () => {
              isOpen.value = !isOpen.value;
            },
          },
          h("span", { class: "one-line numbers" }, () => todoLine(entries.value)),
          icon("down"),
        ),
        when(
          () => isOpen.value,
          () => h("ul", { class: "todo-list" }, () => entries.value.map(Row)),
        ),
      ),
  );
}

/** How much is done, and what is worked on, else what comes next. */
export function todoLine(entries: Entries): string {
  const done = entries.filter(({ status }) => status === "completed").length;
  const now =
    entries.find(({ status }) => status === "in_progress") ??
    entries.find(({ status }) => status === "pending");
  return `${words.line(done, entries.length)} · ${now === undefined ? words.allDone : visibleLine(now.content)}`;
}

function isDone(entries: Entries): boolean {
  return entries.every(({ status }) => status === "completed");
}

function Row({ content, status }: Entries[number]): HTMLElement {
  return h(
    "li",
    { class: "todo-row", "data-status": status },
    h("span", { class: "todo-mark" }, Glyph(status)),
    h("span", { class: "todo-words", dir: "auto" }, visibleLine(content)),
    h("span", { class: "visually-hidden" }, `, ${words.states[status]}`),
  );
}

function Glyph(status: Entries[number]["status"]): Child {
  if (status === "completed") return icon("check");
  return icon(status === "in_progress" ? "forward" : "dash");
}
