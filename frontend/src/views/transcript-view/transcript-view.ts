/** The transcript as rows in one scroller: followed while it grows, older pages put in above without a jump. */
import type { TranscriptEntry } from "../../../../transcript/transcript.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { formatDay } from "../../lib/format.ts";
import { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { computed, effect, type ReadonlySignal, untracked } from "../../lib/signal.ts";
import { promptsOf } from "../../state/outbox/outbox.ts";
import { Reading } from "../../state/session/reading.ts";
import { settings } from "../../state/settings.ts";
import { session as words } from "../../text/en-session.ts";
import { Entry } from "../entries/table.ts";
import { ToolGroup } from "../entries/tool-group.ts";
import type { SessionContext } from "../session/session-context.ts";
import { EmptySession } from "./empty-session.ts";
import { ForkedFrom } from "./forked-from.ts";
import { Imported } from "./imported.ts";
import { PendingPrompt } from "./pending-prompt.ts";
import { followPlace, showSeq } from "./reading-place.ts";
import { RowWindow } from "./row-window.ts";
import { rowsOf, type TranscriptRow } from "./rows.ts";

export interface TranscriptView {
  readonly element: HTMLElement;
  readonly anchor: ScrollAnchor;
  /** All rows that are known, drawn or not. */
  readonly rows: ReadonlySignal<readonly TranscriptRow[]>;
  /** Goes to an entry that is known, drawn or not. */
  show(entryId: string): void;
}

/** So far beneath the upper edge an entry is shown that a person has asked for. */
const shownBelow = 16;

/** Draws a session's transcript. */
export function transcriptView(context: SessionContext): TranscriptView {
  const { session } = context;
  const reading = new Reading(session);
  let known: readonly TranscriptRow[] = [];
  const rows = computed(() => {
    const entries = reading.entries.value;
    const density = settings.density.signal.value;
    const isOpened = (id: string) => context.opened.isOpened(id);
    known = rowsOf(entries, { density, isOpened, hasOlder: reading.hasOlder.value }, known);
    return known;
  });
  const isRunning = computed(() => session.transcript.value.state === "running");
  const prompts = promptsOf(session.id);
  // An empty prompt only says "go on": there is nothing to show of it.
  const pending = computed(() => prompts.value.filter((prompt) => prompt.content.length > 0));
  const isEmpty = computed(
    () =>
      session.phase.value.state === "ready" &&
      session.transcript.value.entries.length === 0 &&
      pending.value.length === 0,
  );
  const rowWindow = new RowWindow(rows);
  const content = h("div", {
    class: "transcript",
    "aria-busy": () => isRunning.value,
  });
  list(
    content,
    () => rowWindow.shown.value,
    (row) => row.key,
    (row) => Row(row, context),
  );
  list(
    content,
    () => (reading.isApart.value ? [] : pending.value),
    (prompt) => prompt.id,
    (prompt) => PendingPrompt(prompt, context),
  );
  const scroller = h(
    "div",
    { class: "transcript-scroll", tabindex: 0, role: "region", "aria-label": words.transcript },
    h("h2", { class: "visually-hidden" }, words.transcript),
    ForkedFrom(session, reading),
    Imported(session, reading),
    content,
    (): Child => (isEmpty.value ? untracked(() => EmptySession(context)) : null),
  );
  const anchor = new ScrollAnchor(scroller, content);
  anchor.followOnly({
    isShown: () => !reading.isApart.peek(),
    show() {
      reading.leave();
      rowWindow.restart();
    },
  });
  rowWindow.follow(reading, anchor);
  followReading(context, anchor);
  const place = { context, reading, anchor, content, rowWindow, rows };
  followPlace(place);
  return {
    element: scroller,
    anchor,
    rows,
    show(entryId) {
      const seq = session.transcript.peek().entries.find((entry) => entry.id === entryId)?.seq;
      if (seq !== undefined) void showSeq(place, { seq, offset: shownBelow });
    },
  };
}

function Row(row: ReadonlySignal<TranscriptRow>, context: SessionContext): HTMLElement {
  const element = drawRow(row, context);
  element.dataset.entry = row.peek().key;
  return element;
}

/** A key keeps its kind: what is drawn once follows its own signal. */
function drawRow(row: ReadonlySignal<TranscriptRow>, context: SessionContext): HTMLElement {
  const first = row.peek();
  switch (first.type) {
    case "entry":
      return Entry(
        computed((): TranscriptEntry => (row.value.type === "entry" ? row.value.entry : first.entry)),
        context,
      );
    case "group":
      return ToolGroup(
        first.key,
        computed(() => (row.value.type === "group" ? row.value.entries : first.entries)),
        context,
      );
    case "day":
      return h("p", { class: "entry entry-day" }, dayText(first.at));
  }
}

function dayText(at: string): string {
  const day = new Date(at);
  const today = new Date();
  const age = Math.round((today.setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (age === 0) return words.today;
  return age === 1 ? words.yesterday : formatDay(day, new Date());
}

/** What is at the end of a page that is looked at has been read. */
function followReading({ session }: SessionContext, anchor: ScrollAnchor): void {
  const mark = () => {
    if (anchor.isFollowing.peek()) session.markSeen();
  };
  effect(() => {
    const { lastSeq } = session.transcript.value;
    if (!anchor.isFollowing.value || lastSeq === 0) return;
    const timer = setTimeout(mark, 500);
    return () => clearTimeout(timer);
  });
}
