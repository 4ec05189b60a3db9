/** The keys of a session on the desk. Single letters act only while no field has the focus. */

import type { OpenQuestion } from "../../../../transcript/transcript.ts";
import { onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import { submitDecision } from "../../state/outbox/outbox.ts";
import { lastTurnWithChanges } from "../../state/session/turns.ts";
import { settings } from "../../state/settings.ts";
import type { Composer } from "../composer/composer.ts";
import { stopTurn } from "../composer/stop-button.ts";
import type { SessionContext } from "./session-context.ts";

interface KeyOptions {
  readonly context: SessionContext;
  readonly composer: Pick<Composer, "focus" | "isFull" | "leaveFull">;
  readonly current: ReadonlySignal<OpenQuestion | null>;
}

const openable = ".transcript .tool-row, .transcript .review-button";
const said = ".transcript .user-more";
/** Two presses of Escape within this time stop the turn. */
const doubleMs = 1000;

/** Listens until the screen is left. */
export function followSessionKeys(options: KeyOptions): void {
  let lastEscape = 0;
  const onKey = (event: KeyboardEvent) => {
    // First what is only written: looking for a dialog goes through the whole page.
    if (!event.isTrusted || event.defaultPrevented || isWritten(event)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if ((event.metaKey || event.ctrlKey) && event.key === ".") {
      event.preventDefault();
      void stopTurn(options.context);
      return;
    }
    if (event.key === "Escape" && options.composer.isFull.peek()) return options.composer.leaveFull();
    if (event.key === "Escape") {
      if (event.timeStamp - lastEscape < doubleMs && isBusy(options)) void stopTurn(options.context);
      lastEscape = event.timeStamp;
      if (document.activeElement instanceof HTMLTextAreaElement) document.activeElement.blur();
      return;
    }
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      isTyping() ||
      settings.letterKeys.signal.peek() === "off"
    )
      return;
    if (!options.composer.isFull.peek() && act(event.key, options)) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
}

function act(key: string, options: KeyOptions): boolean {
  switch (key) {
    case "/":
    case "i":
      options.composer.focus();
      return true;
    case "r":
      return reviewLast(options.context);
    case "a":
    case "d":
      return decide(key, options);
    case "j":
      return moveEntry(1, openable);
    case "k":
      return moveEntry(-1, openable);
    case "J":
      return moveEntry(1, said);
    case "K":
      return moveEntry(-1, said);
    case "o":
      return openFocused();
    default:
      return false;
  }
}

/** A dangerous question is answered by no key, and the others only when their buttons would answer. */
function decide(key: "a" | "d", { context, current, composer }: KeyOptions): boolean {
  const question = current.peek();
  if (question === null || (key === "a" && question.request.dangerous)) return false;
  const button = document.querySelector(key === "a" ? ".docks .permission-allow" : ".docks .permission-deny");
  if (button?.getAttribute("aria-disabled") !== "false" || !isOnTop(button)) return false;
  submitDecision(context.session.id, question.request, { kind: key === "a" ? "allow_once" : "reject_once" });
  // What to do instead comes next.
  if (key === "d") composer.focus();
  return true;
}

/** Nobody decides on what something else covers. */
function isOnTop(button: Element): boolean {
  const { left, top, width, height } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}

function reviewLast({ session, review }: SessionContext): boolean {
  const turnId = lastTurnWithChanges(session.transcript.peek());
  if (turnId === null) return false;
  review(turnId);
  return true;
}

/** From entry to entry by what in it can be opened; from turn to turn by what was said. */
function moveEntry(by: 1 | -1, among: string): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(among)];
  const focused = document.activeElement;
  if (focused?.closest(".nav-pane, .work-pane") !== null || rows.length === 0) return false;
  const at = focused instanceof HTMLElement ? rows.indexOf(focused) : -1;
  rows[at < 0 ? rows.length - 1 : Math.max(0, Math.min(at + by, rows.length - 1))]?.focus();
  return true;
}

function openFocused(): boolean {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !focused.matches(openable)) return false;
  focused.click();
  return true;
}

function isBusy({ context }: KeyOptions): boolean {
  const { state } = context.session.transcript.peek();
  return state === "running" || state === "requires_action";
}

function isWritten({ key, metaKey, ctrlKey }: KeyboardEvent): boolean {
  return isTyping() && key !== "Escape" && !metaKey && !ctrlKey;
}

function isTyping(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName);
}
