// @vitest-environment happy-dom
/** Which rows are laid out before a person scrolls to them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { owned, signal } from "../../src/lib/signal.ts";
import { layOutAhead } from "../../src/views/transcript-view/laid-out-rows.ts";

let idle: (() => void)[] = [];
let resized: () => void = () => undefined;

/** Lets the page have nothing to do once. */
function rest(): void {
  const waiting = idle;
  idle = [];
  for (const act of waiting) act();
}

function rowsOf(count: number): HTMLElement {
  const content = document.createElement("div");
  for (let row = 0; row < count; row += 1) content.append(document.createElement("p"));
  return content;
}

const laidOut = (content: HTMLElement) =>
  [...content.children].flatMap((row, index) => (row.hasAttribute("data-laid-out") ? [index] : []));

const still = (firstInView: number) => ({
  firstInView: () => firstInView,
  whenResting: (act: () => void) => act(),
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestIdleCallback", (act: () => void) => idle.push(act));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(tell: () => void) {
        resized = tell;
      }
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
});

afterEach(() => {
  idle = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the nearest rows come first, a few in each idle moment, and far ones not at all", () => {
  const content = rowsOf(500);
  layOutAhead(content, still(400), signal<readonly { key: string }[]>([]));
  expect(laidOut(content)).toEqual([]);
  rest();
  expect(laidOut(content)).toEqual([397, 398, 399, 400, 401, 402, 403, 404]);
  while (idle.length > 0) rest();
  expect(laidOut(content)).toEqual(Array.from({ length: 250 }, (_, index) => 250 + index));
});

test("rows that come later are laid out too", () => {
  const content = rowsOf(3);
  const shown = signal<readonly { key: string }[]>([]);
  layOutAhead(content, still(0), shown);
  while (idle.length > 0) rest();
  content.append(document.createElement("p"));
  shown.value = [{ key: "new" }];
  while (idle.length > 0) rest();
  expect(laidOut(content)).toEqual([0, 1, 2, 3]);
});

test("rows that only grow ask for nothing", () => {
  const shown = signal([{ key: "a" }]);
  layOutAhead(rowsOf(1), still(0), shown);
  while (idle.length > 0) rest();
  shown.value = [{ key: "a" }];
  expect(idle).toEqual([]);
});

test("nothing is laid out while a person scrolls", () => {
  const content = rowsOf(3);
  const waiting: (() => void)[] = [];
  layOutAhead(
    content,
    { firstInView: () => 0, whenResting: (act) => void waiting.push(act) },
    signal<readonly { key: string }[]>([]),
  );
  rest();
  expect(laidOut(content)).toEqual([]);
  for (const act of waiting) act();
  expect(laidOut(content)).toEqual([0, 1, 2]);
});

test("another width gives all of them up until it has stood still", () => {
  const content = rowsOf(3);
  const width = vi.spyOn(content, "clientWidth", "get").mockReturnValue(400);
  layOutAhead(content, still(0), signal<readonly { key: string }[]>([]));
  rest();
  resized();
  expect(laidOut(content)).toEqual([0, 1, 2]);
  width.mockReturnValue(500);
  resized();
  expect(laidOut(content)).toEqual([]);
  rest();
  expect(laidOut(content)).toEqual([]);
  vi.advanceTimersByTime(1_000);
  rest();
  expect(laidOut(content)).toEqual([0, 1, 2]);
});

test("with its owner it ends", () => {
  const content = rowsOf(3);
  const { dispose } = owned(() => layOutAhead(content, still(0), signal<readonly { key: string }[]>([])));
  dispose();
  rest();
  expect(laidOut(content)).toEqual([]);
});
