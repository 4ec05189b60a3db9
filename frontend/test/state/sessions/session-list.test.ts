// @vitest-environment happy-dom
/** The list of sessions: its groups and their order. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionSummary } from "../../../src/api/types.ts";
import { sessionSummary } from "../../support/summary.ts";

const now = new Date(2026, 10, 22, 15, 0);

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  vi.useFakeTimers({ now });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const summary = (id: string, change: Partial<SessionSummary> = {}) =>
  sessionSummary(id, { createdAt: now.toISOString(), updatedAt: now.toISOString(), ...change });

const on = (...date: [number, number, number]) => new Date(...date, 12).toISOString();

test("what needs a person comes first, then what works, then days, then months", async () => {
  const { applySnapshot, groups, needsYouCount } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  applySnapshot([
    summary("old", { updatedAt: on(2026, 8, 3) }),
    summary("older", { updatedAt: on(2026, 8, 1) }),
    summary("friday", { updatedAt: on(2026, 10, 20) }),
    summary("today"),
    summary("works", { state: "running" }),
    summary("asks", { state: "requires_action" }),
  ]);
  expect(groups.value).toEqual([
    { kind: "needs_you", ids: ["asks"] },
    { kind: "working", ids: ["works"] },
    { kind: "day", start: new Date(2026, 10, 22).getTime(), ids: ["today"] },
    { kind: "day", start: new Date(2026, 10, 20).getTime(), ids: ["friday"] },
    { kind: "month", start: new Date(2026, 8, 1).getTime(), ids: ["old", "older"] },
  ]);
  expect(needsYouCount.value).toBe(1);
});

test("nothing changes places until a second after the last touch", async () => {
  const { applySnapshot, applySummary, groups, touchList } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  applySnapshot([summary("a")]);
  touchList();
  applySummary(summary("a", { state: "requires_action", lastSeq: 6 }));
  await vi.advanceTimersByTimeAsync(600);
  touchList();
  await vi.advanceTimersByTimeAsync(600);
  expect(groups.value.map((group) => group.kind)).toEqual(["day"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(groups.value.map((group) => group.kind)).toEqual(["needs_you"]);
});

test("what stands in the list is as it was when the finger last rested", async () => {
  const { signal } = await import("../../../src/lib/signal.ts");
  const { followRested, touchList } = await import("../../../src/state/sessions/session-list.ts");
  const asked = signal<string | null>("first");
  const shown = followRested(() => asked.value);
  touchList();
  asked.value = null;
  await vi.advanceTimersByTimeAsync(600);
  asked.value = "second";
  expect(shown.value).toBe("first");
  await vi.advanceTimersByTimeAsync(500);
  expect(shown.value).toBe("second");
  asked.value = "third";
  expect(shown.value).toBe("third");
});

test("an older summary never replaces a newer one", async () => {
  const { applySummary, summaryOf } = await import("../../../src/state/sessions/session-list.ts");
  applySummary(summary("a", { title: "new", lastSeq: 9 }));
  applySummary(summary("a", { title: "old", lastSeq: 8 }));
  expect(summaryOf("a")?.title).toBe("new");
});

test("a snapshot drops what is gone among the newest, and keeps what lies further back", async () => {
  const { applySnapshot, applySummary, summaryOf } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  applySummary(summary("ancient", { updatedAt: on(2020, 1, 1) }));
  applySnapshot([summary("a"), summary("b", { updatedAt: on(2026, 10, 1) })]);
  applySnapshot([summary("b", { updatedAt: on(2026, 10, 1) })]);
  expect([summaryOf("ancient"), summaryOf("a"), summaryOf("b")].map((each) => each?.id ?? null)).toEqual([
    "ancient",
    null,
    "b",
  ]);
});

test("a session at rest with unseen entries is unread; a working one and one not yet begun are not", async () => {
  const { isUnread } = await import("../../../src/state/sessions/session-groups.ts");
  expect(
    [
      summary("a"),
      summary("a", { seenSeq: 2 }),
      summary("a", { seenSeq: 2, state: "running" }),
      summary("a", { seenSeq: 0, stopReason: null }),
    ].map(isUnread),
  ).toEqual([false, true, false, false]);
});

test("the first prompt of a new session waits in the outbox when the machine is lost, under the draft's id", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).pathname);
    if (asked.length > 1) throw new TypeError("offline");
    const { id } = JSON.parse(await request.text());
    return Response.json(summary(id), { status: 201 });
  });
  const drafts = await import("../../../src/state/outbox/drafts.ts");
  const outbox = await import("../../../src/state/outbox/outbox.ts");
  const { startSession } = await import("../../../src/state/sessions/session-list.ts");
  outbox.startOutbox();
  drafts.writeDraft(drafts.newSessionDraft, "make the tests pass");
  const { promptId } = drafts.readDraft(drafts.newSessionDraft) ?? {};
  const project = { id: "p", name: "shop", path: "/shop", branch: null, instructions: [], lastUsedAt: null };
  const started = await startSession({ project, model: null });
  const id = "id" in started ? started.id : "";
  await vi.waitFor(() => expect(asked).toEqual(["/api/sessions", `/api/sessions/${id}/prompts`]));
  const [item] = outbox.promptsOf(id).value;
  expect([item?.id, item?.phase, item?.content]).toEqual([
    promptId,
    "phone",
    [{ type: "text", text: "make the tests pass" }],
  ]);
  expect(drafts.readDraft(drafts.newSessionDraft)).toBe(null);
});

test("what is pinned stands above the days, and what is archived is shown only when asked for or while it asks", async () => {
  const { applySnapshot, followGroups, groups } = await import("../../../src/state/sessions/session-list.ts");
  applySnapshot([
    summary("today"),
    summary("pinned", { pinned: true, updatedAt: on(2026, 8, 1) }),
    summary("away", { archived: true }),
    summary("away and asking", { archived: true, state: "requires_action" }),
    summary("away and working", { archived: true, state: "running" }),
  ]);
  const today = new Date(2026, 10, 22).getTime();
  expect(groups.value).toEqual([
    { kind: "needs_you", ids: ["away and asking"] },
    { kind: "pinned", ids: ["pinned"] },
    { kind: "day", start: today, ids: ["today"] },
  ]);
  const archived = followGroups(() => ({ status: "archived", projectId: null }));
  expect(archived.value.flatMap((group) => group.ids)).toEqual([
    "away and asking",
    "away and working",
    "away",
  ]);
});

test("a filter shows one status, and one project, at once also while the finger is on the list", async () => {
  const { signal } = await import("../../../src/lib/signal.ts");
  const { noFilter } = await import("../../../src/state/sessions/session-groups.ts");
  const { applySnapshot, followGroups, sessionProjects, touchList } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  const other = { id: "q", name: "blog", path: "/blog", branch: null };
  applySnapshot([
    summary("read"),
    summary("unread", { seenSeq: 2 }),
    summary("elsewhere", { seenSeq: 2, project: other, updatedAt: on(2026, 10, 20) }),
  ]);
  expect(sessionProjects.value.map((project) => project.name)).toEqual(["shop", "blog"]);
  const filter = signal<import("../../../src/state/sessions/session-groups.ts").SessionFilter>(noFilter);
  const shown = followGroups(() => filter.value);
  touchList();
  filter.value = { status: "unread", projectId: null };
  expect(shown.value.flatMap((group) => group.ids)).toEqual(["unread", "elsewhere"]);
  filter.value = { status: "unread", projectId: "q" };
  expect(shown.value.flatMap((group) => group.ids)).toEqual(["elsewhere"]);
});

test("an older pinned session in a snapshot does not move its edge: what lies between stays", async () => {
  const { applyPage, applySnapshot, listEdge, summaryOf } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  const newest = Array.from({ length: 200 }, (_, index) =>
    summary(`s${index}`, { updatedAt: new Date(now.getTime() - index * 1000).toISOString() }),
  );
  const pinned = summary("old pinned", { pinned: true, updatedAt: on(2020, 1, 1) });
  applySnapshot([...newest, pinned]);
  expect(listEdge.value).toEqual({ before: newest.at(-1)?.updatedAt, beforeId: newest.at(-1)?.id });
  applyPage([summary("between", { updatedAt: on(2024, 1, 1) })]);
  applySnapshot([...newest, pinned]);
  expect(summaryOf("between")?.id).toBe("between");
  // Pinned no longer, or deleted: in neither case is it what the machine says now.
  applySnapshot(newest);
  expect([summaryOf("old pinned"), summaryOf("between")?.id]).toEqual([null, "between"]);
});

test("one's own act counts at once, whatever the finger does", async () => {
  const { applySnapshot, applySummary, groups, settleList, touchList } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  applySnapshot([summary("a")]);
  touchList();
  applySummary(summary("a", { archived: true, lastSeq: 6 }));
  expect(groups.value.flatMap((group) => group.ids)).toEqual(["a"]);
  settleList();
  expect(groups.value).toEqual([]);
});

test("a session that was removed stays away, also when a late summary tells of it", async () => {
  const { applySnapshot, applySummary, forgetSession, isRemoved, summaryOf } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  applySnapshot([summary("a")]);
  forgetSession("a");
  applySummary(summary("a", { lastSeq: 9 }));
  expect([summaryOf("a"), isRemoved("a"), isRemoved("b")]).toEqual([null, true, false]);
});

test("of sessions with the same time the one with the last id is the edge, and what lies behind it stays", async () => {
  const { applyPage, applySnapshot, listEdge, summaryOf } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  const at = on(2026, 9, 1);
  applyPage([summary("zz", { updatedAt: at })]);
  const newest = Array.from({ length: 200 }, (_, index) =>
    summary(`a${1000 + index}`, { updatedAt: index < 198 ? on(2026, 10, 3) : at }),
  );
  applySnapshot(newest);
  expect(listEdge.value).toEqual({ before: at, beforeId: "a1199" });
  expect(summaryOf("zz")?.id).toBe("zz");
});

test("the newest page takes out what is gone from it, and nothing that lies behind it", async () => {
  const { applyNewest, applySnapshot, needsYouCount, summaryOf } = await import(
    "../../../src/state/sessions/session-list.ts"
  );
  const old = summary("old", { updatedAt: on(2026, 8, 3), state: "requires_action" });
  applySnapshot([summary("a"), summary("b"), summary("c", { updatedAt: on(2026, 9, 3) }), old]);
  applyNewest([
    summary("a", { state: "requires_action", lastSeq: 6 }),
    summary("c", { updatedAt: on(2026, 9, 3) }),
  ]);
  expect(["a", "b", "c", "old"].map((id) => summaryOf(id)?.id)).toEqual(["a", undefined, "c", "old"]);
  expect(needsYouCount.value).toBe(2);
});
