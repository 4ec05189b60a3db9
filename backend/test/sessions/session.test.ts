import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Redaction } from "../../src/workspace/redaction/redaction.ts";
import {
  at,
  createSession,
  gate,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "./session-fixture.ts";

test("a turn is logged whole: prompt, state, text, call, checkpoints, end", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await turn.checkpointTaken();
      turn.emit(text("Writing"), { stepId: "s1" });
      turn.emit(
        { sessionUpdate: "tool_call", toolCallId: "c1", title: "a.txt", kind: "edit", status: "pending" },
        { stepId: "s1" },
      );
      await turn.emitDurable({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" });
      await writeFile(join(turn.root, "a.txt"), "one\n");
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  const receipt = await session.submitPrompt(promptOf("prompt-1", "Write  a\nfile"), phone);
  await turnEnd(session);
  await store.close();
  const { events } = await session.readEvents({});
  const trees = events.flatMap(({ update }) => (update.sessionUpdate === "checkpoint" ? [update.tree] : []));
  const { id: projectId } = session.project;
  const turnId = "id1";
  const by = phone;
  const file = { path: "a.txt", status: "added", added: 1, removed: 0, binary: false };
  expect(receipt).toEqual({ id: "prompt-1", seq: 2 });
  expect(events).toEqual([
    {
      seq: 1,
      at,
      by,
      update: {
        sessionUpdate: "session_created",
        formatVersion: 1,
        sessionId,
        project: { id: projectId, name: "project", path: machine.project },
        engine: "test",
        model: null,
        mode: "ask",
        title: null,
        requestDigest: session.requestDigest,
      },
    },
    {
      seq: 2,
      at,
      by,
      update: {
        sessionUpdate: "prompt_queued",
        promptId: "prompt-1",
        content: [block("Write  a\nfile")],
        delivery: "queue",
      },
    },
    {
      seq: 3,
      at,
      by,
      turnId,
      update: { sessionUpdate: "state_update", state: "running", promptId: "prompt-1" },
    },
    {
      seq: 4,
      at,
      by,
      turnId,
      update: {
        sessionUpdate: "user_message_chunk",
        messageId: "prompt-1",
        content: block("Write  a\nfile"),
      },
    },
    {
      seq: 5,
      at,
      by: { kind: "server", id: "server", name: "VoxPilot" },
      turnId,
      update: { sessionUpdate: "session_info_update", title: "Write a file" },
    },
    {
      seq: 6,
      at,
      turnId,
      update: {
        sessionUpdate: "checkpoint",
        checkpointId: "id2",
        phase: "start",
        tree: trees[0],
        omitted: [],
      },
    },
    { seq: 7, at, turnId, stepId: "s1", update: text("Writing") },
    {
      seq: 8,
      at,
      turnId,
      stepId: "s1",
      update: {
        sessionUpdate: "tool_call",
        toolCallId: "c1",
        title: "a.txt",
        kind: "edit",
        status: "pending",
      },
    },
    {
      seq: 9,
      at,
      turnId,
      update: { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" },
    },
    {
      seq: 10,
      at,
      turnId,
      update: { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" },
    },
    {
      seq: 11,
      at,
      turnId,
      update: {
        sessionUpdate: "checkpoint",
        checkpointId: "id3",
        phase: "end",
        tree: trees[1],
        omitted: [],
        changes: { files: [file], fileCount: 1, added: 1, removed: 0 },
      },
    },
    {
      seq: 12,
      at,
      turnId,
      update: { sessionUpdate: "state_update", state: "idle", promptId: "prompt-1", stopReason: "end_turn" },
    },
  ]);
  expect(session.turnTrees("id1")).toEqual({ start: trees[0], end: trees[1] });
});

test("a turn in which nothing ran that may change files has no end checkpoint", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c1", kind: "read", status: "in_progress" });
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" });
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c2", kind: "edit", status: "pending" });
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c2", status: "failed" });
      await turn.checkpointTaken();
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "look"), phone);
  await turnEnd(session);
  const phases = (await updates(session, "checkpoint")).map((update) => "phase" in update && update.phase);
  expect(phases).toEqual(["start"]);
  await store.close();
});

test("an engine that throws ends its turn once, as a problem, and its open calls get results", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c1", kind: "read", status: "pending" });
      throw new Error("broken");
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  await store.close();
  expect(await updates(session, "tool_call_update", "state_update")).toEqual([
    { sessionUpdate: "state_update", state: "running", promptId: "prompt-1" },
    {
      sessionUpdate: "tool_call_update",
      toolCallId: "c1",
      status: "failed",
      content: [
        {
          type: "content",
          content: block(
            "This was not started: VoxPilot stopped first. Ask for it again if it is still needed.",
          ),
        },
      ],
      rawOutput: { type: "failure", reason: "not_started" },
    },
    {
      sessionUpdate: "state_update",
      state: "idle",
      promptId: "prompt-1",
      stopReason: "refusal",
      problem: { code: "internal", detail: "broken" },
    },
  ]);
});

