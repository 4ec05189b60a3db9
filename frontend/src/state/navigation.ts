/**
 * Where the person is: addresses, and one history entry per screen, sheet and drawer, so that Back closes exactly that.
 */
import { newIdentifier } from "../lib/browser/identifiers.ts";
import { readStoredJson, writeStored } from "../lib/browser/storage.ts";
import { isWide } from "../lib/browser/viewport.ts";
import { batch, type ReadonlySignal, signal } from "../lib/signal.ts";

type Route =
  | { readonly screen: "sessions" }
  | { readonly screen: "new" }
  | { readonly screen: "session"; readonly sessionId: string; readonly at: number | null }
  | {
      readonly screen: "review";
      readonly sessionId: string;
      readonly turnId: string | null;
      readonly file: string | null;
    }
  | { readonly screen: "settings"; readonly section: string | null }
  | { readonly screen: "pair"; readonly code: string | null }
  /** How a device comes to trust the machine's certificate; shown to whoever asks. */
  | { readonly screen: "trust" };

interface Layer {
  readonly id: string;
  readonly close: () => void;
}

const rememberedForMs = 3_600_000;
const noteMs = 400;
const current = signal<Route>({ screen: "sessions" });
const search = signal<string | null>(null);
let layers: Layer[] = [];
/** How many layers are to be left, while the history is still on its way there; and what comes then. */
let leaving: { readonly count: number; readonly next: (() => void) | null } | null = null;
let isTraversing = false;
let noteTimer: ReturnType<typeof setTimeout> | undefined;

/** The screen that is shown, from the address. */
export const route: ReadonlySignal<Route> = current;

/** What is looked for in the list of sessions, from the history entry; null: the search is not open. */
export const searchWords: ReadonlySignal<string | null> = search;

/** The session that is open, also beneath its review; null: none. */
export function openSessionId(): string | null {
  const open = current.value;
  return open.screen === "session" || open.screen === "review" ? open.sessionId : null;
}

/** Reads an address; whatever is unknown is Sessions. */
export function parseAddress(address: string): Route {
  const url = new URL(address, "http://page.invalid");
  const [first, second, third] = url.pathname.split("/").filter(Boolean).map(decode);
  if (first === "new") return { screen: "new" };
  if (first === "trust") return { screen: "trust" };
  if (first === "settings") return { screen: "settings", section: second ?? null };
  if (first === "pair")
    return { screen: "pair", code: url.hash.length > 1 ? decode(url.hash.slice(1)) : null };
  if (first !== "s" || second === undefined) return { screen: "sessions" };
  if (third !== "review")
    return { screen: "session", sessionId: second, at: positive(url.searchParams.get("at")) };
  return {
    screen: "review",
    sessionId: second,
    turnId: url.searchParams.get("turn"),
    file: url.searchParams.get("file"),
  };
}

/** The address of the screen beneath, for a link that was opened cold; null for Sessions. */
export function parentAddress(of: Route): string | null {
  switch (of.screen) {
    case "sessions":
    case "pair":
    case "trust":
      return null;
    case "review":
      return `/s/${of.sessionId}`;
    case "settings":
      return of.section === null ? "/" : "/settings";
    case "new":
    case "session":
      return "/";
  }
}

/** Starts following the address. Call it once, before anything is drawn. */
export function startNavigation(): void {
  window.addEventListener("popstate", onPop);
  window.addEventListener("pagehide", rememberPlace);
  // Phones end hidden pages without a word.
  document.addEventListener("visibilitychange", rememberPlace);
  const address = startAddress();
  if (isOurs(history.state)) {
    // After a reload the sheets above this place are gone, so their entries go too.
    history.replaceState({ ...history.state, layer: null }, "", address);
  } else {
    putParentsBeneath(address);
  }
  current.value = parseAddress(address);
  search.value = searchOf(history.state);
  stripFragment();
}

/** Opens a screen: one new history entry. Sheets that are open close first. */
export function go(address: string): void {
  if (address === here()) return closeLayersThen(() => undefined);
  closeLayersThen(() => {
    history.pushState({ ...entry(depth() + 1), ...searching(searchBeside(address)) }, "", address);
    show(address);
  });
}

/** Opens the search of the sessions, which is one history entry; beside an open session where there is room. */
export function openSearch(): void {
  if (search.peek() !== null) return;
  const address = isWide.peek() && openSessionId() !== null ? here() : "/";
  closeLayersThen(() => {
    history.pushState({ ...entry(depth() + 1), ...searching(""), opensSearch: true }, "", address);
    show(address);
  });
}

/** Notes what is looked for with the entry of the search, for whoever comes back to it. */
export function keepSearch(words: string): void {
  if (search.peek() === null) return;
  search.value = words;
  clearTimeout(noteTimer);
  // Browsers refuse a history that is written at every letter.
  noteTimer = setTimeout(noteSearch, noteMs);
}

function noteSearch(): void {
  clearTimeout(noteTimer);
  const words = search.peek();
  if (words === null || searchOf(history.state) === null || searchOf(history.state) === words) return;
  history.replaceState({ ...history.state, search: words }, "", here());
}

