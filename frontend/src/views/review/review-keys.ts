/** Keys and focus of a review: by file, by hunk, and back to what opened it. */

import { isWide } from "../../lib/browser/viewport.ts";
import { effect, onCleanup } from "../../lib/signal.ts";
import { back } from "../../state/navigation.ts";
import { settings } from "../../state/settings.ts";

/** `←` and `→` go by file, `j` and `k` by hunk, with ⇧ by file; Escape leaves. Until the screen is left. */
export function followReviewKeys(step: (by: 1 | -1) => void): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping()) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "Escape") {
      // It closes what is on top, and only that.
      event.preventDefault();
      back();
    } else if (settings.letterKeys.signal.peek() === "on" && isHere()) pressLetter(event, step);
  };
  // Before the session's own keys, which it lies over.
  document.addEventListener("keydown", onKey, { capture: true });
  onCleanup(() => document.removeEventListener("keydown", onKey, { capture: true }));
}

/** The focus is on the title while it is open, and goes back to what had it. Beneath it nothing is reached. */
export function takeFocus(review: HTMLElement): void {
  const opener = document.activeElement;
  queueMicrotask(() => review.querySelector("h1")?.focus({ preventScroll: true }));
  effect(() => {
    // From 600 px on both stand side by side.
    document.querySelector(".main-pane")?.toggleAttribute("inert", !isWide.value);
  });
  onCleanup(() => {
    document.querySelector(".main-pane")?.removeAttribute("inert");
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
  });
}

function pressLetter(event: KeyboardEvent, step: (by: 1 | -1) => void): void {
  const by = event.key.toLowerCase() === "j" ? 1 : event.key.toLowerCase() === "k" ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.shiftKey) step(by);
  else moveByHunk(by);
}

/** The first line of a hunk takes the focus: the current line alone takes part in tabbing. */
function moveByHunk(by: 1 | -1): void {
  const page = document.querySelector(".review .file-page:not([hidden])");
  const lines = [...(page?.querySelectorAll<HTMLElement>(".diff-line") ?? [])];
  const starts = lines.filter((line) => line.previousElementSibling?.matches(".diff-line") !== true);
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? lines.indexOf(focused) : -1;
  const next =
    by === 1
      ? starts.find((line) => lines.indexOf(line) > at)
      : starts.findLast((line) => lines.indexOf(line) < at);
  if (next === undefined) return;
  for (const line of lines) line.setAttribute("tabindex", line === next ? "0" : "-1");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

/** The letters are the review's while it has the focus, or has the whole screen. */
function isHere(): boolean {
  return !isWide.peek() || document.activeElement?.closest(".work-pane") !== null;
}

function isTyping(): boolean {
  return document.activeElement !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
}