test("what an engine emits after its turn is over is dropped", async () => {
  const machine = await makeMachine();
  const late = gate();
  let emitted = Promise.resolve();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      emitted = late.opened.then(() => turn.emit(text("too late")));
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  const before = session.lastSeq;
  late.open();
  await emitted;
  await store.close();
  expect(session.lastSeq).toBe(before);
});

test("a history holds what was emitted before it was asked for, also streamed text", async () => {
  const machine = await makeMachine();
  let seen: unknown = null;
  const store = startStore(machine, {
    runTurn: async (turn) => {
      for (const word of ["a", "b", "c"]) turn.emit(text(word), { stepId: "s1" });
      seen = turn.history();
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  await store.close();
  expect(seen).toEqual([
    { type: "user", messageId: "prompt-1", content: [block("go")] },
    { type: "step", stepId: "s1", text: "abc", calls: [] },
  ]);
});

test("stopping a turn aborts its engine and names the reason; a turn that does not run is refused", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "wait"), phone);
  await expect(session.cancel("another", phone)).rejects.toMatchObject({
    code: "turn_not_running",
    data: { turnId: "id1" },
  });
  await session.cancel("id1", phone);
  expect((await turnEnd(session)).update).toEqual({
    sessionUpdate: "state_update",
    state: "idle",
    promptId: "prompt-1",
    stopReason: "cancelled",
  });
  await store.close();
});

test("a shutdown leaves a running turn interrupted, within five seconds", async () => {
  const machine = await makeMachine();
  const started = gate();
  const store = startStore(machine, {
    runTurn: (turn) => {
      started.open();
      return new Promise((resolve) =>
        turn.signal.addEventListener("abort", () => resolve({ stopReason: "cancelled" })),
      );
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "wait"), phone);
  await started.opened;
  await store.close();
  expect((await updates(session, "state_update")).at(-1)).toEqual({
    sessionUpdate: "state_update",
    state: "interrupted",
    promptId: "prompt-1",
  });
  const log = await readFile(join(machine.state, "sessions", sessionId, "log.jsonl"), "utf8");
  expect(log.endsWith("\n")).toBe(true);
});

test("title, mode and model are changed by name and shown in the summary", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await createSession(store, machine);
  await session.patch({ title: "Tests", mode: "plan", model: "a/b" }, phone);
  await session.patch({}, phone);
  expect(session.lastSeq).toBe(4);
  const { title, mode, model } = session.summary();
  expect({ title, mode, model }).toEqual({ title: "Tests", mode: "plan", model: "a/b" });
  await store.close();
});

function text(words: string) {
  return { sessionUpdate: "agent_message_chunk" as const, messageId: "m1", content: block(words) };
}

function block(words: string) {
  return { type: "text" as const, text: words };
}

test("of a command that ended, a secret goes before the rest is cut", async () => {
  const redaction = new Redaction();
  redaction.remember("api_key", "kept-from-everybody-1234567890");
  const machine = await makeMachine();
  const store = startStore(machine, { redaction });
  const session = await createSession(store, machine);
  const command = `${"x".repeat(180)} kept-from-everybody-1234567890`;
  await session.noteJobEnded({
    jobId: "j1",
    command,
    cwd: ".",
    runningMs: 1,
    end: { exitCode: 0, signal: null, stoppedBy: null },
  });
  const [notice] = await updates(session, "notice");
  expect(JSON.stringify(notice)).toContain("job_ended");
  expect(JSON.stringify(notice)).not.toContain("kept");
  await store.close();
});
