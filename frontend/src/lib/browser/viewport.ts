/** Keeps the root on what is really visible (keyboards, browser bars), and says how much room there is. */
import { effect, type ReadonlySignal, signal } from "../signal.ts";

const keyboardThreshold = 120;
const settleMs = 100;

const width = signal(globalThis.innerWidth ?? 360);
const keyboard = signal(false);
/** The tallest view seen at the present width, to tell a keyboard from a small window. */
let tallest = 0;
let lastWidth = 0;
/** From 600 px two panes stand side by side. */
export const isWide: ReadonlySignal<boolean> = followMedia("(min-width: 600px)");
/** A phone on its side, or one with a keyboard over half of it. */
export const isLow: ReadonlySignal<boolean> = followMedia("(max-height: 479px)");
export const hasFinePointer: ReadonlySignal<boolean> = followMedia("(hover: hover) and (pointer: fine)");
/** A soft keyboard covers part of the page. */
export const isKeyboardOpen: ReadonlySignal<boolean> = keyboard;
export const viewportWidth: ReadonlySignal<number> = width;

/** Writes `--app-height`, `--app-top` and `data-keyboard` on the document element, once a frame. Call it once. */
export function followViewport(): void {
  const visual = window.visualViewport;
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      measure();
    });
  };
  const settle = () => {
    setTimeout(() => {
      window.scrollTo(0, 0);
      schedule();
    }, settleMs);
  };
  visual?.addEventListener("resize", schedule);
  visual?.addEventListener("scroll", schedule);
  window.addEventListener("resize", schedule);
  window.addEventListener("orientationchange", settle);
  document.addEventListener("focusout", settle);
  document.addEventListener("focusin", schedule);
  effect(() => {
    document.documentElement.toggleAttribute("data-keyboard", isKeyboardOpen.value);
  });
  measure();
}

function measure(): void {
  const visual = window.visualViewport;
  width.value = window.innerWidth;
  // Pinch zoom is the person's own view of the page: it must not be laid out again.
  if (visual === null || visual === undefined || visual.scale > 1.01) return;
  const isTyping = hasFocusedField();
  // With `resizes-content` the layout viewport shrinks too, so the missing part is counted from the tallest height seen.
  tallest = lastWidth === window.innerWidth ? Math.max(tallest, visual.height) : visual.height;
  lastWidth = window.innerWidth;
  const root = document.documentElement.style;
  root.setProperty("--app-height", `${visual.height}px`);
  // iOS leaves a stale offset behind when the keyboard goes.
  root.setProperty("--app-top", `${isTyping ? visual.offsetTop : 0}px`);
  keyboard.value = isTyping && tallest - visual.height > keyboardThreshold;
}

function hasFocusedField(): boolean {
  const focused = document.activeElement;
  return (
    focused instanceof HTMLInputElement ||
    focused instanceof HTMLTextAreaElement ||
    (focused instanceof HTMLElement && focused.isContentEditable)
  );
}

function followMedia(query: string): ReadonlySignal<boolean> {
  const list = globalThis.matchMedia?.(query);
  const matches = signal(list?.matches ?? false);
  list?.addEventListener("change", (event) => {
    matches.value = event.matches;
  });
  return matches;
}
