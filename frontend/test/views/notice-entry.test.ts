// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { formatClock } from "../../src/lib/format.ts";
import { noticeText } from "../../src/views/entries/notice-entry.ts";

test("a change of the mode says until when it holds, where it has an end", () => {
  const endsAt = new Date(2026, 0, 5, 16, 0);
  expect([
    noticeText({
      sessionUpdate: "current_mode_update",
      currentModeId: "auto",
      _meta: { endsAt: endsAt.toISOString() },
    }),
    noticeText({ sessionUpdate: "current_mode_update", currentModeId: "plan" }),
  ]).toEqual([`Auto until ${formatClock(endsAt)}`, "Mode is now Plan"]);
});
