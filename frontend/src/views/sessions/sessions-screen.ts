/** Sessions, the home screen: what needs a person first, then what works, then the rest by day. */

import { minutes } from "../../lib/clock.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { daysBetween } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { hasLooked } from "../../state/models.ts";
import { go, openSessionId, route } from "../../state/navigation.ts";
import {
  type Group,
  groups,
  isListLoaded,
  needsYouCount,
  sessionCount,
  summaryOf,
  touchList,
} from "../../state/session-list.ts";
import { text } from "../../text/en.ts";
import { ConnectionDot, MachineGone } from "../frame/connection-dot.ts";
import { DemoNote } from "../frame/demo-note.ts";
import { NotEncrypted } from "../frame/not-encrypted.ts";
import { UpdateChip } from "../frame/update-chip.ts";
import { Waiting } from "../frame/waiting.ts";
import { Mark } from "../mark.ts";
import { NeedsYouCard } from "./needs-you-card.ts";
import { SessionRow } from "./session-row.ts";

/** The list with its header and *New*. */
export function SessionsScreen(): HTMLElement {
  const body = h("div", {
    class: "sessions-body",
    onpointerdown: touchList,
    onpointerup: touchList,
    onscroll: touchList,
  });
  body.append(h("div", { class: "sessions-notes" }, NotEncrypted(), DemoNote(), MachineGone()));
  list(body, () => groups.value, keyOf, GroupSection);
  body.append(h("div", { class: "sessions-empty" }, Empty()));
  return h(
    "div",
    { class: "sessions-screen" },
    h("div", { class: "sessions-scroll" }, SessionsHeader(), body),
    NewButton(),
  );
}

function SessionsHeader(): HTMLElement {
  return h(
    "div",
    { class: "header sessions-header" },
    Mark(28, () => needsYouCount.value > 0),
    h("h1", { class: "wordmark", tabindex: -1 }, text.appName),
    h("span", { class: "header-space" }),
    NotEncrypted(),
    ConnectionDot(),
    UpdateChip(),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": text.sessions.settings,
        title: text.sessions.settings,
        onclick: () => go("/settings"),
      },
      icon("settings"),
    ),
  );
}

function keyOf(group: Group): string {
  return group.kind === "day" || group.kind === "month" ? `${group.kind} ${group.start}` : group.kind;
}

function GroupSection(group: ReadonlySignal<Group>): HTMLElement {
  const isQuestions = group.peek().kind === "needs_you";
  const rows = h("ul", { class: isQuestions ? "needs-you-list" : "session-list" });
  list(
    rows,
    () => group.value.ids,
    String,
    (id) => Row(id, isQuestions),
  );
  return h(
    "section",
    { class: "session-group" },
    h(
      "h2",
      { class: "session-group-name" },
      isQuestions ? h("span", { class: "lamp", "aria-hidden": "true" }) : null,
      () => nameOf(group.value),
    ),
    rows,
  );
}

function Row(id: ReadonlySignal<string>, isQuestion: boolean): HTMLElement {
  const known = summaryOf(id.peek());
  // A row stands only as long as its session is known; while it goes, the last summary is shown.
  let last = known;
  const summary = computed(() => {
    last = summaryOf(id.value) ?? last;
    return last;
  });
  if (!hasValue(summary)) return h("li", { hidden: true });
  return isQuestion ? NeedsYouCard(summary) : SessionRow(summary);
}

function hasValue<T>(summary: ReadonlySignal<T | null>): summary is ReadonlySignal<T> {
  return summary.peek() !== null;
}

function nameOf(group: Group): string {
  switch (group.kind) {
    case "needs_you":
      return text.sessions.needsYou(group.ids.length);
    case "working":
      return text.sessions.working;
    case "day":
      return dayName(new Date(group.start), new Date(minutes.value));
    case "month":
      return monthName(new Date(group.start), new Date(minutes.value));
  }
}

function dayName(day: Date, now: Date): string {
  const age = daysBetween(day, now);
  if (age === 0) return text.sessions.today;
  if (age === 1) return text.sessions.yesterday;
  return new Intl.DateTimeFormat("en-GB", { weekday: "long" }).format(day);
}

function monthName(month: Date, now: Date): string {
  const year = month.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat("en-GB", { month: "long", ...year }).format(month);
}

function Empty(): Child {
  return () => {
    if (sessionCount.value > 0) return null;
    // Without a model the first thing to do is another one: until that is known, nothing is said.
    if (!isListLoaded.value || !hasLooked.value) return Waiting(text.sessions.loading);
    return h("p", { class: "empty-words" }, canDecide() ? text.sessions.empty : text.sessions.emptyReadOnly);
  };
}

/** The one primary button of the screen, unless a question's own button is. */
function NewButton(): Child {
  return () =>
    canDecide()
      ? h(
          "button",
          {
            type: "button",
            class: () => (isAnotherFirst() ? "new-button button" : "new-button button button-primary"),
            "aria-label": text.sessions.create,
            "aria-keyshortcuts": "n",
            onclick: () => go("/new"),
          },
          icon("plus"),
          h("span", { class: "new-button-words" }, () =>
            sessionCount.value === 0 && isListLoaded.value ? text.sessions.create : text.sessions.createShort,
          ),
        )
      : null;
}

/** One primary button on a screen: a question's, or that of the screen beside the list. */
function isAnotherFirst(): boolean {
  return needsYouCount.value > 0 || openSessionId() !== null || route.value.screen === "settings";
}
