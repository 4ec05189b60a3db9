// @vitest-environment happy-dom
/** How long a bar stays. */
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { owned } from "../../src/lib/signal.ts";
import { Bars, showBar } from "../../src/views/frame/bars.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a bar whose button was held when it went does not keep the next one", () => {
  const { value: bars, dispose } = owned(Bars);
  onTestFinished(dispose);
  showBar({ sentence: "Archived.", action: { label: "Undo", run: () => undefined } });
  const button = bars.querySelector("button");
  bars.dispatchEvent(new Event("focusin"));
  button?.click();
  showBar({ sentence: "Renamed." });
  expect(bars.textContent).toBe("Renamed.");
  vi.advanceTimersByTime(6000);
  expect(bars.textContent).toBe("");
});
