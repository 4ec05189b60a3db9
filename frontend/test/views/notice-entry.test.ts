// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { formatClock } from "../../src/lib/format.ts";
import { isOfRunningTurn, noticeText } from "../../src/views/entries/notice-entry.ts";

const device = { kind: "device", id: "d1", name: "Pixel" } as const;

test("a change of the mode says until when it holds, where it has an end", () => {
  const endsAt = new Date(2026, 0, 5, 16, 0);
  const auto = {
    sessionUpdate: "current_mode_update",
    currentModeId: "auto",
    _meta: { endsAt: endsAt.toISOString() },
  } as const;
  const plan = { sessionUpdate: "current_mode_update", currentModeId: "plan" } as const;
  expect([auto, plan].map((notice) => noticeText({ notice, by: device }))).toEqual([
    `Auto until ${formatClock(endsAt)}`,
    "Mode is now Plan",
  ]);
});

test("the end of Auto, which nobody chose, is told as one", () => {
  const notice = { sessionUpdate: "current_mode_update", currentModeId: "ask" } as const;
  expect([
    noticeText({ notice, by: { kind: "server", id: "server", name: "VoxPilot" } }),
    noticeText({ notice, by: device }),
  ]).toEqual(["Auto is over: back to Ask", "Mode is now Ask"]);
});

test.each([
  [{ turnId: "t1", state: "running" }, true],
  [{ turnId: "t1", state: "idle" }, false],
  [{ turnId: "t2", state: "running" }, false],
  [{ turnId: null, state: "idle" }, false],
] as const)("with %j a wait of the turn t1 counts on: %s", (session, counts) => {
  expect(isOfRunningTurn({ turnId: "t1" }, session)).toBe(counts);
});
