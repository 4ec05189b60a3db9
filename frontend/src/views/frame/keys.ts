/** The keys of the shell: new session, the panes, and moving through the list. They act only while no field has the focus. */
import { withStyles } from "../../lib/browser/later-styles.ts";
import { canDecide } from "../../state/access/device.ts";
import { go, openSessionId, route } from "../../state/navigation.ts";
import { checkPageVersion } from "../../state/page-update.ts";
import { toggleSessionsPane } from "../../state/panes.ts";
import { settings } from "../../state/settings.ts";
import { toggleArchivedById } from "../sessions/list-actions.ts";

const actions: Readonly<Record<string, () => void>> = {
  n: () => {
    if (route.peek().screen !== "new") go("/new");
  },
  "[": toggleSessionsPane,
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  o: () => focusedRow()?.click(),
  e: archive,
  "?": () => void openKeys(),
};
/** What follows `g` within a second goes to a place. */
const places: Readonly<Record<string, () => void>> = { s: () => go("/") };
const sequenceMs = 1000;
let goPressedAt = Number.NEGATIVE_INFINITY;

/** Listens for the page's life. */
export function followKeys(): void {
  followHints();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (
      settings.letterKeys.signal.peek() === "off" ||
      isTyping() ||
      document.querySelector("dialog[open]") !== null
    )
      return;
    const isPlace = event.timeStamp - goPressedAt < sequenceMs;
    goPressedAt = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const action = (isPlace ? places[event.key] : undefined) ?? actions[event.key];
    if (
      action === undefined ||
      (isMove(event.key) && !isInList()) ||
      (event.key === "o" && focusedRow() === null)
    )
      return;
    event.preventDefault();
    action();
  });
}

/** While ⌘ or Ctrl is held, buttons show their keys (`aria-keyshortcuts`). */
function followHints(): void {
  const root = document.documentElement;
  document.addEventListener("keydown", ({ key }) => {
    const isHeld = key === "Control" || key === "Meta";
    root.toggleAttribute("data-hints", isHeld && settings.letterKeys.signal.peek() === "on");
  });
  for (const type of ["keyup", "visibilitychange"]) document.addEventListener(type, hide);
  window.addEventListener("blur", hide);
  function hide(): void {
    root.removeAttribute("data-hints");
  }
}

async function openKeys(): Promise<void> {
  try {
    (await withStyles(import("./keys-sheet.ts"))).openKeysSheet();
  } catch {
    // The machine is away, which the header says, or has another version, which is to be said there too.
    void checkPageVersion();
  }
}

function isMove(key: string): boolean {
  return key === "j" || key === "k";
}

/** `j` and `k` belong to what has the focus: the list has them on its own screen, and while one is in it. */
function isInList(): boolean {
  const focused = document.activeElement;
  return focused?.closest(".nav-pane") !== null || route.peek().screen === "sessions";
}

function moveFocus(by: 1 | -1): void {
  const rows = [
    ...document.querySelectorAll<HTMLElement>(
      ".nav-pane :is(.search-results, .sessions-body:not([hidden])) :is(.session-row, .needs-you-head, .search-hit)",
    ),
  ];
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1;
  rows[at < 0 ? 0 : Math.max(0, Math.min(at + by, rows.length - 1))]?.focus();
}

/** The row that has the focus, and then the next one has it; without one, the session that is open. */
function archive(): void {
  const row = focusedRow();
  const address = row?.getAttribute("href") ?? null;
  const sessionId = address === null ? openSessionId() : /^\/s\/([^/?]+)/.exec(address)?.[1];
  if (sessionId === null || sessionId === undefined || !canDecide()) return;
  if (row !== null) moveFocus(1);
  toggleArchivedById(sessionId);
}

function focusedRow(): HTMLElement | null {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.closest(".nav-pane a") !== null ? focused : null;
}

function isTyping(): boolean {
  const focused = document.activeElement;
  return (
    focused instanceof HTMLElement &&
    (focused.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName))
  );
}
