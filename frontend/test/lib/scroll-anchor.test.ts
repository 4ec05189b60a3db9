// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScrollAnchor } from "../../src/lib/scroll-anchor.ts";
import { owned } from "../../src/lib/signal.ts";

/** A laid-out scroller of 400 px: happy-dom has no layout, so rows carry their heights. */
interface Stage {
  readonly anchor: ScrollAnchor;
  readonly scroller: HTMLElement;
  add(entry: string, height: number, where?: "end" | "start"): void;
  resize(entry: string, height: number): void;
  scrollTo(top: number): void;
  /** The entry at the upper edge and how far below it begins. */
  topOf(entry: string): number;
}

const viewHeight = 400;
let notifyResize: () => void = () => undefined;

beforeEach(() => {
  vi.stubGlobal("CSS", { supports: () => false, escape: (text: string) => text });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(callback: () => void) {
        notifyResize = callback;
      }
      observe(): undefined {
        return undefined;
      }
      disconnect(): undefined {
        return undefined;
      }
    },
  );
});

afterEach(() => vi.unstubAllGlobals());

function stage(): Stage {
  const scroller = document.createElement("div");
  const content = document.createElement("div");
  const heights = new Map<Element, number>();
  scroller.append(content);
  document.body.replaceChildren(scroller);
  let top = 0;
  const total = () => [...content.children].reduce((sum, row) => sum + (heights.get(row) ?? 0), 0);
  const above = (row: Element) => {
    const rows = [...content.children];
    return rows.slice(0, rows.indexOf(row)).reduce((sum, each) => sum + (heights.get(each) ?? 0), 0);
  };
  Object.defineProperties(scroller, {
    clientHeight: { get: () => viewHeight },
    scrollHeight: { get: () => Math.max(viewHeight, total()) },
    scrollTop: {
      get: () => top,
      set: (value: number) => {
        top = Math.max(0, Math.min(value, Math.max(viewHeight, total()) - viewHeight));
      },
    },
  });
  scroller.getBoundingClientRect = () => new DOMRect(0, 0, 300, viewHeight);
  const rowOf = (entry: string) =>
    [...content.children].find((row) => row.getAttribute("data-entry") === entry);
  const anchor = owned(() => new ScrollAnchor(scroller, content)).value;
  return {
    anchor,
    scroller,
    add(entry, height, where = "end") {
      const row = document.createElement("article");
      row.setAttribute("data-entry", entry);
      heights.set(row, height);
      row.getBoundingClientRect = () => new DOMRect(0, above(row) - top, 300, heights.get(row) ?? 0);
      if (where === "end") content.append(row);
      else content.prepend(row);
      notifyResize();
    },
    resize(entry, height) {
      const row = rowOf(entry);
      if (row !== undefined) heights.set(row, height);
      notifyResize();
    },
    scrollTo(to) {
      scroller.scrollTop = to;
      scroller.dispatchEvent(new Event("scroll"));
      scroller.dispatchEvent(new Event("scrollend"));
    },
    topOf: (entry) => rowOf(entry)?.getBoundingClientRect().top ?? Number.NaN,
  };
}

function tenRows(): Stage {
  const view = stage();
  for (let index = 0; index < 10; index += 1) view.add(`e${index}`, 100);
  return view;
}

test("follows the end while content grows", () => {
  const view = tenRows();
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([600, true]);
  view.add("e10", 250);
  expect(view.scroller.scrollTop).toBe(850);
});

test("stops following as soon as a person turns the wheel up, and stays", () => {
  const view = tenRows();
  view.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -1 }));
  view.add("e10", 250);
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([600, false]);
});

test("goes on not following near the end until the person scrolls down", () => {
  const view = tenRows();
  view.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -1 }));
  view.scrollTo(570);
  const up = view.anchor.isFollowing.value;
  view.scrollTo(575);
  expect([up, view.anchor.isFollowing.value]).toEqual([false, true]);
});

test("stops following when the scroll bar is dragged up", () => {
  const view = tenRows();
  view.scrollTo(300);
  view.add("e10", 100);
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([300, false]);
});

