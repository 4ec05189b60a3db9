import { expect, test } from "vitest";
import type { PermissionRequest } from "../../backend/src/protocol/permission.ts";
import type { SessionSummary } from "../../backend/src/protocol/session.ts";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import type { ToolKind } from "../../backend/src/protocol/tool-call.ts";
import { applyToSummary, newSummary } from "../../transcript/summary.ts";

const created = {
  sessionUpdate: "session_created",
  formatVersion: 1,
  sessionId: "s1",
  project: { id: "p1", name: "app", path: "/app" },
  engine: "built-in",
  model: null,
  mode: "ask",
  title: null,
  requestDigest: "x",
} as const;

const fresh: SessionSummary = {
  id: "s1",
  title: null,
  pinned: false,
  archived: false,
  forkedFrom: null,
  project: { id: "p1", name: "app", path: "/app", branch: null },
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
  stopReason: null,
  problem: null,
  activity: null,
  pending: [],
  queue: [],
  changes: null,
  createdAt: time(1),
  updatedAt: time(1),
  lastSeq: 1,
  seenSeq: 0,
  notSaving: false,
};

const request: PermissionRequest = {
  requestId: "q1",
  toolCallId: "c1",
  subject: { type: "command", command: "npm test", cwd: "." },
  content: [],
  reach: [],
  dangerous: false,
  options: [],
  digest: "d",
};

test("a new session is idle and empty", () => {
  expect(newSummary(created, { seq: 1, at: time(1), update: created })).toEqual(fresh);
});

