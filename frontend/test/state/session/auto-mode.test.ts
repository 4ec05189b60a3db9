/** How long the agent may act alone. */
import { expect, test } from "vitest";
import { autoSpans, endOfSpan, formatLeft } from "../../../src/state/session/auto-mode.ts";

test("every span ends within a day, today at the coming midnight", () => {
  const now = new Date(2026, 10, 22, 14, 2);
  expect(autoSpans.map((span) => endOfSpan(span, now))).toEqual([
    new Date(2026, 10, 22, 14, 22),
    new Date(2026, 10, 22, 15, 2),
    new Date(2026, 10, 23),
  ]);
});

test("what is left is told in minutes, then hours, and never as less than nothing", () => {
  const minute = 60_000;
  const left = [-minute, 0, 1, 18 * minute - 5, 59 * minute, 60 * minute, 200 * minute, 1_440 * minute];
  expect(left.map(formatLeft)).toEqual(["0 m", "0 m", "1 m", "18 m", "59 m", "1 h", "3 h 20 m", "24 h"]);
});
