/** The session's bar: title, project and branch, the diff of the last turn, and the rest behind ⋯. */

import { type Child, h, when } from "../../lib/dom.ts";
import { formatListTime } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { decisionOn, submitDecision } from "../../state/outbox/outbox.ts";
import { lastTurnWithChanges } from "../../state/session/turns.ts";
import { isRemoved, recentSessions, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { permission } from "../../text/en-permission.ts";
import { sessionActions, turnEnd, session as words } from "../../text/en-session.ts";
import { Header } from "../frame/header.ts";
import { openSessionMenu } from "../session-sheets/session-menu.ts";
import { openTurnsSheet } from "../session-sheets/turns-sheet.ts";
import { openWaitingSheet, WaitingRow } from "../session-sheets/waiting-sheet.ts";
import { StatusGlyph, statusOf, statusWord } from "../status-glyph.ts";
import type { SessionContext } from "./session-context.ts";

const recentCount = 8;

/** The header of a session screen. */
export function SessionHeader(context: SessionContext): HTMLElement {
  const { session } = context;
  const summary = computed(() => summaryOf(session.id) ?? session.summary.value);
  // One that was deleted keeps its name: the words beneath say what became of it.
  const isMissing = () => session.phase.value.state === "missing" && !isRemoved(session.id);
  const title = () =>
    isMissing()
      ? words.missingTitle
      : (session.transcript.value.title ?? summary.value?.title ?? text.sessions.untitled);
  const second = () => {
    const project = summary.value?.project;
    if (project === undefined) return "";
    return project.branch === null ? project.name : `${project.name} · ${project.branch}`;
  };
  const lastChanges = computed(() => lastTurnWithChanges(session.transcript.value));
  return Header({
    title,
    second,
    start: "back",
    onTitle: () => openRecent(session.id),
    end: [
      (): Child => {
        const turnId = lastChanges.value;
        return turnId === null
          ? null
          : IconButton(
              "review",
              () => turnEnd.review,
              () => context.review(turnId),
            );
      },
      // Nothing can be done to what is not there.
      when(
        () => session.phase.value.state !== "missing",
        () =>
          IconButton(
            "more",
            () => text.sessions.menu(title()),
            () => openMore(context),
          ),
      ),
    ],
  });
}

function IconButton(name: "review" | "more", label: () => string, act: () => void): HTMLElement {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: act },
    icon(name === "review" ? "diff" : "more"),
  );
}

/** What is done seldom: what is not sent yet, the turns, denying everything that waits, and what is done to the session. */
function openMore(context: SessionContext): void {
  const { session } = context;
  const summary = summaryOf(session.id) ?? session.summary.peek();
  if (summary === null) return;
  const questions = session.transcript
    .peek()
    .questions.filter(({ request }) => decisionOn(request.requestId) === null);
  const denyAll = () => {
    for (const { request } of questions) submitDecision(session.id, request, { kind: "reject_once" });
  };
  openSessionMenu(summary, {
    first: (then) => WaitingRow(() => then(() => openWaitingSheet(context))),
    actions: [
      ...(questions.length < 2 ? [] : [{ name: permission.denyAll(questions.length), run: denyAll }]),
      { name: sessionActions.turns, run: () => openTurnsSheet(context) },
      { name: sessionActions.find, run: () => void openFind(context) },
    ],
  });
}

/** The sheet is a part of the page of its own. */
async function openFind({ session, say }: SessionContext): Promise<void> {
  const part = await import("../session-sheets/find-sheet.ts").catch(() => null);
  if (part === null) say(text.failure("unreachable", machineName()));
  else part.openFindSheet(session.id);
}

/** The last eight sessions with their state. */
function openRecent(currentId: string): void {
  openSheet({
    title: text.sessions.title,
    content: (close) =>
      h(
        "ul",
        { class: "option-list" },
        recentSessions(recentCount).map((summary) =>
          h(
            "li",
            null,
            h(
              "button",
              {
                type: "button",
                class: "option-row",
                "aria-current": summary.id === currentId ? "true" : null,
                onclick: () => {
                  close();
                  if (summary.id !== currentId) go(`/s/${summary.id}`);
                },
              },
              StatusGlyph(() => statusOf(summary)),
              h(
                "span",
                { class: "option-words" },
                h(
                  "span",
                  { class: "option-name one-line", dir: "auto" },
                  summary.title ?? text.sessions.untitled,
                ),
                h(
                  "span",
                  { class: "option-line one-line" },
                  `${statusWord(summary)} · ${summary.project.name}`,
                ),
              ),
              h(
                "span",
                { class: "turn-time numbers" },
                formatListTime(new Date(summary.updatedAt), new Date()),
              ),
            ),
          ),
        ),
      ),
  });
}
