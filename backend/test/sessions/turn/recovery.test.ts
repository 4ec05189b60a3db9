import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { WholeUpdate } from "../../../src/protocol/written-update.ts";
import {
  createSession,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

const notStarted = "This was not started: VoxPilot stopped first. Ask for it again if it is still needed.";
const unknownOutcome =
  "VoxPilot stopped while this was running, so its outcome is unknown: it may have happened wholly, partly or not at all. Look at what is there before doing it again.";

test("a turn that ran when the process died is interrupted: calls get results, questions are closed, nothing runs", async () => {
  const machine = await machineThatDied(async (emit) => {
    await emit({
      sessionUpdate: "tool_call",
      toolCallId: "c1",
      title: "npm test",
      kind: "execute",
      status: "pending",
    });
    await emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" });
    await emit({
      sessionUpdate: "tool_call",
      toolCallId: "c2",
      title: "a.ts",
      kind: "edit",
      status: "pending",
    });
    await emit({
      sessionUpdate: "request_permission",
      requestId: "q1",
      toolCallId: "c2",
      subject: { type: "other", title: "a.ts" },
      content: [],
      reach: [],
      dangerous: false,
      options: [],
      digest: "d",
    });
  });
  let runs = 0;
  const store = startStore(machine, {
    runTurn: async () => {
      runs += 1;
      return { stopReason: "end_turn" };
    },
  });
  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is gone.");
  const recovered = (await updates(session)).slice(-4);
  expect(recovered).toEqual([
    failed("c1", "unknown_outcome", unknownOutcome),
    failed("c2", "not_started", notStarted),
    {
      sessionUpdate: "permission_outcome",
      requestId: "q1",
      toolCallId: "c2",
      outcome: { outcome: "cancelled", reason: "restart" },
    },
    { sessionUpdate: "state_update", state: "interrupted", promptId: "prompt-1" },
  ]);
  expect(session.summary()).toMatchObject({ state: "interrupted", turnId: null, pending: [] });
  expect(session.summary().queue.map((prompt) => prompt.promptId)).toEqual(["prompt-2"]);
  await store.close();
  expect(runs).toBe(0);
  const third = startStore(machine);
  expect((await third.find(sessionId))?.lastSeq).toBe(session.lastSeq);
  await third.close();
});

test("after a restart, going on runs first and the waiting prompts follow in order", async () => {
  const machine = await machineThatDied(async () => undefined);
  const store = startStore(machine);
  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is gone.");
  const before = session.lastSeq;
  await session.submitPrompt(promptOf("prompt-3", ""), phone);
  const first = await turnEnd(session, before);
  await turnEnd(session, first.seq);
  const states = (await updates(session, "state_update")).slice(-4);
  expect(states.map((update) => "promptId" in update && update.promptId)).toEqual([
    "prompt-3",
    "prompt-3",
    "prompt-2",
    "prompt-2",
  ]);
  await store.close();
});

test("a loaded session remembers the conversation for the next turn", async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  const session = await createSession(first, machine);
  await session.submitPrompt(promptOf("prompt-1", "hello"), phone);
  await turnEnd(session);
  await first.close();
  let history: unknown = null;
  const second = startStore(machine, {
    runTurn: async (turn) => {
      history = turn.history();
      return { stopReason: "end_turn" };
    },
  });
  const again = await second.find(sessionId);
  await again?.submitPrompt(promptOf("prompt-2", "and?"), phone);
  if (again !== null) await turnEnd(again, session.lastSeq);
  await second.close();
  expect(history).toEqual([
    { type: "user", messageId: "prompt-1", content: [{ type: "text", text: "hello" }] },
    { type: "step", stepId: "m1", text: "Done.", calls: [] },
    { type: "user", messageId: "prompt-2", content: [{ type: "text", text: "and?" }] },
  ]);
});

test("damage is told once, in the conversation", async () => {
  const machine = await machineAfterOneTurn();
  const log = join(machine.state, "sessions", sessionId, "log.jsonl");
  const lines = (await readFile(log, "utf8")).split("\n");
  await writeFile(log, lines.map((line, index) => (index === 3 ? "damaged" : line)).join("\n"));
  for (const _ of ["first", "second"]) {
    const store = startStore(machine);
    const session = await store.find(sessionId);
    if (session === null) throw new Error("The session is gone.");
    expect(await updates(session, "notice")).toEqual([
      { sessionUpdate: "notice", code: "damaged_lines", data: { count: 1 } },
    ]);
    await store.close();
  }
});

test("a session whose first line is damaged is still listed, with its project, and can go on", async () => {
  const machine = await machineAfterOneTurn();
  const log = join(machine.state, "sessions", sessionId, "log.jsonl");
  const lines = (await readFile(log, "utf8")).split("\n");
  await writeFile(log, ["damaged", ...lines.slice(1)].join("\n"));
  for (const promptId of ["prompt-2", "prompt-3"]) {
    const store = startStore(machine);
    const session = await store.find(sessionId);
    if (session === null) throw new Error("The session is gone.");
    expect(session.summary()).toMatchObject({ title: "hello", project: { path: machine.project } });
    const before = session.lastSeq;
    await session.submitPrompt(promptOf(promptId, "more"), phone);
    await turnEnd(session, before);
    expect(await updates(session, "session_created")).toHaveLength(1);
    await store.close();
  }
});

test("a folder without a readable session is left alone, and the others are listed", async () => {
  const machine = await machineAfterOneTurn();
  const store = startStore(machine);
  await store.create({ id: "another-1", project: machine.project }, phone);
  await store.close();
  const broken = join(machine.state, "sessions", "another-1");
  for (const name of await readdir(broken)) await writeFile(join(broken, name), "\0\0\0\n");
  const again = startStore(machine);
  expect((await again.list()).map((session) => session.id)).toEqual([sessionId]);
  await again.close();
  expect((await readdir(broken)).filter((name) => name === "log.jsonl")).toEqual(["log.jsonl"]);
});

async function machineAfterOneTurn(): Promise<Machine> {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "hello"), phone);
  await turnEnd(session);
  await store.close();
  return machine;
}

/** A state folder as it was when the process was killed in the middle of a turn, a second prompt waiting. */
async function machineThatDied(
  work: (emit: (update: WholeUpdate) => Promise<void>) => Promise<void>,
): Promise<Machine> {
  const machine = await makeMachine();
  const reached = gate();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await work((update) => turn.emitDurable(update));
      reached.open();
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await reached.opened;
  await session.submitPrompt(promptOf("prompt-2", "then"), phone);
  const folder = join(machine.state, "sessions", sessionId);
  const killed = await readFile(join(folder, "log.jsonl"));
  await store.close();
  await writeFile(join(folder, "log.jsonl"), killed);
  await appendFile(join(folder, "log.jsonl"), '{"seq":99,"at":');
  return machine;
}

function failed(toolCallId: string, reason: string, text: string) {
  return {
    sessionUpdate: "tool_call_update",
    toolCallId,
    status: "failed",
    content: [{ type: "content", content: { type: "text", text } }],
    rawOutput: { type: "failure", reason },
  };
}
