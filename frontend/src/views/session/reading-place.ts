/** Where a session is opened: the entry that the address names, the place that was left, else the newest. */
import type { Transcript } from "../../../../transcript/transcript.ts";
import type { ScrollAnchor, ScrollPlace } from "../../lib/scroll-anchor.ts";
import { effect, onCleanup } from "../../lib/signal.ts";
import { route } from "../../state/navigation.ts";
import type { SessionContext } from "./session-context.ts";

interface PlaceOptions {
  readonly context: SessionContext;
  readonly anchor: ScrollAnchor;
  readonly content: HTMLElement;
}

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
      goToStart(options, read(name));
    });
    return () => {
      if (!isPlaced) cancelAnimationFrame(frame);
    };
  });
}

function goToStart({ context, anchor, content }: PlaceOptions, left: ScrollPlace | null): void {
  const transcript = context.session.transcript.peek();
  const named = entryAt(transcript, route.peek());
  const wanted = left === null ? null : elementOf(content, left.entry);
  if (named !== null) {
    const element = elementOf(content, named);
    if (element !== null) return anchor.toElement(element, 16);
  }
  if (left !== null && wanted !== null) return anchor.toElement(wanted, left.offset);
  anchor.toEnd();
  const long = longAnswer(transcript, content);
  if (long !== null) anchor.toElement(long, 16);
}

/** The entry that holds the seq of `?at=`. */
function entryAt(
  { entries }: Transcript,
  place: { readonly screen: string; readonly at?: number | null },
): string | null {
  const { at } = place;
  if (place.screen !== "session" || at === undefined || at === null) return null;
  return entries.findLast((entry) => entry.seq <= at)?.id ?? null;
}

/** An answer that is longer than the screen is read from its first line. */
function longAnswer({ entries, state }: Transcript, content: HTMLElement): Element | null {
  if (state === "running" || state === "requires_action") return null;
  const last = entries.findLast((entry) => entry.type === "agent");
  const isNewest =
    last !== undefined && entries.slice(entries.indexOf(last)).every((entry) => entry.type !== "user");
  const element = last === undefined || !isNewest ? null : elementOf(content, last.id);
  const screen = content.parentElement?.clientHeight ?? 0;
  return element !== null && element.getBoundingClientRect().height > screen ? element : null;
}

function elementOf(content: HTMLElement, entry: string): Element | null {
  return content.querySelector(`[data-entry="${CSS.escape(entry)}"]`);
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
