/** The keys of the shell: new session, the panes, and moving through the list. They act only while no field has the focus. */
import { go, route } from "../../state/navigation.ts";
import { toggleSessionsPane } from "../../state/panes.ts";
import { settings } from "../../state/settings.ts";

const actions: Readonly<Record<string, () => void>> = {
  n: () => {
    if (route.peek().screen !== "new") go("/new");
  },
  "[": toggleSessionsPane,
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  o: () => focusedRow()?.click(),
  "?": () => void import("./keys-sheet.ts").then(({ openKeysSheet }) => openKeysSheet()),
};

/** Listens for the page's life. */
export function followKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (
      settings.letterKeys.signal.peek() === "off" ||
      isTyping() ||
      document.querySelector("dialog[open]") !== null
    )
      return;
    const action = actions[event.key];
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
    ...document.querySelectorAll<HTMLElement>(".nav-pane .session-row, .nav-pane .needs-you-head"),
  ];
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1;
  rows[at < 0 ? 0 : Math.max(0, Math.min(at + by, rows.length - 1))]?.focus();
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