/** Closes the search: Back where that does it, else in its place, so that what was opened from it stays. */
export function closeSearch(): void {
  if (search.peek() === null) return;
  if (isOurs(history.state) && "opensSearch" in history.state) return back();
  history.replaceState(entry(depth()), "", here());
  search.value = null;
}

/** Puts a screen in the place of the present one. */
export function replace(address: string): void {
  closeLayersThen(() => {
    history.replaceState(entry(depth()), "", address);
    show(address);
  });
}

/** The same as the browser's Back; without anything beneath it opens the parent. */
export function back(): void {
  if (depth() > 0) history.back();
  else replace(parentAddress(current.peek()) ?? "/");
}

/** Gives a sheet, drawer or opened search its history entry. `close` runs once, on Back; the answer closes it by hand. */
export function openLayer(close: () => void): () => void {
  const layer: Layer = { id: newIdentifier(), close };
  noteSearch();
  layers.push(layer);
  history.pushState({ ...entry(depth() + 1), ...searching(search.peek()), layer: layer.id }, "", here());
  return () => {
    if (layers.includes(layer)) leaveLayers(layers.indexOf(layer), null);
  };
}

function onPop(event: PopStateEvent): void {
  isTraversing = false;
  closeAbove(layers.findIndex((layer) => layer.id === layerOf(event.state)) + 1);
  if (leaving === null) show(here() + location.hash);
  else leaveOn();
  stripFragment();
}

function closeLayersThen(next: () => void): void {
  noteSearch();
  leaveLayers(0, next);
}

/** The history moves later than it is told to, and one move at a time: wishes that come meanwhile are joined. */
function leaveLayers(count: number, next: (() => void) | null): void {
  leaving = { count: Math.min(leaving?.count ?? count, count), next: next ?? leaving?.next ?? null };
  if (!isTraversing) leaveOn();
}

function leaveOn(): void {
  if (leaving === null) return;
  if (layers.length > leaving.count) {
    isTraversing = true;
    history.go(leaving.count - layers.length);
    return;
  }
  const { next } = leaving;
  leaving = null;
  if (next === null) show(here());
  else next();
}

function closeAbove(count: number): void {
  const closing = layers.slice(count).reverse();
  layers = layers.slice(0, count);
  for (const layer of closing) layer.close();
}

function show(address: string): void {
  const next = parseAddress(address);
  batch(() => {
    search.value = searchOf(history.state);
    if (JSON.stringify(next) !== JSON.stringify(current.peek())) current.value = next;
  });
}

/** Where list and session stand side by side, what is opened from the search leaves it open. */
function searchBeside(address: string): string | null {
  const { screen } = parseAddress(address);
  return isWide.peek() && (screen === "session" || screen === "review") ? search.peek() : null;
}

function putParentsBeneath(address: string): void {
  const beneath: string[] = [];
  let parent = parentAddress(parseAddress(address));
  while (parent !== null) {
    beneath.unshift(parent);
    parent = parentAddress(parseAddress(parent));
  }
  for (const [index, each] of [...beneath, address].entries()) {
    if (index === 0) history.replaceState(entry(0), "", each);
    else history.pushState(entry(index), "", each);
  }
}

/** The home-screen icon returns to the last session within an hour of leaving it. */
function startAddress(): string {
  if (!new URLSearchParams(location.search).has("start")) return here() + location.hash;
  const place = readStoredJson("place");
  if (!isPlace(place) || Date.now() - place.at > rememberedForMs) return "/";
  return `/s/${place.sessionId}`;
}

function rememberPlace(): void {
  noteSearch();
  const open = current.peek();
  const isSession = open.screen === "session" || open.screen === "review";
  if (isSession) writeStored("place", JSON.stringify({ sessionId: open.sessionId, at: Date.now() }));
  if (open.screen === "sessions") writeStored("place", null);
}

/** A pairing code never stays in the address or the history. */
function stripFragment(): void {
  if (current.peek().screen === "pair" && location.hash !== "")
    history.replaceState(entry(depth()), "", "/pair");
}

function here(): string {
  return location.pathname + location.search;
}

function depth(): number {
  return isOurs(history.state) ? history.state.depth : 0;
}

/** The history's note of a screen. */
function entry(at: number): { readonly depth: number; readonly layer: null } {
  return { depth: at, layer: null };
}

function searching(words: string | null): { readonly search?: string } {
  return words === null ? {} : { search: words };
}

function searchOf(state: unknown): string | null {
  return isOurs(state) && "search" in state && typeof state.search === "string" ? state.search : null;
}

function layerOf(state: unknown): string | null {
  return isOurs(state) ? state.layer : null;
}

function isOurs(state: unknown): state is { depth: number; layer: string | null } {
  return typeof state === "object" && state !== null && "depth" in state && typeof state.depth === "number";
}

function isPlace(value: unknown): value is { sessionId: string; at: number } {
  return (
    typeof value === "object" &&
    value !== null &&
    "sessionId" in value &&
    typeof value.sessionId === "string" &&
    "at" in value &&
    typeof value.at === "number"
  );
}

function positive(text: string | null): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape in an address: taken as it stands.
    return text;
  }
}
