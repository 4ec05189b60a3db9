// @vitest-environment happy-dom
/** Holding a button: done while the finger is still down, and its release presses nothing else. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hold } from "../../src/lib/hold.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A button that goes once it was held, and one that lies beneath it. */
function setUp() {
  const done: string[] = [];
  const held = document.createElement("button");
  const beneath = document.createElement("button");
  held.setPointerCapture = () => undefined;
  beneath.addEventListener("click", () => done.push("beneath"));
  document.body.replaceChildren(held, beneath);
  hold(held, {
    durationMs: 900,
    confirmMs: 5000,
    isBlocked: () => false,
    onComplete: () => {
      done.push("held");
      held.remove();
    },
  });
  return { done, held, beneath };
}

/** An event as the browser reports a person's. */
function send(target: Element, event: Event): void {
  Object.defineProperty(event, "isTrusted", { value: true });
  target.dispatchEvent(event);
}

const pointer = (type: string) => new PointerEvent(type, { bubbles: true, isPrimary: true, button: 0 });
const click = (detail: number) => new MouseEvent("click", { bubbles: true, cancelable: true, detail });

test("the click of the release presses nothing beneath, and the next one does", async () => {
  const { done, held, beneath } = setUp();
  send(held, pointer("pointerdown"));
  await vi.advanceTimersByTimeAsync(3000);
  send(beneath, pointer("pointerup"));
  send(beneath, click(1));
  expect(done).toEqual(["held"]);
  send(beneath, click(1));
  expect(done).toEqual(["held", "beneath"]);
});

test("without a click of the release, the next press counts", async () => {
  const { done, held, beneath } = setUp();
  send(held, pointer("pointerdown"));
  await vi.advanceTimersByTimeAsync(1000);
  send(beneath, pointer("pointerup"));
  send(beneath, pointer("pointerdown"));
  send(beneath, click(1));
  expect(done).toEqual(["held", "beneath"]);
});

test("two presses of a keyboard do it too, and the third presses what is there then", async () => {
  const { done, held, beneath } = setUp();
  send(held, click(0));
  expect(done).toEqual([]);
  send(held, click(0));
  send(beneath, click(1));
  expect(done).toEqual(["held", "beneath"]);
});
