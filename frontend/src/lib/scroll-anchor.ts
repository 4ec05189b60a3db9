/**
 * The one owner of a scroller's position: follows the end until a person scrolls up, keeps the place when heights
 * above it change, jumps when asked. Nobody else writes `scrollTop`.
 */
import { onCleanup, type ReadonlySignal, signal } from "./signal.ts";

export interface ScrollPlace {
  /** `data-entry` of the element at the upper edge. */
  readonly entry: string;
  /** Its top edge, in pixels below the scroller's. */
  readonly offset: number;
}

interface Held {
  readonly element: Element;
  readonly top: number;
}

/** What is shown may stop short of what there is: then its end is not to be followed. */
interface TrueEnd {
  /** The end of the content is the end of all. */
  isShown(): boolean;
  /** Shows it instead. */
  show(): void;
}

const followingWithin = 48;
/** So far beneath the upper edge an element is shown that was asked for. */
const shownBelow = 16;
const restMs = 100;
const upKeys = new Set(["ArrowUp", "PageUp", "Home"]);

/** Takes over `scroller`; `content` is the one element in it that grows. Ends with the owner that it is made in. */
export class ScrollAnchor {
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  readonly #isFollowing = signal(true);
  readonly #isNearStart = signal(false);
  readonly #isNearEnd = signal(false);
  readonly #isAtEnd = signal(true);
  #trueEnd: TrueEnd = { isShown: () => true, show: () => undefined };
  /** Where the browser does not keep the place by itself, we do. */
  readonly #keepsPlace = !CSS.supports("overflow-anchor", "auto");
  #lastTop = 0;
  /** Where the end was when `#lastTop` was read. */
  #lastEnd = 0;
  /** A pointer is down: it may drag the scroll bar. */
  #isPressed = false;
  #touchY = 0;
  #isMoving = false;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];
  #held: Held | null = null;
  /** Where it was put, until a person touches it: what is drawn late must not push it away. */
  #pinned: Held | null = null;

