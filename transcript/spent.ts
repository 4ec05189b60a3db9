/** What steps cost, in tokens and dollars, added up. What an endpoint does not say is counted as unknown, never as nothing. Pure. */
import type { Spent, SpentInDay } from "../backend/src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";

type UsageUpdate = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;

/** Nothing has been asked yet. */
export const nothingSpent: Spent = { tokens: 0, cost: 0, stepsWithoutTokens: 0, stepsWithoutCost: 0 };

/** With what one step took. */
export function spentWith(spent: Spent, { inputTokens, outputTokens, cost = null }: UsageUpdate): Spent {
  const isCounted = inputTokens !== null && outputTokens !== null;
  return {
    tokens: spent.tokens + (inputTokens ?? 0) + (outputTokens ?? 0),
    cost: spent.cost + (cost ?? 0),
    stepsWithoutTokens: spent.stepsWithoutTokens + (isCounted ? 0 : 1),
    stepsWithoutCost: spent.stepsWithoutCost + (cost === null ? 1 : 0),
  };
}

/** The newest day (UTC) on which anything was asked, with what it took. */
export function spentInDay(before: SpentInDay | null, event: SessionEvent, update: UsageUpdate): SpentInDay {
  const day = event.at.slice(0, 10);
  const spent = before?.day === day ? before.spent : nothingSpent;
  return { day, spent: spentWith(spent, update) };
}
