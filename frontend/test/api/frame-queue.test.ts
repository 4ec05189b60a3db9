// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FrameQueue } from "../../src/api/frame-queue.ts";
import type { SessionEvent } from "../../src/api/types.ts";

const frameMs = 16;
let nowMs = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, frameMs));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function pass(milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 1) {
    nowMs += 1;
    vi.advanceTimersByTime(1);
  }
}

const event = (seq: number): SessionEvent => ({
  seq,
  at: "2026-01-05T09:00:00.000Z",
  update: { sessionUpdate: "session_info_update", title: null },
});

/** A queue, and the batches that its receiver got; drawing one takes so long. */
function queueWith({ drawingMs }: { drawingMs: number }) {
  const queue = new FrameQueue();
  const batches: number[][] = [];
  const deliver = (events: readonly SessionEvent[]) => {
    batches.push(events.map(({ seq }) => seq));
    nowMs += drawingMs;
  };
  const receiver = { deliver };
  return { add: (seq: number) => queue.deliver(receiver, event(seq), () => true), batches };
}

const type = () => window.dispatchEvent(new Event("keydown"));

test("what comes within a frame is handed on together", () => {
  const { add, batches } = queueWith({ drawingMs: 1 });
  add(1);
  add(2);
  pass(frameMs);
  expect(batches).toEqual([[1, 2]]);
});

test("the frame after a keystroke is left to it", () => {
  const { add, batches } = queueWith({ drawingMs: 1 });
  add(1);
  type();
  pass(frameMs);
  expect(batches).toEqual([]);
  pass(frameMs);
  expect(batches).toEqual([[1]]);
});

test("a keystroke of long ago holds nothing up", () => {
  const { add, batches } = queueWith({ drawingMs: 1 });
  type();
  pass(1000);
  add(1);
  pass(frameMs);
  expect(batches).toEqual([[1]]);
});

test("what streams is drawn in the second frame after a letter, and not before the next one", () => {
  const { add, batches } = queueWith({ drawingMs: 1 });
  type();
  pass(60);
  add(1);
  pass(3 * frameMs);
  expect(batches).toEqual([]);
  type();
  pass(frameMs);
  expect(batches).toEqual([]);
  pass(frameMs);
  expect(batches).toEqual([[1]]);
});

test("somebody who types without a pause sees what streams within 300 ms", () => {
  const { add, batches } = queueWith({ drawingMs: 1 });
  add(1);
  for (let elapsedMs = 0; elapsedMs < 300; elapsedMs += 10) {
    type();
    pass(10);
  }
  expect(batches).toEqual([[1]]);
});

test("a page without frames hands on after 100 ms", () => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const { add, batches } = queueWith({ drawingMs: 1 });
  add(1);
  pass(100);
  expect(batches).toEqual([[1]]);
});

test("after a frame that took long the page rests for twice as long, before it draws what streams again", () => {
  const { add, batches } = queueWith({ drawingMs: 10 });
  add(1);
  pass(frameMs);
  pass(1);
  add(2);
  pass(20);
  expect(batches).toEqual([[1]]);
  pass(2 + frameMs);
  expect(batches).toEqual([[1], [2]]);
});
