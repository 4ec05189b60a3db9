/** The transcript as rows in one scroller: followed while it grows, older pages put in above without a jump. */
import { type Child, h, list } from "../../lib/dom.ts";
import { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { computed, effect, type ReadonlySignal, untracked } from "../../lib/signal.ts";
import { ownPrompts } from "../../state/session/own-prompts.ts";
import { Reading } from "../../state/session/reading.ts";
import { settings } from "../../state/settings.ts";
import { session as words } from "../../text/en-session.ts";
import type { SessionContext } from "../session/session-context.ts";
import { EmptySession } from "./empty-session.ts";
import { ForkedFrom } from "./forked-from.ts";
import { Imported } from "./imported.ts";
import { layOutAhead } from "./laid-out-rows.ts";
import { PendingPrompt } from "./pending-prompt.ts";
import { followPlace, showSeq } from "./reading-place.ts";
import { Row } from "./row.ts";
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
  const pending = ownPrompts(session).said;
  const isEmpty = computed(
    () =>
      session.phase.value.state === "ready" &&
      session.transcript.value.entries.every(({ type }) => type === "rewind") &&
      !session.hasOlder.value &&
      pending.value.length === 0,
  );
  const rowWindow = new RowWindow(rows);
  const content = rowList(context, { rowWindow, reading, pending });
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
  layOutAhead(content, anchor, rowWindow.shown);
  followReading(context, anchor);
  const place = { context, reading, anchor, content, rowWindow, rows };
  followPlace(place);
  followRewinds(context, anchor);
  return {
    element: scroller,
    anchor,
    rows,
    show(entryId) {
      const seq = session.transcript.peek().entries.find((entry) => entry.id === entryId)?.seq;
      if (seq !== undefined) void showSeq(place, { seq });
    },
  };
}

interface Rows {
  readonly rowWindow: RowWindow;
  readonly reading: Reading;
  readonly pending: ReturnType<typeof ownPrompts>["said"];
}

/** What was said, and beneath it what this device has said and the machine has not told of yet. */
function rowList(context: SessionContext, { rowWindow, reading, pending }: Rows): HTMLElement {
  const isRunning = computed(() => context.session.transcript.value.state === "running");
  const content = h("div", { class: "transcript", "aria-busy": () => isRunning.value });
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
  return content;
}

/** Where the session went back, or came forth again, its line is at the end: who is there sees it. */
function followRewinds({ session }: SessionContext, anchor: ScrollAnchor): void {
  let known: string | null = null;
  effect(() => {
    const last = session.transcript.value.entries.at(-1);
    if (session.phase.value.state !== "ready") return;
    const isNew = known !== null && last?.type === "rewind" && last.id !== known;
    known = last?.id ?? "";
    if (!isNew) return;
    const frame = requestAnimationFrame(() => anchor.toEnd());
    return () => cancelAnimationFrame(frame);
  });
}

/** What is at the end of a page that is looked at has been read. */
function followReading({ session }: SessionContext, anchor: ScrollAnchor): void {
  const mark = () => {
    if (anchor.isAtEnd.peek()) session.markSeen();
  };
  effect(() => {
    const { lastSeq } = session.transcript.value;
    if (!anchor.isAtEnd.value || lastSeq === 0) return;
    const timer = setTimeout(mark, 500);
    return () => clearTimeout(timer);
  });
}
