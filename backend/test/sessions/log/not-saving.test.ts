import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  eventWhere,
  gate,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

test("a prompt that cannot be saved is refused, and runs once when it is sent again", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  let runs = 0;
  const store = startStore(machine, {
    files,
    runTurn: async () => {
      runs += 1;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  for (const call of ["append", "sync"] as const) {
    files.failing = new Set([call]);
    await expect(session.submitPrompt(promptOf("prompt-1", "go"), phone)).rejects.toMatchObject({
      code: "not_saving",
    });
    expect(session.summary()).toMatchObject({ notSaving: true, queue: [] });
  }
  files.failing = new Set();
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  expect(session.summary().notSaving).toBe(false);
  await store.close();
  expect(runs).toBe(1);
  expect(await updates(session, "prompt_queued", "notice")).toEqual([
    {
      sessionUpdate: "prompt_queued",
      promptId: "prompt-1",
      content: [{ type: "text", text: "go" }],
      delivery: "queue",
    },
    { sessionUpdate: "notice", code: "saving_again" },
  ]);
});

test("a turn stops when its updates cannot be saved, and its end is written once the disk takes it", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const full = gate();
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c1", kind: "read", status: "pending" });
      await turn.emitDurable({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" });
      await full.opened;
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" });
      await untilStopped(turn.signal);
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await eventWhere(session, ({ update }) => update.sessionUpdate === "tool_call_update");
  const shown = gate();
  store.subscribe(() => (session.summary().state === "idle" ? shown.open() : undefined));
  files.failing = new Set(["append"]);
  full.open();
  await shown.opened;
  expect(session.summary()).toMatchObject({
    state: "idle",
    notSaving: true,
    problem: { code: "not_saving" },
  });
  files.failing = new Set();
  await session.submitPrompt(promptOf("prompt-2", "again"), phone);
  const end = await turnEnd(session);
  expect(end.update).toEqual({
    sessionUpdate: "state_update",
    state: "idle",
    promptId: "prompt-1",
    stopReason: "cancelled",
    problem: { code: "not_saving" },
  });
  await store.close();
  const results = await updates(session, "tool_call_update");
  expect(results.map((update) => "rawOutput" in update && update.rawOutput)).toContainEqual({
    type: "failure",
    reason: "unknown_outcome",
  });
});

test("a turn that stops because nothing can be saved ends, also when its log cannot be read", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const full = gate();
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      await full.opened;
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c1", kind: "read", status: "pending" });
      await untilStopped(turn.signal);
      await rm(join(machine.state, "sessions", sessionId, "log.jsonl"));
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await eventWhere(session, ({ update }) => update.sessionUpdate === "state_update");
  const shown = gate();
  store.subscribe(() => (session.summary().state === "idle" ? shown.open() : undefined));
  files.failing = new Set(["append"]);
  full.open();
  await shown.opened;
  expect(session.summary()).toMatchObject({
    state: "idle",
    notSaving: true,
    problem: { code: "not_saving" },
  });
  await store.close();
});

test("a decision that cannot be saved allows nothing", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const answers: unknown[] = [];
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      answers.push(await turn.requestPermission(question));
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await eventWhere(session, ({ update }) => update.sessionUpdate === "request_permission");
  files.failing = new Set(["sync"]);
  const decisions = [1, 2, 3].map(() => session.decide("q1", { optionId: "once", digest: "d" }, phone));
  const codes = (await Promise.allSettled(decisions)).map(
    (result) => result.status === "rejected" && result.reason.code,
  );
  expect(codes).toEqual(["not_saving", "not_saving", "not_saving"]);
  files.failing = new Set();
  await store.close();
  expect(answers).toEqual([{ type: "cancelled" }]);
});

test("a turn whose decision cannot be saved ends at once", { timeout: 3_000 }, async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      await turn.requestPermission(question);
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await eventWhere(session, ({ update }) => update.sessionUpdate === "request_permission");
  const over = gate();
  store.subscribe(() => (session.summary().state === "idle" ? over.open() : undefined));
  files.failing = new Set(["sync"]);
  await expect(session.decide("q1", { optionId: "once", digest: "d" }, phone)).rejects.toMatchObject({
    code: "not_saving",
  });
  await over.opened;
  expect(session.summary()).toMatchObject({ state: "idle", problem: { code: "not_saving" } });
  files.failing = new Set();
  await store.close();
});

test("a session that cannot be saved is not there", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const store = startStore(machine, { files });
  files.failing = new Set(["sync"]);
  await expect(createSession(store, machine)).rejects.toMatchObject({ code: "not_saving" });
  expect(await store.list()).toEqual([]);
  expect(files.openFiles).toBe(0);
  files.failing = new Set();
  expect((await createSession(store, machine)).id).toBe(sessionId);
  expect(await store.list()).toHaveLength(1);
  await store.close();
});

const question: PermissionRequest = {
  requestId: "q1",
  toolCallId: "c1",
  subject: { type: "other", title: "x" },
  content: [],
  reach: [],
  dangerous: false,
  options: [{ optionId: "once", kind: "allow_once", name: "Allow" }],
  digest: "d",
};

async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}
