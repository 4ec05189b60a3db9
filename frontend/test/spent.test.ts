import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { nothingSpent, spentInDay, spentWith } from "../../transcript/spent.ts";

type UsageUpdate = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;

function usage(facts: Partial<UsageUpdate>): UsageUpdate {
  return {
    sessionUpdate: "usage_update",
    used: null,
    size: null,
    inputTokens: 10,
    outputTokens: 5,
    ...facts,
  };
}

test("what is known is added up, what is not is counted as unknown and never as nothing", () => {
  const one = spentWith(nothingSpent, usage({ cost: 0.5 }));
  expect(one).toEqual({ tokens: 15, cost: 0.5, stepsWithoutTokens: 0, stepsWithoutCost: 0 });
  expect(spentWith(one, usage({ inputTokens: null, cost: null }))).toEqual({
    tokens: 20,
    cost: 0.5,
    stepsWithoutTokens: 1,
    stepsWithoutCost: 1,
  });
});

test("a new day begins at nothing", () => {
  const at = (day: string): SessionEvent => ({ seq: 1, at: `${day}T12:00:00.000Z`, update: usage({}) });
  const first = spentInDay(null, at("2026-11-22"), usage({ cost: 1 }));
  const second = spentInDay(first, at("2026-11-22"), usage({ cost: 2 }));
  expect(second).toEqual({
    day: "2026-11-22",
    spent: { tokens: 30, cost: 3, stepsWithoutTokens: 0, stepsWithoutCost: 0 },
  });
  expect(spentInDay(second, at("2026-11-23"), usage({})).spent.tokens).toBe(15);
});
