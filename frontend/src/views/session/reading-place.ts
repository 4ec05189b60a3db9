/** Where a session is opened: the entry that the address names, the place that was left, else the newest. */
import type { Transcript } from "../../../../transcript/transcript.ts";
import type { ScrollAnchor, ScrollPlace } from "../../lib/scroll-anchor.ts";
import { effect, onCleanup } from "../../lib/signal.ts";
import { route } from "../../state/navigation.ts";
import type { RowWindow } from "./row-window.ts";
import type { SessionContext } from "./session-context.ts";

interface PlaceOptions {
  readonly context: SessionContext;
  readonly anchor: ScrollAnchor;
  readonly content: HTMLElement;
  readonly rowWindow: RowWindow;
}

/** So far back a place is looked for. */
const mostPages = 10;

/** Goes to the place once the session is there, and remembers where a person was on leaving. */
export function followPlace(options: PlaceOptions): void {
  const { session } = options.context;
  const name = `voxpilot.place.${session.id}`;
  let isPlaced = false;
  const keep = () => {
    if (isPlaced) write(name, options.anchor.place());
  };
  window.addEventListener("pagehide", keep);
  onCleanup(() => {
    keep();
    window.removeEventListener("pagehide", keep);
  });
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

async function goToStart(options: PlaceOptions, left: ScrollPlace | null): Promise<void> {
  const { anchor, context, content } = options;
  anchor.toEnd();
  const at = namedSeq();
  const isAtKnown = () => (context.session.transcript.peek().entries[0]?.seq ?? 0) <= (at ?? 0);
  if (at !== null && (await fetchUntil(context, isAtKnown))) {
    const entry = context.session.transcript.peek().entries.findLast((each) => each.seq <= at);
    if (entry !== undefined && goTo(options, { entry: entry.id, offset: 16 })) return;
  }
  if (left !== null) {
    await fetchUntil(context, () => options.rowWindow.include(left.entry));
    if (goTo(options, left)) return;
  }
  const long = longAnswer(context.session.transcript.peek(), content);
  if (long !== null) anchor.toElement(long, 16);
}

/** Older pages, a few at most, until what is looked for is there. */
async function fetchUntil({ session }: SessionContext, isThere: () => boolean): Promise<boolean> {
  for (let page = 0; page < mostPages && !isThere(); page += 1) {
    const put = await session.fetchOlder();
    if (put === null) break;
    put();
  }
  return isThere();
}

function goTo({ anchor, content, rowWindow }: PlaceOptions, place: ScrollPlace): boolean {
  const element = rowWindow.include(place.entry) ? elementOf(content, place.entry) : null;
  if (element === null) return false;
  anchor.toElement(element, place.offset);
  return true;
}

/** The seq of `?at=`. */
function namedSeq(): number | null {
  const place = route.peek();
  return place.screen === "session" ? place.at : null;
}

/** An answer that is longer than the screen is read from its first line. */
function longAnswer({ entries, state }: Transcript, content: HTMLElement): Element | null {
  if (state === "running" || state === "requires_action") return null;
  const last = entries.findLast((entry) => entry.type === "agent");
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

function read(name: string): ScrollPlace | null {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(name) ?? "null");
    return isPlace(stored) ? stored : null;
  } catch {
    // No storage, or damaged: the session opens at its end.
    return null;
  }
}

function write(name: string, place: ScrollPlace | null): void {
  try {
    if (place === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(place));
  } catch {
    // Full or forbidden: the session opens at its end next time.
  }
}

function isPlace(value: unknown): value is ScrollPlace {
  return (
    typeof value === "object" &&
    value !== null &&
    "entry" in value &&
    typeof value.entry === "string" &&
    "offset" in value &&
    typeof value.offset === "number"
  );
}
