/** What wants an answer, above the composer: queued messages, then questions, so that deciding is nearest to the thumb. */
import type { OpenQuestion } from "../../../../transcript/transcript.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { announce } from "../../lib/live-region.ts";
import { computed, effect, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import { decisionOn } from "../../state/outbox/outbox.ts";
import { questionText, permission as words } from "../../text/en-permission.ts";
import { AnyCard } from "../asking/any-card.ts";
import { Lamp } from "../permission/card-frame.ts";
import { visibleLine } from "../permission/visible-text.ts";
import { QueueDock } from "../queue/queue-dock.ts";
import type { SessionContext } from "./session-context.ts";
import { TodoDock } from "./todo-dock.ts";

export interface Docks {
  readonly element: HTMLElement;
  /** The question whose card is open; null: none waits. */
  readonly current: ReadonlySignal<OpenQuestion | null>;
}

/** The docks of a session. `showSession`: takes away what a person writes in when it covers them. */
export function docks(context: SessionContext, showSession: () => void): Docks {
  const { transcript } = context.session;
  const lingering = lingeringQuestions(context);
  const questions = computed(() => {
    const open = transcript.value.questions;
    const ids = new Set(open.map((question) => question.request.requestId));
    return [...lingering.value.filter((question) => !ids.has(question.request.requestId)), ...open];
  });
  const chosen = signal<string | null>(null);
  const current = computed(
    () =>
      questions.value.find((question) => question.request.requestId === chosen.value) ??
      questions.value[0] ??
      null,
  );
  const others = computed(() => questions.value.filter((question) => question !== current.value));
  announceQuestions(questions);
  // A changed question has another digest, and is another card.
  const cardKey = computed(() =>
    current.value === null ? "" : `${current.value.request.requestId} ${current.value.request.digest}`,
  );
  const position = () => ({
    index: current.value === null ? 0 : questions.value.indexOf(current.value) + 1,
    count: questions.value.length,
  });
  const folded = signal("");
  const isFolded = computed(() => cardKey.value !== "" && folded.value === cardKey.value);
  const otherRows = h("div", { class: "dock-others" });
  list(
    otherRows,
    () => others.value,
    (question) => question.request.requestId,
    (question) =>
      OtherRow(question, () => {
        chosen.value = question.peek().request.requestId;
      }),
  );
  const element = h(
    "div",
    { class: "docks", "data-busy": () => questions.value.length > 0 },
    TodoDock(context.session),
    QueueDock(context),
    otherRows,
    (): Child => {
      const key = cardKey.value;
      const question = current.peek();
      if (question === null) return null;
      const fold = (key: string) => () => {
        folded.value = key;
      };
      if (isFolded.value) return untracked(() => FoldedCard(question, fold("")));
      const { request } = question;
      return untracked(() => AnyCard({ sessionId: context.session.id, request, position, fold: fold(key) }));
    },
    KeyboardCover(current, showSession),
  );
  showCard(element, () => (isFolded.value ? "" : cardKey.value));
  return { element, current };
}

/** Where the docks have to scroll, a card that opens is seen from its first line. */
function showCard(docks: HTMLElement, cardKey: () => string): void {
  effect(() => {
    if (cardKey() === "") return;
    const frame = requestAnimationFrame(() => {
      const card = docks.querySelector(".permission-card");
      if (card !== null)
        docks.scrollTop += card.getBoundingClientRect().top - docks.getBoundingClientRect().top;
    });
    return () => cancelAnimationFrame(frame);
  });
}

/** One more question: it opens in place, and the one that was open becomes a row. */
function OtherRow(question: ReadonlySignal<OpenQuestion>, open: () => void): HTMLElement {
  const { subject } = question.peek().request;
  // The others name their thing in the question itself.
  const thing = subject.type === "command" ? visibleLine(subject.command) : null;
  return h(
    "button",
    { type: "button", class: "dock-row", onclick: open },
    Lamp(),
    h("span", { class: "dock-row-question one-line" }, visibleLine(questionText(subject))),
    thing === null ? null : h("span", { class: "dock-row-thing one-line mono" }, thing),
  );
}

/** The open question as one row; a tap makes it whole again. */
function FoldedCard(question: OpenQuestion, unfold: () => void): HTMLElement {
  const row = OtherRow(signal(question), unfold);
  row.classList.add("dock-folded");
  row.setAttribute("aria-expanded", "false");
  return row;
}

/** With the keyboard open nobody decides on what is hidden: a tap closes it, and the card is there again. */
function KeyboardCover(current: ReadonlySignal<OpenQuestion | null>, showSession: () => void): Child {
  const show = () => {
    blurField();
    showSession();
  };
  return (): Child =>
    current.value === null
      ? null
      : h(
          "button",
          { type: "button", class: "dock-row keyboard-cover", onclick: show },
          Lamp(),
          h(
            "span",
            { class: "dock-row-question one-line" },
            visibleLine(questionText(current.value.request.subject)),
          ),
          h("span", { class: "muted" }, words.tapToDecide),
        );
}

function blurField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** A question that this device answered too late stays until that has been said. */
function lingeringQuestions(context: SessionContext): ReadonlySignal<readonly OpenQuestion[]> {
  const known = new Map<string, OpenQuestion>();
  const lingering = signal<readonly OpenQuestion[]>([]);
  effect(() => {
    const { questions } = context.session.transcript.value;
    for (const question of questions) known.set(question.request.requestId, question);
    const open = new Set(questions.map((question) => question.request.requestId));
    const late = [...known.values()].filter(
      ({ request }) => !open.has(request.requestId) && decisionOn(request.requestId)?.phase === "refused",
    );
    for (const id of known.keys()) if (!open.has(id) && decisionOn(id) === null) known.delete(id);
    if (late.length > 0 || lingering.peek().length > 0) lingering.value = late;
    return undefined;
  });
  return lingering;
}

function announceQuestions(questions: ReadonlySignal<readonly OpenQuestion[]>): void {
  const said = new Set<string>();
  effect(() => {
    for (const { request } of questions.value) {
      if (said.has(request.requestId)) continue;
      said.add(request.requestId);
      announce(words.needsYou(questionText(request.subject)));
    }
    return undefined;
  });
}
