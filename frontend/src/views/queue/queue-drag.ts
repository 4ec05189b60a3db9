/** Moving a row of a list by its handle: with a pointer, which the other rows make room for, or with the arrow keys. */
import { type EdgeScroll, scrollAtEdges } from "../../lib/edge-scroll.ts";
import { onCleanup } from "../../lib/signal.ts";
import { vibrate } from "../../state/settings.ts";

export interface DragOptions {
  /** What is moved by the handle; its neighbours are the rows of the list. */
  readonly row: HTMLElement;
  /** The row is to stand at this place among them. */
  readonly drop: (place: number) => void;
  /** A press that was no drag. */
  readonly press: () => void;
}

/** A finger that moves less only presses. */
const dragFromPixels = 6;

interface Drag {
  readonly rows: readonly HTMLElement[];
  readonly from: number;
  readonly startY: number;
  readonly height: number;
  /** Where the finger is. */
  clientY: number;
  place: number;
  isMoving: boolean;
}

/** Listens on the handle. */
export function onRowDrag(handle: HTMLElement, options: DragOptions): void {
  let drag: Drag | null = null;
  let scroll: EdgeScroll | null = null;
  let wasMoved = false;
  const end = () => {
    for (const each of drag?.rows ?? []) settle(each);
    scroll?.end();
    drag = null;
    scroll = null;
  };
  const follow = () => {
    if (drag !== null) move(drag, drag.clientY - drag.startY + (scroll?.scrolledBy() ?? 0));
  };
  handle.addEventListener("pointerdown", (event) => {
    // The tap must not close the keyboard, nor mark text.
    event.preventDefault();
    wasMoved = false;
    if (!event.isPrimary || event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    drag = begin(options.row, event.clientY);
  });
  handle.addEventListener("pointermove", (event) => {
    if (drag === null) return;
    drag.clientY = event.clientY;
    if (!drag.isMoving && Math.abs(drag.clientY - drag.startY) < dragFromPixels) return;
    drag.isMoving = true;
    wasMoved = true;
    scroll ??= scrollAtEdges(options.row, follow);
    follow();
    scroll.at(drag.clientY);
  });
  handle.addEventListener("pointerup", () => {
    const done = drag;
    end();
    if (done?.isMoving === true && done.place !== done.from) options.drop(done.place);
  });
  handle.addEventListener("pointercancel", end);
  handle.addEventListener("click", () => {
    if (!wasMoved) options.press();
    wasMoved = false;
  });
  handle.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    const { rows, from } = begin(options.row, 0);
    if (by === 0 || rows[from + by] === undefined) return;
    event.preventDefault();
    options.drop(from + by);
    // A row that is moved in the page loses the focus.
    handle.focus();
  });
  onCleanup(end);
}

function begin(row: HTMLElement, startY: number): Drag {
  const rows = [...(row.parentElement?.children ?? [])].filter((each) => each instanceof HTMLElement);
  const from = rows.indexOf(row);
  const height = row.offsetHeight;
  return { rows, from, startY, clientY: startY, height, place: from, isMoving: false };
}

/** The row follows the finger inside its list; those that it passes change places with it. */
function move(drag: Drag, by: number): void {
  const { rows, from, height } = drag;
  const inside = Math.max(-from * height, Math.min(by, (rows.length - 1 - from) * height));
  const place = from + Math.round(inside / Math.max(1, height));
  if (place !== drag.place) vibrate(8);
  drag.place = place;
  for (const [index, each] of rows.entries()) {
    if (index === from) {
      each.dataset.dragged = "";
      each.style.setProperty("transform", `translateY(${inside}px)`);
    } else {
      const isPassed = index > from ? index <= place : index >= place;
      const shift = isPassed ? (index > from ? -height : height) : 0;
      each.style.setProperty("transform", shift === 0 ? "none" : `translateY(${shift}px)`);
    }
  }
}

function settle(row: HTMLElement): void {
  delete row.dataset.dragged;
  row.style.removeProperty("transform");
}
