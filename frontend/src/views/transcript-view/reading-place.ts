/** Where a session is opened: the entry that the address names, the place that was left, else the newest. */

import type { Transcript } from "../../../../transcript/transcript.ts";
import { readTab, writeTab } from "../../lib/browser/tab-storage.ts";
import type { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { effect, onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import { route } from "../../state/navigation.ts";
import type { Reading } from "../../state/session/reading.ts";
import { isAtWork } from "../../state/session/turns.ts";
import type { SessionContext } from "../session/session-context.ts";
import type { RowWindow } from "./row-window.ts";
import type { TranscriptRow } from "./rows.ts";

export interface PlaceOptions {
  readonly context: SessionContext;
  readonly anchor: ScrollAnchor;
  readonly content: HTMLElement;
  readonly rowWindow: RowWindow;
  readonly reading: Reading;
  /** All rows that are known. */
  readonly rows: ReadonlySignal<readonly TranscriptRow[]>;
}

interface SeqPlace {
  readonly seq: number;
  /** Pixels beneath the upper edge; left out: where what was asked for is shown. */
  readonly offset?: number | undefined;
}

/** So long an entry is marked that the address names. */
const markedMs = 3000;

/** Goes to the place once the session is there, and remembers where a person was on leaving. */
export function followPlace(options: PlaceOptions): void {
  const { session } = options.context;
  const name = `place.${session.id}`;
  let isPlaced = false;
  const keep = () => {
    if (isPlaced) writeTab(name, placeNow(options));
  };
  window.addEventListener("pagehide", keep);
  onCleanup(() => {
    keep();
    window.removeEventListener("pagehide", keep);
  });
  followAddress(options, () => isPlaced);
  effect(() => {
    if (isPlaced || session.phase.value.state !== "ready") return;
    // Only what stands in the page has a place.
    const frame = requestAnimationFrame(() => {
      isPlaced = true;
      void goToStart(options, read(name)).then(() => options.rowWindow.placed());
    });
    return () => {
      if (!isPlaced) cancelAnimationFrame(frame);
    };
  });
}

/** Another place of the open session, as from the search beside it. */
function followAddress(options: PlaceOptions, isPlaced: () => boolean): void {
  let last = namedSeq();
  effect(() => {
    const at = namedSeq(route.value);
    if (at === last) return;
    last = at;
    if (at !== null && isPlaced()) void goToSeq(options, at);
  });
}

async function goToStart(options: PlaceOptions, left: SeqPlace | null): Promise<void> {
  const { anchor, context, content } = options;
  anchor.toEnd();
  const at = namedSeq();
  if (at !== null && (await goToSeq(options, at))) return;
  if (left !== null && (await showSeq(options, left)) !== null) return;
  const long = longAnswer(context.session.transcript.peek(), content);
  if (long !== null) anchor.toElement(long);
}

/** Goes to the entry that this seq belongs to, however far back, and marks it for a while; false: it cannot be had now. */
async function goToSeq(options: PlaceOptions, seq: number): Promise<boolean> {
  const key = await showSeq(options, { seq });
  if (key === null) return false;
  const element = elementOf(options.content, key);
  element?.toggleAttribute("data-named", true);
  setTimeout(() => element?.removeAttribute("data-named"), markedMs);
  return true;
}

/** Goes to the row that this seq belongs to, however far back, and tells its key; null: it cannot be had now. */
export async function showSeq(options: PlaceOptions, { seq, offset }: SeqPlace): Promise<string | null> {
  if (!(await options.reading.around(seq))) return null;
  const row = options.rows.peek().findLast((each) => (seqOf(each) ?? Number.POSITIVE_INFINITY) <= seq);
  return row !== undefined && goTo(options, { entry: row.key, offset }) ? row.key : null;
}

/** Where a person reads, by the seq: which rows are folded into one depends on what else is known. */
function placeNow({ anchor, rows }: PlaceOptions): SeqPlace | null {
  const place = anchor.place();
  if (place === null) return null;
  const known = rows.peek();
  const first = known.findIndex((row) => row.key === place.entry);
  // A day stands for what is said on it.
  const row = known.slice(Math.max(0, first), first + 2).find((each) => each.type !== "day");
  const seq = row === undefined ? null : seqOf(row);
  return seq === null ? null : { seq, offset: place.offset };
}

function seqOf(row: TranscriptRow): number | null {
  if (row.type === "day") return null;
  return (row.type === "group" || row.type === "decisions" ? row.entries[0] : row.entry)?.seq ?? null;
}

interface EntryPlace extends Pick<SeqPlace, "offset"> {
  readonly entry: string;
}

/** Draws what is needed for an entry that is known, and goes there; false: it is not known. */
function goTo({ anchor, content, rowWindow }: PlaceOptions, { entry, offset }: EntryPlace): boolean {
  const element = rowWindow.include(entry) ? elementOf(content, entry) : null;
  if (element === null) return false;
  anchor.toElement(element, offset);
  return true;
}

/** The seq of `?at=`. */
function namedSeq(place = route.peek()): number | null {
  return place.screen === "session" ? place.at : null;
}

/** An answer that is longer than the screen is read from its first line. */
function longAnswer({ entries, state }: Transcript, content: HTMLElement): Element | null {
  if (isAtWork(state)) return null;
  const last = entries.findLast((entry) => entry.type === "agent" && entry.parentToolCallId === undefined);
  const isNewest =
    last !== undefined && entries.slice(entries.indexOf(last)).every((entry) => entry.type !== "user");
  const element = last === undefined || !isNewest ? null : elementOf(content, last.id);
  const screen = content.parentElement?.clientHeight ?? 0;
  return element !== null && drawnHeight(element) > screen ? element : null;
}

/** What was not yet on the screen has only a guess for its height: it is laid out for the question. */
function drawnHeight(element: HTMLElement): number {
  element.style.setProperty("content-visibility", "visible");
  const { height } = element.getBoundingClientRect();
  element.style.removeProperty("content-visibility");
  return height;
}

function elementOf(content: HTMLElement, entry: string): HTMLElement | null {
  return content.querySelector<HTMLElement>(`[data-entry="${CSS.escape(entry)}"]`);
}

function read(name: string): SeqPlace | null {
  const stored = readTab(name);
  return isPlace(stored) ? stored : null;
}

function isPlace(value: unknown): value is SeqPlace {
  return (
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    typeof value.seq === "number" &&
    "offset" in value &&
    typeof value.offset === "number"
  );
}
