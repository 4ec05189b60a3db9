/** One session in the list: its status, its title, what happens in it, when, and how much it changed. */
import type { SessionSummary } from "../../api/types.ts";
import { withStyles } from "../../lib/browser/later-styles.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatAdded, formatExact, formatListTime, formatRemoved } from "../../lib/format.ts";
import { onLongPress } from "../../lib/gestures.ts";
import { icon } from "../../lib/icons.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { go, openSessionId } from "../../state/navigation.ts";
import { checkPageVersion } from "../../state/page-update.ts";
import { isUnread } from "../../state/sessions/session-groups.ts";
import { text } from "../../text/en.ts";
import { StatusGlyph, statusOf, statusWord } from "../status-glyph.ts";
import { toggleArchived, togglePinned } from "./list-actions.ts";
import { followRowSwipe, type RowSwipe } from "./row-swipe.ts";
import { titleOf } from "./session-title.ts";

/** Where a list stands: the drawer's own gesture moves it, so its rows have none. */
export type ListPlace = "pane" | "drawer";

/** A row of 64 px. A long press, a right click or ⋯ opens its menu; a swipe to the left archives, to the right pins. */
export function SessionRow(summary: ReadonlySignal<SessionSummary>, place: ListPlace): HTMLElement {
  const title = () => titleOf(summary.value);
  const link = h(
    "a",
    {
      class: "session-row",
      href: `/s/${summary.peek().id}`,
      draggable: false,
      "aria-current": () => (openSessionId() === summary.value.id ? "page" : null),
      "data-unread": () => isUnread(summary.value),
      onclick: (event) => follow(event, summary.peek().id),
    },
    h(
      "span",
      { class: "session-row-status" },
      StatusGlyph(() => statusOf(summary.value)),
      () => Unread(summary.value),
    ),
    h(
      "span",
      { class: "session-row-words" },
      h("span", { class: "session-row-title one-line", dir: "auto" }, title),
      h(
        "span",
        { class: "session-row-second" },
        h("span", { class: "session-row-project one-line", dir: "auto" }, () => summary.value.project.name),
        h("span", { class: "one-line" }, () => ` · ${happening(summary.value)}`),
      ),
    ),
    h(
      "span",
      { class: "session-row-end numbers" },
      h("span", { class: "session-row-time" }, () => Time(summary.value)),
      () => Changes(summary.value),
    ),
  );
  const more = h(
    "button",
    {
      type: "button",
      class: "icon-button session-row-more",
      "aria-label": () => text.sessions.menu(title()),
      "aria-haspopup": "dialog",
      title: text.sessions.more,
      onclick: () => void openMenu(summary.peek(), more),
    },
    icon("more"),
  );
  const item = h("li", { class: "session-item" }, link, more);
  onLongPress(link, () => void openMenu(summary.peek(), link));
  if (place === "pane") followRowSwipe(item, link, swipeOf(summary));
  return item;
}

function swipeOf(summary: ReadonlySignal<SessionSummary>): RowSwipe {
  return {
    canBegin: canDecide,
    action(side) {
      const now = summary.peek();
      if (side === "left")
        return now.archived
          ? { name: text.sessions.unarchive, icon: "unarchive", run: () => toggleArchived(now) }
          : { name: text.sessions.archive, icon: "archive", run: () => toggleArchived(now) };
      return now.pinned
        ? { name: text.sessions.unpin, icon: "unpin", run: () => togglePinned(now) }
        : { name: text.sessions.pin, icon: "pin", run: () => togglePinned(now) };
    },
  };
}

/** The menu is a part of the page of its own. */
async function openMenu(summary: SessionSummary, anchor: HTMLElement): Promise<void> {
  try {
    (await withStyles(import("../session-sheets/session-menu.ts"))).openSessionMenu(summary, { anchor });
  } catch {
    // The machine is away, which the header says, or has another version, which is to be said there too.
    void checkPageVersion();
  }
}

/** What happens now or came last. */
function happening(summary: SessionSummary): string {
  // It has the name of what it was made of.
  const now = nowOrLast(summary);
  return summary.forkedFrom === null ? now : text.sessions.forkThat(now);
}

function nowOrLast(summary: SessionSummary): string {
  const status = statusOf(summary);
  if (status === "stopped" || status === "interrupted" || status === "fresh") return statusWord(summary);
  const { activity } = summary;
  // A list that is kept and a plan that is shown are not what is done to the project.
  if (activity === null || activity.kind === "think" || activity.kind === "switch_mode")
    return statusWord(summary);
  const [now, then] = text.activity[activity.kind];
  return `${activity.running ? now : then} ${activity.title}`.trim();
}

function Time(summary: SessionSummary): Child {
  const at = new Date(
    summary.state === "running" ? (summary.turnStartedAt ?? summary.updatedAt) : summary.updatedAt,
  );
  return h("time", { datetime: at.toISOString(), title: formatExact(at) }, () =>
    formatListTime(at, new Date(minutes.value)),
  );
}

function Unread(summary: SessionSummary): Child {
  return isUnread(summary)
    ? h("span", { class: "unread-dot", role: "img", "aria-label": text.status.unread })
    : null;
}

function Changes({ changes }: SessionSummary): Child {
  if (changes === null || changes.files === 0) return null;
  return h(
    "span",
    { class: "session-row-changes" },
    h("span", { class: "added" }, formatAdded(changes.added)),
    " ",
    h("span", { class: "removed" }, formatRemoved(changes.removed)),
  );
}

/** A plain click opens it here; any other is the browser's. */
function follow(event: MouseEvent, id: string): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  event.preventDefault();
  go(`/s/${id}`);
}
