/** Numbers and times as people read them. */
import { expect, test } from "vitest";
import {
  daysBetween,
  formatBytes,
  formatChanges,
  formatClock,
  formatCount,
  formatDuration,
  formatElapsed,
  formatListTime,
  formatPercent,
  formatWindow,
} from "../../src/lib/format.ts";

const minute = 60_000;

test("counts have a comma, and a k from ten thousand on", () => {
  expect([0, 999, 1204, 9999, 12_400, 12_000, 999_949, 1_200_000].map(formatCount)).toEqual([
    "0",
    "999",
    "1,204",
    "9,999",
    "12.4k",
    "12k",
    "999.9k",
    "1.2M",
  ]);
});

test("changes have a true minus sign", () => {
  expect(formatChanges(43, 6)).toBe("+43 \u22126");
  expect(formatChanges(12_345, 9876)).toBe("+12.3k \u22129,876");
});

test("sizes are powers of a thousand", () => {
  expect([812, 14_000, 999_499, 1_200_000, 84_000_000, 2_500_000_000].map(formatBytes)).toEqual([
    "812 B",
    "14 kB",
    "999 kB",
    "1.2 MB",
    "84 MB",
    "2.5 GB",
  ]);
});

test("percents are whole, windows short", () => {
  expect(formatPercent(0.124)).toBe("12 %");
  expect([131_072, 128_000, 8192, 1_000_000, 512].map(formatWindow)).toEqual([
    "128k",
    "128k",
    "8k",
    "1M",
    "512",
  ]);
});

test("durations grow coarser", () => {
  expect([20, 400, 940, 960, 12_000, 59_600, 200_000, 3_600_000, 3_840_000].map(formatDuration)).toEqual([
    "under 0.1 s",
    "0.4 s",
    "0.9 s",
    "1 s",
    "12 s",
    "1 m 00 s",
    "3 m 20 s",
    "1 h 00 m",
    "1 h 04 m",
  ]);
  expect([0, 900, 12_900].map(formatElapsed)).toEqual(["0 s", "0 s", "12 s"]);
});

test("times in lists go from now to the year", () => {
  const now = new Date(2026, 10, 22, 15, 0);
  const at = (...parts: [number, number, number, number?, number?]) =>
    formatListTime(new Date(parts[0], parts[1], parts[2], parts[3] ?? 12, parts[4] ?? 0), now, "en-GB");
  expect(formatListTime(new Date(now.getTime() - 30_000), now)).toBe("now");
  expect(formatListTime(new Date(now.getTime() - 3 * minute), now)).toBe("3m");
  expect(at(2026, 10, 22, 9, 5)).toBe("09:05");
  expect(at(2026, 10, 17)).toBe("Tue");
  expect(at(2026, 10, 14)).toBe("14 Nov");
  expect(at(2025, 10, 14)).toBe("14 Nov 2025");
});

test("late last night is yesterday, not today", () => {
  const now = new Date(2026, 10, 22, 0, 30);
  expect(daysBetween(new Date(2026, 10, 21, 23, 50), now)).toBe(1);
  expect(daysBetween(new Date(2026, 10, 23), now)).toBe(0);
});

test("the clock has the locale's hours", () => {
  const at = new Date(2026, 10, 22, 14, 2);
  expect(formatClock(at, "en-GB")).toBe("14:02");
  expect(formatClock(at, "en-US")).toMatch(/^0?2:02\sPM$/);
});
