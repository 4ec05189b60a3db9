// @vitest-environment happy-dom
/** A device that was signed out and paired anew knows nothing of before. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionSummary } from "../../../src/api/types.ts";
import { sessionSummary } from "../../support/summary.ts";

let asked: string[];
let answer: () => Promise<Response>;

beforeEach(() => {
  vi.resetModules();
  asked = [];
  answer = async () => Response.json({ sessions: [], hasMore: false });
  vi.stubGlobal("fetch", (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    return answer();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function load() {
  const list = await import("../../../src/state/sessions/session-list.ts");
  const { olderSessions } = await import("../../../src/state/sessions/older-sessions.ts");
  const search = await import("../../../src/state/sessions/search.ts");
  const { forgetEverySession } = await import("../../../src/state/sessions/forget-sessions.ts");
  return { ...list, ...search, olderSessions, forgetEverySession };
}

const summary = (id: string, updatedAt: string) => sessionSummary(id, { createdAt: updatedAt, updatedAt });

/** Of one day, the newest first. */
function newest(prefix: string, day: string): SessionSummary[] {
  return Array.from({ length: 200 }, (_, index) =>
    summary(
      `${prefix}${1000 + index}`,
      `2026-${day}T${String(23 - (index % 20)).padStart(2, "0")}:00:00.000Z`,
    ),
  ).toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
}

const before = (index: number) => new URL(asked[index] ?? "", "http://page").searchParams;

test("WEB-07: signed out and paired again, the older sessions are fetched from the new list’s end", async () => {
  const {
    applySnapshot,
    forgetEverySession,
    forgetSession,
    isRemoved,
    listEdge,
    olderSessions,
    sessionCount,
  } = await load();
  applySnapshot(newest("a", "11-20"));
  forgetSession("gone");
  answer = async () =>
    Response.json({ sessions: [summary("b", "2026-01-01T00:00:00.000Z")], hasMore: false });
  await olderSessions.in_use.load();
  expect(olderSessions.in_use.phase.value).toEqual({ state: "end" });

  forgetEverySession();
  expect([sessionCount.value, listEdge.value, isRemoved("gone")]).toEqual([0, null, false]);
  expect(olderSessions.in_use.phase.value).toEqual({ state: "more" });

  const again = newest("c", "11-21");
  applySnapshot(again);
  await olderSessions.in_use.load();
  const edge = listEdge.value;
  expect([before(1).get("before"), before(1).get("beforeId")]).toEqual([edge?.before, edge?.beforeId]);
  expect(edge?.before).toBe("2026-11-21T04:00:00.000Z");
});

test("older sessions go on behind the last that came, by its time and its id", async () => {
  const { applySnapshot, olderSessions } = await load();
  applySnapshot(newest("a", "11-20"));
  answer = async () =>
    Response.json({ sessions: [summary("b7", "2026-01-02T00:00:00.000Z")], hasMore: true });
  await olderSessions.archived.load();
  await olderSessions.archived.load();
  expect(asked.length).toBe(2);
  expect([before(1).get("before"), before(1).get("beforeId")]).toEqual(["2026-01-02T00:00:00.000Z", "b7"]);
});

test("WEB-07: older sessions that come after the sign-out are not taken in", async () => {
  const { applySnapshot, forgetEverySession, olderSessions, sessionCount } = await load();
  applySnapshot(newest("a", "11-20"));
  let come: (response: Response) => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      come = resolve;
    });
  const loading = olderSessions.in_use.load();
  await vi.waitFor(() => expect(asked.length).toBe(1));
  forgetEverySession();
  come(Response.json({ sessions: [summary("b", "2026-01-01T00:00:00.000Z")], hasMore: false }));
  await loading;
  expect([sessionCount.value, olderSessions.in_use.phase.value]).toEqual([0, { state: "more" }]);
});

test("WEB-07: what was found, and where a person was in it, is not shown after a sign-out", async () => {
  vi.useFakeTimers();
  const { followSearch, forgetEverySession, leaveResults, leftResults } = await load();
  answer = async () => Response.json({ results: [], hasMore: false });
  followSearch(() => "secret");
  await vi.advanceTimersByTimeAsync(300);
  leaveResults({ words: "secret", top: 90, address: "/s/a" });
  expect(followSearch(() => "secret").phase.value.state).toBe("found");
  expect(leftResults("secret")?.top).toBe(90);
  forgetEverySession();
  expect(leftResults("secret")).toBe(null);
  expect(followSearch(() => "secret").phase.value).toEqual({
    state: "searching",
    words: "secret",
    found: null,
  });
});
