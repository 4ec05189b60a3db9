// @vitest-environment happy-dom
/** The swipe of a row: how far and how fast it counts, and where it may begin. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followRowSwipe } from "../../src/views/sessions/row-swipe.ts";

let item: HTMLElement;
let row: HTMLElement;
let done: string[];

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  item = document.createElement("li");
  row = document.createElement("a");
  item.append(row);
  document.body.replaceChildren(item);
  followRowSwipe(item, row, {
    canBegin: () => true,
    action: (side) => ({
      name: side === "left" ? "Archive" : "Pin",
      icon: side === "left" ? "archive" : "pin",
      run: async () => {
        done.push(side);
        return true;
      },
    }),
  });
});

afterEach(() => vi.useRealTimers());

interface Point {
  readonly x: number;
  readonly y?: number;
  readonly at: number;
}

function touch(type: "touchstart" | "touchmove" | "touchend", { x, y = 300, at }: Point): void {
  const event = new Event(type, { bubbles: true, cancelable: true });
  const points = [{ clientX: x, clientY: y }];
  Object.defineProperty(event, "touches", { value: type === "touchend" ? [] : points });
  Object.defineProperty(event, "changedTouches", { value: points });
  Object.defineProperty(event, "timeStamp", { value: at });
  row.dispatchEvent(event);
}

/** Through these points, and lets go at the last one. */
function swipe(...points: readonly [Point, Point, ...Point[]]): void {
  const [first, ...others] = points;
  touch("touchstart", first);
  for (const point of others) touch("touchmove", point);
  touch("touchend", points.at(-1) ?? first);
}

const beneath = () => item.querySelector(".session-row-beneath");

test("what will happen stands beneath the row, and is filled from 96 px on", () => {
  touch("touchstart", { x: 300, at: 0 });
  touch("touchmove", { x: 205, at: 900 });
  expect([beneath()?.textContent, beneath()?.hasAttribute("data-past")]).toEqual(["Archive", false]);
  touch("touchmove", { x: 204, at: 1000 });
  expect([beneath()?.textContent, beneath()?.hasAttribute("data-past")]).toEqual(["Archive", true]);
  touch("touchmove", { x: 340, at: 1100 });
  expect([beneath()?.textContent, beneath()?.hasAttribute("data-past")]).toEqual(["Pin", false]);
});

test("96 px do it, and so does half a pixel a millisecond; less brings the row back", async () => {
  swipe({ x: 300, at: 0 }, { x: 204, at: 2000 });
  await vi.advanceTimersByTimeAsync(400);
  swipe({ x: 300, at: 3000 }, { x: 340, at: 3080 });
  await vi.advanceTimersByTimeAsync(400);
  swipe({ x: 300, at: 5000 }, { x: 255, at: 5100 });
  await vi.advanceTimersByTimeAsync(400);
  expect([done, beneath(), item.dataset.swipe]).toEqual([["left", "right"], null, undefined]);
});

test("what begins within 32 px of an edge, or goes more up or down than sideways, is no swipe", async () => {
  swipe({ x: 31, at: 0 }, { x: 231, at: 300 });
  swipe({ x: window.innerWidth - 31, at: 1000 }, { x: window.innerWidth - 231, at: 1300 });
  swipe({ x: 300, y: 300, at: 2000 }, { x: 286, y: 310, at: 2100 }, { x: 150, y: 310, at: 2300 });
  await vi.advanceTimersByTimeAsync(400);
  expect([done, beneath()]).toEqual([[], null]);
});
