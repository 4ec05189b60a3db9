/** Words that a person steers into a running turn. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import type { SteeredPrompt } from "../../../src/engines/engine.ts";
import { isLongForm, timeLimitMs } from "../../support/long-form.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  desk,
  eventWhere,
  gate,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
} from "../session-fixture.ts";
import {
  busySession,
  expectQueue,
  found,
  idsIn,
  killedMachine,
  logOf,
  said,
  takenUp,
  text,
  waiting,
} from "./queue-stage.ts";

test("a steered prompt enters the running turn: on disk, in the history, out of the queue, by the one who sent it", async () => {
  const machine = await makeMachine();
  const running = gate();
  const sent = gate();
  let told: readonly SteeredPrompt[] = [];
  let onDisk = "";
  let history: unknown = null;
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "agent_message_chunk", messageId: "m1", content: text("Look") });
      expect(await turn.takeSteered()).toEqual([]);
      running.open();
      await sent.opened;
      told = await turn.takeSteered();
      onDisk = await readFile(logOf(machine), "utf8");
      history = turn.history();
      expect(await turn.takeSteered()).toEqual([]);
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await running.opened;
  await session.submitPrompt(promptOf("prompt-2", "waits"), phone);
  const link = { type: "resource_link" as const, uri: "file:///p/a.ts", name: "a.ts" };
  await session.submitPrompt({ id: "prompt-3", content: [text("not that"), link], delivery: "steer" }, desk);
  await session.submitPrompt(promptOf("prompt-4", "but this", "steer"), phone);
  expect(idsIn(session.summary().queue)).toEqual(["prompt-3", "prompt-4", "prompt-2"]);
  sent.open();
  const end = await turnEnd(session);
  expect(idsIn(told)).toEqual(["prompt-3", "prompt-4"]);
  const { events } = await session.readEvents({});
  const chunks = events.filter(({ update }) => update.sessionUpdate === "user_message_chunk").slice(1, 4);
  expect(chunks.map(({ by, turnId, update }) => ({ by, turnId, update }))).toEqual(
    [
      { messageId: "prompt-3", content: text("not that"), by: desk },
      { messageId: "prompt-3", content: link, by: desk },
      { messageId: "prompt-4", content: text("but this"), by: phone },
    ].map(({ by, ...chunk }) => {
      return { by, turnId: end.turnId, update: { sessionUpdate: "user_message_chunk", ...chunk } };
    }),
  );
  for (const { seq } of chunks) expect(onDisk).toContain(`{"seq":${seq},`);
  expect(history).toEqual([
    { type: "user", messageId: "prompt-1", content: [text("go")] },
    { type: "step", stepId: "m1", text: "Look", calls: [] },
    { type: "user", messageId: "prompt-3", content: [text("not that"), link] },
    { type: "user", messageId: "prompt-4", content: [text("but this")] },
  ]);
  const shown = applyEvents(emptyTranscript, events).entries.map((entry) => entry.id);
  expect(shown.slice(0, 4)).toEqual(["prompt-1", "m1", "prompt-3", "prompt-4"]);
  await turnEnd(session, end.seq);
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-2"]);
  await store.close();
});

test("words go into a turn as they were last edited, and not at all when they were removed meanwhile", async () => {
  const machine = await makeMachine();
  const running = gate();
  const sent = gate();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      running.open();
      await sent.opened;
      await turn.takeSteered();
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await running.opened;
  await session.submitPrompt(promptOf("prompt-2", "two", "steer"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three", "steer"), phone);
  const changes = [
    session.changePrompt("prompt-2", { content: [text("two edited")] }, desk),
    session.removePrompt("prompt-3", desk),
  ];
  sent.open();
  await Promise.all(changes);
  await turnEnd(session);
  expect(await said(session)).toEqual(["go", "two edited"]);
  await store.close();
});

test("a steered prompt that its turn did not take starts the next one, before those that are queued", async () => {
  const { store, session, release } = await busySession();
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three", "steer"), phone);
  await session.submitPrompt(promptOf("prompt-4", "four"), phone);
  await session.changePrompt("prompt-4", { now: "steer" }, phone);
  release();
  for (let after = 0, turn = 0; turn < 4; turn += 1) after = (await turnEnd(session, after)).seq;
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-3", "prompt-4", "prompt-2"]);
  await store.close();
});

test("a turn that is stopped takes nothing in: what was steered waits for a person", async () => {
  const machine = await makeMachine();
  const running = gate();
  const taken: unknown[] = [];
  const store = startStore(machine, {
    runTurn: async (turn) => {
      if (taken.length > 0) return { stopReason: "end_turn" };
      running.open();
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      taken.push(await turn.takeSteered());
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await running.opened;
  await session.submitPrompt(promptOf("prompt-2", "rather so", "steer"), phone);
  await session.cancel(undefined, phone);
  const first = await turnEnd(session);
  expect(idsIn(session.summary().queue)).toEqual(["prompt-2"]);
  await session.changePrompt("prompt-2", { now: "steer" }, phone);
  await turnEnd(session, first.seq);
  expect(taken).toEqual([[]]);
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-2"]);
  expect(await said(session)).toEqual(["go", "rather so"]);
  await store.close();
});

test("DUR-02: a log cut anywhere in a steered prompt loses none of its words: it waits, or it is in the conversation whole", {
  timeout: timeLimitMs(20_000),
}, async () => {
  const machine = await makeMachine();
  const reached = gate();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await eventWhere(session, ({ update }) => "promptId" in update && update.promptId === "prompt-2");
      await turn.takeSteered();
      reached.open();
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  const content = [text("one "), text("two "), text("three")];
  const receipt = await session.submitPrompt({ id: "prompt-2", content, delivery: "steer" }, phone);
  await reached.opened;
  const whole = await killedMachine(machine);
  const log = await readFile(logOf(whole));
  await store.close();
  const start = log.indexOf(`{"seq":${receipt.seq + 1},`);
  const ends = new Set<string>();
  const step = isLongForm ? 1 : 19;
  for (let size = start; size <= log.length; size += size < log.length - 60 ? step : 1) {
    const cut = await killedMachine(whole, size);
    const again = startStore(cut);
    const later = await found(again);
    const words = (await said(later)).join("");
    const isWaiting = later.summary().queue.some((prompt) => prompt.promptId === "prompt-2");
    expect([size, words]).toEqual([size, isWaiting ? "go" : "goone two three"]);
    expect(await later.submitPrompt({ id: "prompt-2", content, delivery: "steer" }, phone)).toEqual(receipt);
    ends.add(isWaiting ? "waits" : "said");
    await again.close();
  }
  expect(ends).toEqual(new Set(["waits", "said"]));
});

test("words that cannot be saved are not taken in: they wait, and start a turn once there is room", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const running = gate();
  const sent = gate();
  const refused = gate();
  let failure: unknown = null;
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      if (failure !== null) return { stopReason: "end_turn" };
      running.open();
      await sent.opened;
      files.failing = new Set(["append"]);
      failure = await turn.takeSteered().catch((error: unknown) => error);
      refused.open();
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await running.opened;
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three", "steer"), phone);
  sent.open();
  await refused.opened;
  expect(failure).toMatchObject({ code: "not_saving" });
  await expectQueue(session, [waiting("prompt-3", "three", "steer"), waiting("prompt-2", "two")]);
  files.failing = new Set();
  await session.submitPrompt(promptOf("prompt-4", "four"), phone);
  for (let after = 0, turn = 0; turn < 4; turn += 1) after = (await turnEnd(session, after)).seq;
  expect(await said(session)).toEqual(["go", "three", "two", "four"]);
  await store.close();
});
