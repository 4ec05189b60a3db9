/** One session: its header, the transcript, what wants an answer, and the composer. */
import type { OpenQuestion, TranscriptEntry } from "../../../../transcript/transcript.ts";
import type { Failure } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h, when } from "../../lib/dom.ts";
import { announce } from "../../lib/live-region.ts";
import { computed, effect, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import type { WrittenPrompt } from "../../state/composer/composer-words.ts";
import { connection } from "../../state/connection.ts";
import { go } from "../../state/navigation.ts";
import { decisionOn, submitDecision, submitPrompt } from "../../state/outbox/outbox.ts";
import { OpenSession } from "../../state/session/open-session.ts";
import { openedRows } from "../../state/session/opened-rows.ts";
import { ownPrompts } from "../../state/session/own-prompts.ts";
import { sessionQueue } from "../../state/session/queue.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { turnEnd, session as words } from "../../text/en-session.ts";
import { optionForWords } from "../asking/answers.ts";
import { composer } from "../composer/composer.ts";
import type { Asked } from "../composer/send-notes.ts";
import { prefetchMarkdown } from "../entries/text/agent-entry.ts";
import { liftBars, showBar } from "../frame/bars.ts";
import { MachineGone } from "../frame/connection-dot.ts";
import { DemoNote } from "../frame/demo-note.ts";
import { DiskBar } from "../frame/disk-bar.ts";
import { Waiting } from "../frame/waiting.ts";
import { openModelSheet } from "../model-sheet.ts";
import { turnReviewAddress } from "../review/review-address.ts";
import { Pill } from "../transcript-view/pill.ts";
import { transcriptView } from "../transcript-view/transcript-view.ts";
import { WorkingLine } from "../transcript-view/working-line.ts";
import { docks } from "./docks.ts";
import { GoneSession } from "./gone-session.ts";
import { headerAway } from "./header-away.ts";
import type { SessionContext } from "./session-context.ts";
import { SessionHeader } from "./session-header.ts";
import { followSessionKeys } from "./session-keys.ts";

/** The screen of one session; everything that it follows ends with it. */
export function SessionScreen(sessionId: string): HTMLElement {
  const session = new OpenSession(sessionId);
  onCleanup(() => session.close());
  prefetchMarkdown();
  void session.open();
  openWhenHeard(session);

  const editedPrompt = signal<string | null>(null);
  const context: SessionContext = {
    session,
    queue: sessionQueue(session),
    opened: openedRows(sessionId),
    say: (sentence) => showBar({ sentence }),
    review: (turnId, file) => go(turnReviewAddress(sessionId, turnId, file)),
    tryExample: (example) => field.tryExample(example),
    fill: (content) => field.fill(content),
    editQueued: (prompt) => field.edit(prompt),
    editedPrompt,
    writeAgain: (content) => field.again(content),
    showEntry: (entryId) => view.show(entryId),
    continueTurn() {
      submitPrompt({ id: newIdentifier(), sessionId, content: [], delivery: "queue" });
      view.anchor.toEnd();
    },
    async compact() {
      const failure = await session.compact();
      tell(failure);
      return failure === null;
    },
    chooseModel: (anchor) => chooseModel(session, anchor),
  };
  const view = transcriptView(context);
  const asking = docks(context, () => field.leaveFull());
  const field = composer({
    context,
    asked: computed(() => askedBy(undecided(asking.current.value))),
    send(message, intent) {
      // What is attached cannot be an answer: it is a message of its own.
      if (intent === "reply" && message.attached.length === 0 && reply(message.text)) return;
      sendPrompt(sessionId, message);
      view.anchor.toEnd();
    },
  });
  effect(() => {
    editedPrompt.value = field.editedPrompt.value;
  });
  const reply = (feedback: string): boolean => {
    const request = undecided(asking.current.peek())?.request;
    const option = request === undefined ? null : optionForWords(request);
    if (request === undefined || option === null) return false;
    return submitDecision(sessionId, request, { optionId: option.optionId, feedback });
  };
  const isHeaderAway = headerAway(view.element, view.anchor);
  const headerState = () => (isHeaderAway.value ? "away" : null);
  announceTurnEnds(context);
  followSessionKeys({ context, composer: field, current: asking.current });
  return h(
    "div",
    { class: "session", "data-writing": () => field.isFull.value, "data-header": headerState },
    SessionHeader(context),
    DemoNote(),
    MachineGone(),
    DiskBar(() => summaryOf(sessionId)?.notSaving === true),
    h(
      "div",
      { class: "session-body" },
      LoadState(context),
      view.element,
      Pill({ isAtEnd: view.anchor.isAtEnd, rows: view.rows, toEnd: () => view.anchor.toEnd() }),
    ),
    Foot(session, field.isFull, [asking.element, WorkingLine(context, field.hasText), field.element]),
  );
}

function chooseModel(session: OpenSession, anchor?: HTMLElement): void {
  openModelSheet({
    anchor,
    current: session.transcript.peek().model,
    onChoose: (model) => void session.setModel(model).then(tell),
    effort: {
      current: () => session.transcript.value.effort,
      choose: (effort) => session.setEffort(effort).then(tell),
    },
  });
}

function tell(failure: Failure | null): void {
  if (failure !== null) showBar({ sentence: text.failure(failure, machineName()) });
}

/** The question, unless this device has answered it already: what is said from then on is a message. */
function undecided(question: OpenQuestion | null): OpenQuestion | null {
  return question !== null && decisionOn(question.request.requestId) === null ? question : null;
}

/** What a message would go to: a question of the model's own is answered by it. */
function askedBy(question: OpenQuestion | null): Asked | null {
  const type = question?.request.subject.type;
  if (type === undefined) return null;
  return type === "question" || type === "plan" ? type : "permission";
}

/** What stays beneath the transcript. Bars appear above it, wherever its upper edge is. */
function Foot(
  session: OpenSession,
  isFull: ReadonlySignal<boolean>,
  children: readonly Child[],
): HTMLElement {
  const isMissing = () => session.phase.value.state === "missing";
  const foot = h("div", { class: "session-foot", hidden: isMissing }, children);
  const sizes = new ResizeObserver(() => {
    // Over the whole screen there is nothing above it: bars stay where they were.
    if (!isFull.peek()) liftBars(foot.offsetHeight + 8);
  });
  sizes.observe(foot);
  onCleanup(() => {
    sizes.disconnect();
    liftBars(null);
  });
  return foot;
}

function sendPrompt(sessionId: string, { id, text: said, attached, delivery }: WrittenPrompt): void {
  const words = said === "" ? [] : [{ type: "text" as const, text: said }];
  submitPrompt({ id, sessionId, content: [...words, ...attached], delivery });
}

function LoadState({ session }: SessionContext): Child {
  const { said } = ownPrompts(session);
  const hasSaid = computed(() => said.value.length > 0);
  return (): Child => {
    const phase = session.phase.value;
    switch (phase.state) {
      case "ready":
        return null;
      case "loading":
        // What was said already stands there, and says where it is.
        return hasSaid.value ? null : h("div", { class: "session-loading" }, Waiting(words.loading));
      case "missing":
        return GoneSession(session.id);
      case "failed":
        return Trouble(session, phase.failure);
    }
  };
}

/** The line under the header has the way to try again while the machine is away. */
function Trouble(session: OpenSession, failure: Failure): HTMLElement {
  const isAway = () => connection.value === "offline" || connection.value === "crowded";
  return h(
    "div",
    { class: "session-trouble" },
    h(
      "p",
      null,
      failure === "unreachable"
        ? words.notHere(machineName(), text.devices[deviceKind()])
        : text.failure(failure, machineName()),
    ),
    when(
      () => !isAway(),
      () =>
        h("button", { type: "button", class: "button", onclick: () => void session.open() }, words.tryNow),
    ),
  );
}

/** What could not be had opens by itself once the machine is heard again. */
function openWhenHeard(session: OpenSession): void {
  let wasOpen = true;
  effect(() => {
    const isOpen = connection.value === "open";
    const { state } = session.phase.peek();
    if (isOpen && !wasOpen && state === "failed") queueMicrotask(() => void session.open());
    wasOpen = isOpen;
  });
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
