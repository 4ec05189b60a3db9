// @vitest-environment happy-dom
import { expect, onTestFinished, test, vi } from "vitest";
import { onRowDrag } from "../../src/views/queue/queue-drag.ts";

const rowHeight = 44;

/** Three rows with a handle each; what is dropped and pressed is noted. */
function setUp() {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(rowHeight);
  onTestFinished(() => void vi.restoreAllMocks());
  const done: string[] = [];
  const list = document.createElement("ul");
  const rows = ["a", "b", "c"].map((name) => {
    const row = document.createElement("li");
    const handle = document.createElement("button");
    handle.setPointerCapture = () => undefined;
    row.append(handle);
    list.append(row);
    onRowDrag(handle, {
      row,
      drop: (place) => done.push(`${name} to ${place}`),
      press: () => done.push(`${name} pressed`),
    });
    return { row, handle };
  });
  document.body.replaceChildren(list);
  const send = (index: number, type: string, clientY: number) =>
    rows[index]?.handle.dispatchEvent(
      new PointerEvent(type, { bubbles: true, isPrimary: true, button: 0, clientY }),
    );
  const shifts = () => rows.map(({ row }) => row.style.getPropertyValue("transform"));
  return { done, rows, send, shifts };
}

test("a row that is dragged past others takes their place, and they make room meanwhile", () => {
  const { done, rows, send, shifts } = setUp();
  send(2, "pointerdown", 100);
  send(2, "pointermove", 100 - rowHeight);
  expect(shifts()).toEqual(["none", "translateY(44px)", "translateY(-44px)"]);
  send(2, "pointermove", -400);
  expect(shifts()).toEqual(["translateY(44px)", "translateY(44px)", "translateY(-88px)"]);
  send(2, "pointerup", -400);
  rows[2]?.handle.click();
  expect(done).toEqual(["c to 0"]);
  expect(shifts()).toEqual(["", "", ""]);
});

test("a press that hardly moves opens the menu, and one that is broken off moves nothing", () => {
  const { done, rows, send, shifts } = setUp();
  send(0, "pointerdown", 100);
  send(0, "pointermove", 103);
  send(0, "pointerup", 103);
  rows[0]?.handle.click();
  expect(done).toEqual(["a pressed"]);
  send(0, "pointerdown", 100);
  send(0, "pointermove", 150);
  send(0, "pointercancel", 150);
  expect([done, shifts()]).toEqual([["a pressed"], ["", "", ""]]);
});

test("the arrow keys move a row by one, and not beyond the ends", () => {
  const { done, rows } = setUp();
  const key = (index: number, name: string) =>
    rows[index]?.handle.dispatchEvent(new KeyboardEvent("keydown", { key: name, cancelable: true }));
  key(0, "ArrowUp");
  key(0, "ArrowDown");
  key(2, "ArrowDown");
  key(2, "ArrowUp");
  expect(done).toEqual(["a to 1", "c to 1"]);
});

test("near an edge of what holds them the rows scroll under the finger, as far as there is something to see", () => {
  const { done, send, shifts } = setUp();
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", () => frames.splice(0));
  onTestFinished(() => void vi.unstubAllGlobals());
  const list = document.querySelector("ul");
  if (list === null) throw new Error("There is no list.");
  list.style.overflowY = "auto";
  vi.spyOn(list, "scrollHeight", "get").mockReturnValue(3 * rowHeight);
  vi.spyOn(list, "clientHeight", "get").mockReturnValue(2 * rowHeight);
  vi.spyOn(list, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 300, 2 * rowHeight));
  let top = 0;
  vi.spyOn(list, "scrollTop", "get").mockImplementation(() => top);
  vi.spyOn(list, "scrollTop", "set").mockImplementation((to) => {
    top = Math.max(0, Math.min(to, rowHeight));
  });
  send(0, "pointerdown", 20);
  send(0, "pointermove", 64);
  expect(shifts()).toEqual(["translateY(44px)", "translateY(-44px)", "none"]);
  while (frames.length > 0) frames.shift()?.(0);
  expect([top, shifts()]).toEqual([
    rowHeight,
    ["translateY(88px)", "translateY(-44px)", "translateY(-44px)"],
  ]);
  send(0, "pointerup", 64);
  expect([done, frames]).toEqual([["a to 2"], []]);
});