  constructor(scroller: HTMLElement, content: HTMLElement) {
    this.#scroller = scroller;
    this.#content = content;
    scroller.dataset.scrolls = "";
    this.#listen();
    // It reports once a frame, after layout: the position is written at most once a frame.
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(content);
    sizes.observe(scroller);
    onCleanup(() => {
      sizes.disconnect();
      clearTimeout(this.#restTimer);
    });
    this.#follow("end");
  }

  get isFollowing(): ReadonlySignal<boolean> {
    return this.#isFollowing;
  }

  /** The end is in view, whether it is followed or only happens to be there. */
  get isAtEnd(): ReadonlySignal<boolean> {
    return this.#isAtEnd;
  }

  /** Less than two screens are left above. */
  get isNearStart(): ReadonlySignal<boolean> {
    return this.#isNearStart;
  }

  /** Less than two screens are left below. */
  get isNearEnd(): ReadonlySignal<boolean> {
    return this.#isNearEnd;
  }

  /** Tells where the end is when it may not be shown. */
  followOnly(trueEnd: TrueEnd): void {
    this.#trueEnd = trueEnd;
  }

  /** Jumps to the end, and follows it from then on. */
  toEnd(): void {
    if (!this.#trueEnd.isShown()) this.#trueEnd.show();
    this.#follow("end");
    this.#write(this.#end());
    this.#measure();
  }

  /** Puts an element `offset` pixels below the upper edge, else a little below what lies over that; no longer follows. */
  toElement(element: Element, offset = shownBelow + this.#covered()): void {
    this.#follow("nothing");
    this.#pinned = { element, top: offset };
    this.#putBack(this.#pinned);
    this.#measure();
  }

  /** Runs a change of what is above; what is in view stays where it is. */
  keepPlace(change: () => void): void {
    const before = firstInView(this.#scroller, this.#content);
    // The change may replace the very first one.
    const next = before?.element.nextElementSibling ?? null;
    const beside = next === null ? null : { element: next, top: topOf(next, this.#scroller) };
    change();
    if (this.#isFollowing.peek()) this.#write(this.#end());
    else if (before?.element.isConnected === true) this.#putBack(before);
    else if (beside !== null) this.#putBack(beside);
    this.#measure();
  }

  /** Runs `change` at once when nothing moves, else when scrolling has come to rest. */
  whenResting(change: () => void): void {
    if (this.#isMoving) this.#waiting.push(change);
    else change();
  }

  /** Where a person is reading; null: at the end. */
  place(): ScrollPlace | null {
    if (this.#isFollowing.peek()) return null;
    const first = firstInView(this.#scroller, this.#content);
    const entry = first?.element instanceof HTMLElement ? first.element.dataset.entry : undefined;
    return first === null || entry === undefined ? null : { entry, offset: Math.round(first.top) };
  }

  /** The index among the rows of the first of which something is visible; 0 when there is none. */
  firstInView(): number {
    return indexInView(this.#scroller, this.#content);
  }

  #listen(): void {
    const passive = { passive: true };
    const unpin = () => {
      this.#pinned = null;
    };
    for (const type of ["wheel", "touchstart", "pointerdown", "keydown"] as const) {
      this.#scroller.addEventListener(type, unpin, passive);
    }
    const press = (isPressed: boolean) => () => {
      this.#isPressed = isPressed;
    };
    this.#scroller.addEventListener("pointerdown", press(true), passive);
    for (const type of ["pointerup", "pointercancel"] as const) {
      const release = press(false);
      window.addEventListener(type, release, passive);
      onCleanup(() => window.removeEventListener(type, release));
    }
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), passive);
    this.#scroller.addEventListener("scrollend", () => this.#rested(), passive);
    this.#scroller.addEventListener(
      "wheel",
      (event) => event.deltaY < 0 && this.#wentUp(event.target),
      passive,
    );
    this.#scroller.addEventListener("touchstart", (event) => this.#touched(event), passive);
    this.#scroller.addEventListener("touchmove", (event) => this.#touched(event), passive);
    this.#scroller.addEventListener("keydown", (event) => {
      const isUp = upKeys.has(event.key) || (event.key === " " && event.shiftKey);
      if (isUp && !isField(event.target)) this.#wentUp(event.target);
    });
  }

  /** A person scrolls up: that ends following at once. What scrolls inside has its own owner. */
  #wentUp(target: EventTarget | null): void {
    const isOurs = !(target instanceof Element) || target.closest("[data-scrolls]") === this.#scroller;
    if (isOurs && this.#end() > 0) this.#follow("nothing");
  }

  #touched(event: TouchEvent): void {
    const y = event.touches[0]?.clientY ?? this.#touchY;
    if (event.type === "touchmove" && y > this.#touchY) this.#wentUp(event.target);
    this.#touchY = y;
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop;
    const end = this.#end();
    const isNearEnd = end - top <= followingWithin;
    // Rows that are drawn late or laid out anew move the view by themselves: `#settle` puts that right.
    const isPersons = this.#isPressed || end === this.#lastEnd;
    if (top !== this.#lastTop) {
      this.#isMoving = true;
      clearTimeout(this.#restTimer);
      this.#restTimer = setTimeout(() => this.#rested(), restMs);
    }
    if (top > this.#lastTop && isNearEnd && this.#trueEnd.isShown()) this.#follow("end");
    // Without a wheel, finger or key it is the scroll bar.
    else if (top < this.#lastTop - 1 && !isNearEnd && isPersons) this.#follow("nothing");
    this.#lastTop = top;
    this.#lastEnd = end;
    this.#measure();
  }

  #rested(): void {
    clearTimeout(this.#restTimer);
    this.#isMoving = false;
    this.#hold();
    const changes = this.#waiting;
    this.#waiting = [];
    for (const change of changes) change();
  }

  /** Something changed its height. Momentum dies when it is written to, so while it lasts nothing is put right. */
  #settle(): void {
    if (this.#isFollowing.peek()) this.#write(this.#end());
    else if (this.#pinned !== null) this.#putBack(this.#pinned);
    else if (this.#keepsPlace && this.#held !== null && !this.#isMoving) this.#putBack(this.#held);
    this.#measure();
  }

  #putBack({ element, top }: Held): void {
    if (element.isConnected) this.#write(this.#scroller.scrollTop + topOf(element, this.#scroller) - top);
  }

  #follow(what: "end" | "nothing"): void {
    this.#pinned = null;
    this.#isFollowing.value = what === "end";
    // The browser's own anchoring would fight against following.
    this.#scroller.style.setProperty("overflow-anchor", what === "end" ? "none" : "auto");
  }

  #measure(): void {
    this.#isNearStart.value = this.#scroller.scrollTop < 2 * this.#scroller.clientHeight;
    const left = this.#end() - this.#scroller.scrollTop;
    this.#isNearEnd.value = left < 2 * this.#scroller.clientHeight;
    const isHere = left <= followingWithin && this.#trueEnd.isShown();
    this.#isAtEnd.value = this.#isFollowing.peek() || isHere;
    this.#hold();
  }

  /** It is looked for among all rows: only where it is needed, and not at each step of a movement. */
  #hold(): void {
    if (!this.#keepsPlace || this.#isMoving) return;
    this.#held = this.#isFollowing.peek() ? null : firstInView(this.#scroller, this.#content);
  }

  /** How much of what scrolls lies under something at the upper edge: the style sheet says so, for the browser's own jumps too. */
  #covered(): number {
    return Number.parseFloat(getComputedStyle(this.#scroller).scrollPaddingTop) || 0;
  }

  #end(): number {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight;
  }

  #write(top: number): void {
    this.#scroller.scrollTop = top;
    this.#lastTop = this.#scroller.scrollTop;
    this.#lastEnd = this.#end();
  }
}

function topOf(element: Element, scroller: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

function firstInView(scroller: HTMLElement, content: HTMLElement): Held | null {
  const element = content.children[indexInView(scroller, content)];
  return element === undefined ? null : { element, top: topOf(element, scroller) };
}

/** By bisection: rows stand in order. */
function indexInView(scroller: HTMLElement, content: HTMLElement): number {
  const rows = content.children;
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && topOf(row, scroller) + row.getBoundingClientRect().height > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, [contenteditable]") !== null;
}
