/** A session as the list has it, for tests that are about something else of it. */
import type { SessionSummary } from "../../src/api/types.ts";

const at = "2026-01-05T10:00:00.000Z";

/** At rest, seen whole, in the project `shop`; `change` says what is other. */
export function sessionSummary(id: string, change: Partial<SessionSummary> = {}): SessionSummary {
  return {
    id,
    title: id,
    project: { id: "p", name: "shop", path: "/shop", branch: null },
    engine: "built-in",
    model: null,
    mode: "ask",
    effort: null,
    spent: { tokens: 0, cost: 0, stepsWithoutTokens: 0, stepsWithoutCost: 0 },
    spentInDay: null,
    modeEndsAt: null,
    state: "idle",
    turnId: null,
    turnStartedAt: null,
    stopReason: "end_turn",
    problem: null,
    activity: null,
    pending: [],
    queue: [],
    changes: null,
    createdAt: at,
    updatedAt: at,
    lastSeq: 5,
    seenSeq: 5,
    notSaving: false,
    pinned: false,
    archived: false,
    forkedFrom: null,
    ...change,
  };
}
