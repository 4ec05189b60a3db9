/** One session: its header, the transcript, what wants an answer, and the composer. */
import type { OpenQuestion, TranscriptEntry } from "../../../../transcript/transcript.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { type Child, h } from "../../lib/dom.ts";
import { announce } from "../../lib/live-region.ts";
import { computed, effect, onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { decisionOn, submitDecision, submitPrompt } from "../../state/outbox/outbox.ts";
import { OpenSession } from "../../state/session/open-session.ts";
import { sessionQueue } from "../../state/session/queue.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { turnEnd, session as words } from "../../text/en-session.ts";
import { composer, type Message } from "../composer/composer.ts";
import { prefetchMarkdown } from "../entries/agent-entry.ts";
import { showBar } from "../frame/bars.ts";
import { MachineGone } from "../frame/connection-dot.ts";
import { DemoNote } from "../frame/demo-note.ts";
import { DiskBar } from "../frame/disk-bar.ts";
import { Waiting } from "../frame/waiting.ts";
import { openModelSheet } from "../model-sheet.ts";
import { turnReviewAddress } from "../review/review-address.ts";
import { openedRows } from "../transcript-view/opened-rows.ts";
import { Pill } from "../transcript-view/pill.ts";
import { transcriptView } from "../transcript-view/transcript-view.ts";
import { WorkingLine } from "../transcript-view/working-line.ts";
import { docks } from "./docks.ts";
import { GoneSession } from "./gone-session.ts";
import type { SessionContext } from "./session-context.ts";
import { SessionHeader } from "./session-header.ts";
import { followSessionKeys } from "./session-keys.ts";

/** The screen of one session; everything that it follows ends with it. */
export function SessionScreen(sessionId: string): HTMLElement {
  const session = new OpenSession(sessionId);
  onCleanup(() => session.close());
  prefetchMarkdown();
  void session.open();

  const context: SessionContext = {
    session,
    queue: sessionQueue(session),
    opened: openedRows(sessionId),
    say: (sentence) => showBar({ sentence }),
    review: (turnId, file) => go(turnReviewAddress(sessionId, turnId, file)),
    fill: (words) => field.fill(words),
    editQueued: (prompt) => field.edit(prompt),
    writeAgain: (words) => field.again(words),
    showEntry: (entryId) => view.show(entryId),
    continueTurn() {
      submitPrompt({ id: newIdentifier(), sessionId, content: [], delivery: "queue" });
      view.anchor.toEnd();
    },
    chooseModel: (anchor) =>
      openModelSheet({
        anchor,
        current: session.transcript.peek().model,
        onChoose: (model) =>
          void session.setModel(model).then((failure) => {
            if (failure !== null) showBar({ sentence: text.failure(failure, machineName()) });
          }),
      }),
  };
  const view = transcriptView(context);
  const asking = docks(context, () => field.leaveFull());
  const field = composer({
    context,
    isAsked: computed(() => undecided(asking.current.value) !== null),
    send(message, intent) {
      if (intent === "deny" && deny(message.text)) return;
      sendPrompt(sessionId, message);
      view.anchor.toEnd();
    },
  });
  const deny = (feedback: string): boolean => {
    const question = undecided(asking.current.peek());
    return (
      question !== null && submitDecision(sessionId, question.request, { kind: "reject_once", feedback })
    );
  };
  announceTurnEnds(context);
  followSessionKeys({ context, composer: field, current: asking.current });
  return h(
    "div",
    { class: "session", "data-writing": () => field.isFull.value },
    SessionHeader(context),
    DemoNote(),
    MachineGone(),
    DiskBar(() => summaryOf(sessionId)?.notSaving === true),
    h(
      "div",
      { class: "session-body" },
      LoadState(context),
      view.element,
      Pill({ isFollowing: view.anchor.isFollowing, rows: view.rows, toEnd: () => view.anchor.toEnd() }),
    ),
    Foot(session, field.isFull, [asking.element, WorkingLine(context, field.hasText), field.element]),
  );
}

/** The question, unless this device has answered it already: what is said from then on is a message. */
function undecided(question: OpenQuestion | null): OpenQuestion | null {
  return question !== null && decisionOn(question.request.requestId) === null ? question : null;
}

/** What stays beneath the transcript. Bars appear above it, wherever its upper edge is. */
function Foot(
  session: OpenSession,
  isFull: ReadonlySignal<boolean>,
  children: readonly Child[],
): HTMLElement {
  const isMissing = () => session.phase.value.state === "missing";
  const foot = h("div", { class: "session-foot", hidden: isMissing }, children);
  const root = document.documentElement.style;
  const sizes = new ResizeObserver(() => {
    // Over the whole screen there is nothing above it: bars stay where they were.
    if (!isFull.peek()) root.setProperty("--bars-bottom", `${foot.offsetHeight + 8}px`);
  });
  sizes.observe(foot);
  onCleanup(() => {
    sizes.disconnect();
    root.removeProperty("--bars-bottom");
  });
  return foot;
}

function sendPrompt(sessionId: string, { id, text: said, delivery }: Message): void {
  submitPrompt({ id, sessionId, content: [{ type: "text", text: said }], delivery });
}

function LoadState({ session }: SessionContext): Child {
  return (): Child => {
    const phase = session.phase.value;
    switch (phase.state) {
      case "ready":
        return null;
      case "loading":
        return Waiting(words.loading);
      case "missing":
        return GoneSession(session.id);
      case "failed":
        return Trouble(text.failure(phase.failure, machineName()), words.tryNow, () => void session.open());
    }
  };
}

function Trouble(sentence: string, label: string, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "session-trouble" },
    h("p", null, sentence),
    h("button", { type: "button", class: "button", onclick: act }, label),
  );
}

/** Said once per turn, when it ends while the session is open. */
function announceTurnEnds({ session }: SessionContext): void {
  const last: ReadonlySignal<string> = computed(() => {
    const entry = session.transcript.value.entries.at(-1);
    return entry?.type === "turn_end" ? entry.id : "";
  });
  let known: string | null = null;
  effect(() => {
    const id = last.value;
    if (session.phase.value.state !== "ready") return;
    if (known !== null && id !== "" && id !== known)
      announce(endSentence(session.transcript.peek().entries.at(-1)));
    known = id === "" ? (known ?? "") : id;
    return undefined;
  });
}

function endSentence(entry: TranscriptEntry | undefined): string {
  if (entry?.type !== "turn_end") return turnEnd.done;
  if (entry.state === "interrupted") return turnEnd.interruptedText;
  const isDone = entry.problem === null && entry.stopReason === "end_turn";
  return isDone ? turnEnd.doneAnnouncement(entry.changes?.fileCount ?? 0) : turnEnd.stopped;
}