/** Rows are laid out anew, and the browser scrolls by itself before anybody is told of it. */
function layOutAnew(view: Stage): void {
  const settle = notifyResize;
  notifyResize = () => undefined;
  view.resize("e0", 300);
  view.scrollTo(500);
  notifyResize = settle;
  settle();
}

test("goes on following when the view was moved by the layout, such as after a rotation", () => {
  const view = tenRows();
  layOutAnew(view);
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([800, true]);
});

test("stops following when the scroll bar is dragged up while the content grows", () => {
  const view = tenRows();
  view.scroller.dispatchEvent(new PointerEvent("pointerdown"));
  layOutAnew(view);
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([500, false]);
});

test("stops following on keys that scroll up, but not on keys in a field", () => {
  const view = tenRows();
  const field = document.createElement("textarea");
  view.scroller.append(field);
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
  const inField = view.anchor.isFollowing.value;
  view.scroller.dispatchEvent(new KeyboardEvent("keydown", { key: "PageUp", bubbles: true }));
  expect([inField, view.anchor.isFollowing.value]).toEqual([true, false]);
});

test("keeps scroll position when older messages load", () => {
  const view = tenRows();
  view.scrollTo(130);
  const before = view.topOf("e1");
  view.anchor.keepPlace(() => {
    view.add("older1", 333, "start");
    view.add("older2", 77, "start");
  });
  expect([before, view.topOf("e1")]).toEqual([-30, -30]);
});

test("keeps the place when something above it grows", () => {
  const view = tenRows();
  view.scrollTo(530);
  view.resize("e0", 400);
  expect(view.topOf("e5")).toBe(-30);
});

test("waits with a change until scrolling has come to rest", () => {
  const view = tenRows();
  const done: string[] = [];
  view.scroller.scrollTop = 200;
  view.scroller.dispatchEvent(new Event("scroll"));
  view.anchor.whenResting(() => done.push("change"));
  const early = [...done];
  view.scroller.dispatchEvent(new Event("scrollend"));
  expect([early, done]).toEqual([[], ["change"]]);
});

test("tells where a person is reading, and nothing at the end", () => {
  const view = tenRows();
  const atEnd = view.anchor.place();
  view.scrollTo(250);
  expect([atEnd, view.anchor.place()]).toEqual([null, { entry: "e2", offset: -50 }]);
});

test("says when less than two screens are left above", () => {
  const view = tenRows();
  for (let index = 10; index < 30; index += 1) view.add(`e${index}`, 100);
  const atEnd = view.anchor.isNearStart.value;
  view.scrollTo(700);
  expect([atEnd, view.anchor.isNearStart.value]).toEqual([false, true]);
});

test("jumps to the end and follows it again", () => {
  const view = tenRows();
  view.scrollTo(0);
  view.anchor.toEnd();
  view.add("e10", 100);
  expect([view.scroller.scrollTop, view.anchor.isFollowing.value]).toEqual([700, true]);
});

test("keeps an element where it was put while what is above it is still being drawn, until a person scrolls", () => {
  const view = tenRows();
  const row = view.scroller.querySelector('[data-entry="e4"]');
  if (row !== null) view.anchor.toElement(row, 16);
  view.resize("e1", 300);
  const pinned = view.topOf("e4");
  view.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: 1 }));
  view.scrollTo(650);
  expect([pinned, view.topOf("e4")]).toEqual([16, -50]);
});

test("says that the end is in view when an element was shown and it all fits, and follows nothing for that", () => {
  const view = stage();
  for (let index = 0; index < 3; index += 1) view.add(`e${index}`, 100);
  const row = view.scroller.querySelector('[data-entry="e1"]');
  if (row !== null) view.anchor.toElement(row, 16);
  const fits = [view.anchor.isAtEnd.value, view.anchor.isFollowing.value];
  view.add("e3", 400);
  expect([fits, view.anchor.isAtEnd.value]).toEqual([[true, false], false]);
});

test("the end of a part of the log is not the end", () => {
  const view = stage();
  view.anchor.followOnly({ isShown: () => false, show: () => undefined });
  view.add("e0", 100);
  const row = view.scroller.querySelector('[data-entry="e0"]');
  if (row !== null) view.anchor.toElement(row);
  expect(view.anchor.isAtEnd.value).toBe(false);
});
