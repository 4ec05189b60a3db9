/** Swipes and long presses, with the edges of the screen and whatever scrolls sideways left alone. */
import { ignoreRelease } from "./hold.ts";
import { onCleanup } from "./signal.ts";

const edge = 32;
const lockAfter = 10;
const lockRatio = 1.5;
const pressMs = 450;

interface SwipeHandlers {
  /** Which way may be swiped; positive `x` is to the right. */
  readonly direction: "left" | "right" | "both";
  /** Asked as the finger comes down; absent: always. */
  canBegin?(): boolean;
  /** The finger is `x` from where it began. */
  move(x: number): void;
  /** Let go at `x`, moving at `velocity` px/ms. */
  end(x: number, velocity: number): void;
}

/** Follows sideways swipes of one finger that begin in `element`. */
export function onSwipe(element: HTMLElement, handlers: SwipeHandlers): void {
  let start: { x: number; y: number; at: number } | null = null;
  let isLocked = false;
  const begin = (event: TouchEvent) => {
    const touch = event.touches[0];
    const isOne = event.touches.length === 1 && (handlers.canBegin?.() ?? true);
    isLocked = false;
    start = null;
    if (touch === undefined || !isOne || !isFree(touch, event.target)) return;
    start = { x: touch.clientX, y: touch.clientY, at: event.timeStamp };
  };
  const move = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (start === null || touch === undefined) return;
    const x = touch.clientX - start.x;
    const y = touch.clientY - start.y;
    if (!isLocked && Math.max(Math.abs(x), Math.abs(y)) < lockAfter) return;
    if (!isLocked && !isSideways(x, y, handlers.direction)) {
      start = null;
      return;
    }
    isLocked = true;
    event.preventDefault();
    handlers.move(x);
  };
  const end = (event: TouchEvent) => {
    const touch = event.changedTouches[0];
    if (start !== null && isLocked && touch !== undefined) {
      const x = touch.clientX - start.x;
      handlers.end(event.type === "touchcancel" ? 0 : x, x / Math.max(1, event.timeStamp - start.at));
    }
    start = null;
  };
  element.addEventListener("touchstart", begin, { passive: true });
  element.addEventListener("touchmove", move, { passive: false });
  element.addEventListener("touchend", end);
  element.addEventListener("touchcancel", end);
}

/** Calls `act` after a press of 450 ms that stays in place, and on a right click. The click that follows is swallowed. */
export function onLongPress(element: HTMLElement, act: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDone = false;
  const cancel = () => clearTimeout(timer);
  const done = () => {
    isDone = true;
    // What opens under the finger is not what it lets go of.
    ignoreRelease();
    act();
  };
  element.addEventListener("pointerdown", (event) => {
    isDone = false;
    if (event.pointerType !== "touch") return;
    timer = setTimeout(done, pressMs);
  });
  for (const type of ["pointerup", "pointercancel", "pointerleave"] as const)
    element.addEventListener(type, cancel);
  element.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.movementX, event.movementY) > 4) cancel();
  });
  element.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    cancel();
    if (!isDone) done();
  });
  element.addEventListener(
    "click",
    (event) => {
      if (!isDone) return;
      isDone = false;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  onCleanup(cancel);
}

/** The edges belong to the browser's own Back, and what scrolls sideways to itself. */
function isFree(touch: Touch, target: EventTarget | null): boolean {
  if (touch.clientX < edge || touch.clientX > window.innerWidth - edge) return false;
  for (let node = target instanceof Element ? target : null; node !== null; node = node.parentElement) {
    const overflow = getComputedStyle(node).overflowX;
    if ((overflow === "auto" || overflow === "scroll") && node.scrollWidth > node.clientWidth + 1)
      return false;
  }
  return true;
}

function isSideways(x: number, y: number, direction: SwipeHandlers["direction"]): boolean {
  if (Math.abs(x) < Math.abs(y) * lockRatio) return false;
  return direction === "both" || (direction === "right" ? x > 0 : x < 0);
}
