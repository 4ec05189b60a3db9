// @vitest-environment happy-dom
/** The list of sessions: its groups and their order. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SessionSummary } from "../../src/api/types.ts";

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

function summary(id: string, change: Partial<SessionSummary> = {}): SessionSummary {
  const at = now.toISOString();
  return {
    id,
    title: id,
    project: { id: "p", name: "shop", path: "/shop", branch: null },
    engine: "built-in",
    model: null,
    mode: "ask",
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
    ...change,
  };
}

const on = (...date: [number, number, number]) => new Date(...date, 12).toISOString();

test("what needs a person comes first, then what works, then days, then months", async () => {
  const { applySnapshot, groups, needsYouCount } = await import("../../src/state/session-list.ts");
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
  const { applySnapshot, applySummary, groups, touchList } = await import("../../src/state/session-list.ts");
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

test("an older summary never replaces a newer one", async () => {
  const { applySummary, summaryOf } = await import("../../src/state/session-list.ts");
  applySummary(summary("a", { title: "new", lastSeq: 9 }));
  applySummary(summary("a", { title: "old", lastSeq: 8 }));
  expect(summaryOf("a")?.title).toBe("new");
});

test("a snapshot drops what is gone among the newest, and keeps what lies further back", async () => {
  const { applySnapshot, applySummary, summaryOf } = await import("../../src/state/session-list.ts");
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
  const { isUnread } = await import("../../src/state/session-list.ts");
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
  const drafts = await import("../../src/state/session/drafts.ts");
  const outbox = await import("../../src/state/session/outbox.ts");
  const { startSession } = await import("../../src/state/session-list.ts");
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
