/** A button that must be held, and, for a keyboard or a screen reader, pressed twice. */
import { type ReadonlySignal, signal } from "./signal.ts";

interface HoldOptions {
  readonly durationMs: number;
  /** How long the second press may take. */
  readonly confirmMs: number;
  /** Asked at the beginning and at the end: while true, nothing counts. */
  readonly isBlocked: () => boolean;
  readonly onBegin?: () => void;
  readonly onComplete: () => void;
}

export interface Hold {
  /** idle → holding → (done); idle → confirming → (done). */
  readonly phase: ReadonlySignal<"idle" | "holding" | "confirming">;
  readonly stop: () => void;
}

/** Listens on `button`; letting go, leaving it or any interruption cancels. Only events of a person count. */
export function hold(button: HTMLElement, options: HoldOptions): Hold {
  const phase = signal<"idle" | "holding" | "confirming">("idle");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reset = () => {
    clearTimeout(timer);
    phase.value = "idle";
  };
  const complete = () => {
    reset();
    if (!options.isBlocked()) options.onComplete();
  };
  const enter = (next: "holding" | "confirming", afterMs: number, then: () => void) => {
    clearTimeout(timer);
    phase.value = next;
    timer = setTimeout(then, afterMs);
  };
  button.addEventListener("pointerdown", (event) => {
    if (!event.isTrusted || !event.isPrimary || event.button !== 0 || options.isBlocked()) return;
    button.setPointerCapture(event.pointerId);
    options.onBegin?.();
    enter("holding", options.durationMs, () => {
      ignoreRelease();
      complete();
    });
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    button.addEventListener(type, () => {
      if (phase.value === "holding") reset();
    });
  }
  // A long press must not open the system's menu instead.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    // A click with a count comes from a pointer, and there only the hold counts.
    if (!event.isTrusted || event.detail > 0 || options.isBlocked()) return;
    if (phase.value === "confirming") complete();
    else enter("confirming", options.confirmMs, reset);
  });
  return { phase, stop: reset };
}

/** How long after the release its click may still come. */
const clickAfterMs = 500;

/** The finger is still down when a hold is done, and what lies there then is another thing: its click counts nowhere. */
export function ignoreRelease(): void {
  const ended = new AbortController();
  const listening = { capture: true, signal: ended.signal };
  const end = () => ended.abort();
  const ignore = (event: MouseEvent) => {
    // Without a count it is a keyboard's, and wanted.
    if (!event.isTrusted || event.detail === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    end();
  };
  window.addEventListener("click", ignore, listening);
  window.addEventListener("pointerdown", end, listening);
  for (const type of ["pointerup", "pointercancel"] as const)
    window.addEventListener(type, () => setTimeout(end, clickAfterMs), listening);
}
