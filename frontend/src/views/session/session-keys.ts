/** The keys of a session on the desk. Single letters act only while no field has the focus. */
import type { OpenQuestion } from "../../../../transcript/transcript.ts";
import { onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import { submitDecision } from "../../state/outbox.ts";
import { settings } from "../../state/settings.ts";
import { stopTurn } from "../composer/stop-button.ts";
import type { SessionContext } from "./session-context.ts";

interface KeyOptions {
  readonly context: SessionContext;
  readonly focusComposer: () => void;
  readonly current: ReadonlySignal<OpenQuestion | null>;
}

/** Two presses of Escape within this time stop the turn. */
const doubleMs = 1000;

/** Listens until the screen is left. */
export function followSessionKeys(options: KeyOptions): void {
  let lastEscape = 0;
  const onKey = (event: KeyboardEvent) => {
    if (!event.isTrusted || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
    if ((event.metaKey || event.ctrlKey) && event.key === ".") {
      event.preventDefault();
      void stopTurn(options.context);
      return;
    }
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
    if (act(event.key, options)) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
}

function act(key: string, options: KeyOptions): boolean {
  switch (key) {
    case "/":
    case "i":
      options.focusComposer();
      return true;
    case "r":
      return reviewLast(options.context);
    case "a":
    case "d":
      return decide(key, options);
    case "j":
      return moveEntry(1);
    case "k":
      return moveEntry(-1);
    default:
      return false;
  }
}

/** A dangerous question is answered by no key, and the others only when their buttons would answer. */
function decide(key: "a" | "d", { context, current, focusComposer }: KeyOptions): boolean {
  const question = current.peek();
  if (question === null || (key === "a" && question.request.dangerous)) return false;
  const button = document.querySelector(key === "a" ? ".docks .permission-allow" : ".docks .permission-deny");
  if (button?.getAttribute("aria-disabled") !== "false") return false;
  submitDecision(context.session.id, question.request, { kind: key === "a" ? "allow_once" : "reject_once" });
  // What to do instead comes next.
  if (key === "d") focusComposer();
  return true;
}

function reviewLast({ session, review }: SessionContext): boolean {
  const end = session.transcript.peek().entries.findLast((entry) => entry.type === "turn_end");
  if (end?.type !== "turn_end" || end.turnId === null || (end.changes?.fileCount ?? 0) === 0) return false;
  review(end.turnId);
  return true;
}

/** From entry to entry by what in it can be opened. */
function moveEntry(by: 1 | -1): boolean {
  const rows = [
    ...document.querySelectorAll<HTMLElement>(".transcript .tool-row, .transcript .review-button"),
  ];
  const focused = document.activeElement;
  if (focused?.closest(".nav-pane") !== null || rows.length === 0) return false;
  const at = focused instanceof HTMLElement ? rows.indexOf(focused) : -1;
  rows[at < 0 ? rows.length - 1 : Math.max(0, Math.min(at + by, rows.length - 1))]?.focus();
  return true;
}

function isBusy({ context }: KeyOptions): boolean {
  const { state } = context.session.transcript.peek();
  return state === "running" || state === "requires_action";
}

function isTyping(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName);
}