test("follows a turn from its prompt to its end", () => {
  const content = [{ type: "text" as const, text: "go" }];
  const queued = { promptId: "a", content, delivery: "queue" } as const;
  const started = fold(
    { sessionUpdate: "prompt_queued", ...queued },
    { sessionUpdate: "prompt_queued", ...queued, promptId: "b" },
    { sessionUpdate: "state_update", state: "running", promptId: "a" },
    { sessionUpdate: "session_info_update", title: "go" },
    { sessionUpdate: "tool_call", toolCallId: "c1", title: "npm test", kind: "execute", status: "pending" },
    { sessionUpdate: "request_permission", ...request },
    { sessionUpdate: "state_update", state: "requires_action", promptId: "a" },
  );
  const asking: SessionSummary = {
    ...fresh,
    title: "go",
    state: "requires_action",
    turnId: "t1",
    turnStartedAt: time(4),
    activity: { toolCallId: "c1", kind: "execute", title: "npm test", running: true },
    pending: [request],
    queue: [{ ...queued, promptId: "b" }],
    updatedAt: time(8),
    lastSeq: 8,
  };
  expect(started).toEqual(asking);
  const ended = foldFrom(
    started,
    {
      sessionUpdate: "permission_outcome",
      requestId: "q1",
      toolCallId: "c1",
      outcome: { outcome: "selected", optionId: "o", kind: "allow_once" },
    },
    { sessionUpdate: "state_update", state: "running", promptId: "a" },
    { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" },
    {
      sessionUpdate: "checkpoint",
      checkpointId: "k",
      phase: "end",
      tree: "t",
      omitted: [],
      changes: { files: [], fileCount: 3, added: 43, removed: 6 },
    },
    { sessionUpdate: "state_update", state: "idle", promptId: "a", stopReason: "end_turn" },
  );
  expect(ended).toEqual({
    ...asking,
    state: "idle",
    turnId: null,
    turnStartedAt: null,
    stopReason: "end_turn",
    activity: { toolCallId: "c1", kind: "execute", title: "npm test", running: false },
    pending: [],
    changes: { files: 3, added: 43, removed: 6 },
    turnChanges: [{ seq: 12, files: 3, added: 43, removed: 6 }],
    updatedAt: time(13),
    lastSeq: 13,
  });
});

test("what was denied is not what came last", () => {
  const summary = fold(
    { sessionUpdate: "tool_call", toolCallId: "c1", title: "npm test", kind: "execute", status: "pending" },
    {
      sessionUpdate: "tool_call_update",
      toolCallId: "c1",
      status: "failed",
      rawOutput: { type: "failure", reason: "denied" },
    },
  );
  expect(summary.activity).toBe(null);
});

test("of calls beside each other each keeps its own title, and one that ends takes no place from one that goes on", () => {
  const call = (toolCallId: string, kind: "read" | "search", title: string): SessionUpdate => ({
    sessionUpdate: "tool_call",
    toolCallId,
    title,
    kind,
    status: "pending",
  });
  const update = (toolCallId: string, status: "in_progress" | "completed"): SessionUpdate => ({
    sessionUpdate: "tool_call_update",
    toolCallId,
    status,
  });
  const told: SessionUpdate[] = [
    call("r", "read", "src/parts/part-19.ts"),
    call("s", "search", "export const n39"),
    update("r", "in_progress"),
    update("s", "in_progress"),
    update("r", "completed"),
    update("s", "completed"),
  ];
  const shown = told.map((_, index) => {
    const { activity } = fold(...told.slice(0, index + 1));
    return `${activity?.kind} ${activity?.title} ${activity?.running}`;
  });
  expect(shown).toEqual([
    "read src/parts/part-19.ts true",
    "search export const n39 true",
    "search export const n39 true",
    "search export const n39 true",
    "search export const n39 true",
    "search export const n39 false",
  ]);
});

test("of calls beside each other each keeps its own kind, also where what is told of it brings its title alone", () => {
  const call = (toolCallId: string, kind: "read" | "search", title: string): SessionUpdate => ({
    sessionUpdate: "tool_call",
    toolCallId,
    title,
    kind,
    status: "pending",
  });
  const begun = (toolCallId: string, title: string, kind: ToolKind | null = null): SessionUpdate => ({
    sessionUpdate: "tool_call_update",
    toolCallId,
    title,
    ...(kind === null ? {} : { kind }),
    status: "in_progress",
  });
  const ended = (toolCallId: string): SessionUpdate => ({
    sessionUpdate: "tool_call_update",
    toolCallId,
    status: "completed",
  });
  const calls = [call("r", "read", "src/cart.js"), call("s", "search", "maxAge")];
  const shown = (...told: SessionUpdate[]) =>
    told.map((_, index) => {
      const { activity } = fold(...calls, ...told.slice(0, index + 1));
      return `${activity?.kind} ${activity?.title} ${activity?.running}`;
    });
  // As logs from before a call that begins named its kind have it.
  expect(shown(begun("r", "src/cart.js"), begun("s", "maxAge"), ended("r"), ended("s"))).toEqual([
    "search maxAge true",
    "search maxAge true",
    "search maxAge true",
    "search maxAge false",
  ]);
  expect(
    shown(begun("r", "src/cart.js", "read"), ended("r"), begun("s", "maxAge", "search"), ended("s")),
  ).toEqual(["read src/cart.js true", "read src/cart.js false", "search maxAge true", "search maxAge false"]);
});

test("after a rewind of the conversation the row tells what the turns that stay changed, and after its undo all of it", () => {
  const checkpoint = (added: number): SessionUpdate => ({
    sessionUpdate: "checkpoint",
    checkpointId: `k${added}`,
    phase: "end",
    tree: "t",
    omitted: [],
    changes: { files: [], fileCount: 1, added, removed: 0 },
  });
  const kind = { sessionUpdate: "rewind", scope: "conversation" } as const;
  const line = { ...kind, files: { done: [], skipped: [] } };
  const rewind = (keepThrough: number): SessionUpdate => ({
    ...line,
    rewindId: "r",
    turnId: "t2",
    keepThrough,
  });
  const undo: SessionUpdate = { ...line, rewindId: "u", turnId: null, keepThrough: null, undoes: 4 };
  const all = [checkpoint(3), checkpoint(5), rewind(2), undo];
  expect(all.map((_, index) => fold(...all.slice(0, index + 1)).changes?.added ?? null)).toEqual([
    3, 5, 3, 5,
  ]);
  expect(fold(checkpoint(3), rewind(1)).changes).toBeNull();
});

test("a turn that changed nothing leaves what the one before it changed", () => {
  const checkpoint = (fileCount: number, added: number): SessionUpdate => ({
    sessionUpdate: "checkpoint",
    checkpointId: `k${added}`,
    phase: "end",
    tree: "t",
    omitted: [],
    changes: { files: [], fileCount, added, removed: 0 },
  });
  expect(fold(checkpoint(1, 3), checkpoint(0, 0)).changes).toEqual({ files: 1, added: 3, removed: 0 });
});

test("an interrupted turn has no open questions and no running activity", () => {
  const summary = fold(
    { sessionUpdate: "state_update", state: "running", promptId: "a" },
    { sessionUpdate: "tool_call", toolCallId: "c1", title: "a.ts", kind: "edit", status: "in_progress" },
    { sessionUpdate: "request_permission", ...request },
    { sessionUpdate: "state_update", state: "interrupted", promptId: "a" },
  );
  const { state, turnId, pending, activity } = summary;
  expect({ state, turnId, pending, activity }).toEqual({
    state: "interrupted",
    turnId: null,
    pending: [],
    activity: { toolCallId: "c1", kind: "edit", title: "a.ts", running: false },
  });
});

test("the queue is reordered and shortened as its update says", () => {
  const prompt = (promptId: string) => ({
    sessionUpdate: "prompt_queued" as const,
    promptId,
    content: [],
    delivery: "queue" as const,
  });
  const summary = fold(prompt("a"), prompt("b"), prompt("c"), {
    sessionUpdate: "queue_update",
    promptIds: ["c", "a"],
  });
  expect(summary.queue.map((queued) => queued.promptId)).toEqual(["c", "a"]);
});

test("mode and model are those that were set last", () => {
  const { mode, model } = fold(
    { sessionUpdate: "current_mode_update", currentModeId: "edit" },
    { sessionUpdate: "config_option_update", configOptions: [{ id: "model", value: "a/b" }] },
    { sessionUpdate: "config_option_update", configOptions: [] },
  );
  expect({ mode, model }).toEqual({ mode: "edit", model: "a/b" });
});

function fold(...updates: SessionUpdate[]): SessionSummary {
  return foldFrom(fresh, ...updates);
}

function foldFrom(start: SessionSummary, ...updates: SessionUpdate[]): SessionSummary {
  return updates.reduce((summary, update) => {
    const seq = summary.lastSeq + 1;
    const event: SessionEvent = { seq, at: time(seq), turnId: "t1", update };
    return applyToSummary(summary, event);
  }, start);
}

function time(seq: number): string {
  return `2026-01-02T03:04:${String(seq).padStart(2, "0")}.000Z`;
}

test("pinning and putting away change what they name, keep the title and the place, and a prompt takes it out again", () => {
  const event = (seq: number, update: SessionUpdate): SessionEvent => ({ seq, at: time(seq), update });
  const titled = applyToSummary(fresh, event(2, { sessionUpdate: "session_info_update", title: "Name" }));
  const away = applyToSummary(
    titled,
    event(3, { sessionUpdate: "session_info_update", pinned: true, archived: true }),
  );
  expect(away).toEqual({ ...titled, pinned: true, archived: true, lastSeq: 3, updatedAt: time(2) });
  const unnamed = applyToSummary(away, event(4, { sessionUpdate: "session_info_update", title: null }));
  expect(unnamed).toMatchObject({ title: null, pinned: true, archived: true });
  const back = applyToSummary(
    away,
    event(4, { sessionUpdate: "prompt_queued", promptId: "a", content: [], delivery: "queue" }),
  );
  expect(back).toMatchObject({ title: "Name", pinned: true, archived: false, updatedAt: time(4) });
});

test("an imported session says so, and its titles stay short however long the log has them", () => {
  const importedAt = time(1);
  const by = { seq: 1, at: time(1) };
  const imported = newSummary({ ...created, title: "S".repeat(300), importedAt }, { ...by, update: created });
  expect([imported.importedAt, imported.title?.length]).toEqual([importedAt, 200]);
  const update = { sessionUpdate: "tool_call", toolCallId: "c", title: "T".repeat(300) } as const;
  expect(applyToSummary(imported, { seq: 2, at: time(2), update }).activity?.title).toHaveLength(200);
  expect("importedAt" in newSummary(created, { ...by, update: created })).toBe(false);
});
