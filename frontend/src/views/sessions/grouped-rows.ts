/** The rows of the list under the names of their groups: what needs a person, what works, what is pinned, then days. */
import { minutes } from "../../lib/clock.ts";
import { h, list } from "../../lib/dom.ts";
import { daysBetween } from "../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import type { Group } from "../../state/sessions/session-groups.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { NeedsYouCard } from "./needs-you-card.ts";
import { type ListPlace, SessionRow } from "./session-row.ts";

/** Keeps the groups in `parent`, after what is already in it. */
export function groupedRows(
  parent: HTMLElement,
  groups: ReadonlySignal<readonly Group[]>,
  place: ListPlace,
): void {
  list(
    parent,
    () => groups.value,
    keyOf,
    (group) => GroupSection(group, place),
  );
}

function keyOf(group: Group): string {
  return "start" in group ? `${group.kind} ${group.start}` : group.kind;
}

function GroupSection(group: ReadonlySignal<Group>, place: ListPlace): HTMLElement {
  const isQuestions = group.peek().kind === "needs_you";
  const rows = h("ul", { class: isQuestions ? "needs-you-list" : "session-list" });
  list(
    rows,
    () => group.value.ids,
    String,
    (id) => Row(id, isQuestions ? "question" : place),
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

function Row(id: ReadonlySignal<string>, as: ListPlace | "question"): HTMLElement {
  const known = summaryOf(id.peek());
  // A row stands only as long as its session is known; while it goes, the last summary is shown.
  let last = known;
  const summary = computed(() => {
    last = summaryOf(id.value) ?? last;
    return last;
  });
  if (!hasValue(summary)) return h("li", { hidden: true });
  return as === "question" ? NeedsYouCard(summary) : SessionRow(summary, as);
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
    case "pinned":
      return text.sessions.pinned;
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
