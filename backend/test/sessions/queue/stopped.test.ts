/** What becomes of the queue when a person presses Stop or a turn fails, and of a turn that takes long to stop. */
import { setImmediate as endOfGo } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Session } from "../../../src/sessions/session.ts";
import { type AppendFile, type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  desk,
  gate,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
} from "../session-fixture.ts";
import { busySession, expectQueue, found, idsIn, killedMachine, takenUp, waiting } from "./queue-stage.ts";

const twoWaiting = [waiting("prompt-2"), waiting("prompt-3")];

async function stoppedSession() {
  const stage = await busySession();
  for (const id of ["prompt-2", "prompt-3"]) await stage.session.submitPrompt(promptOf(id, id), phone);
  await stage.session.cancel(undefined, phone);
  const end = await turnEnd(stage.session);
  expect(end.update).toMatchObject({ promptId: "prompt-1", stopReason: "cancelled" });
  return { ...stage, end };
}

test("what waits when a person stops a turn rests, for everybody and after a restart", async () => {
  const { machine, store, session, end } = await stoppedSession();
  await session.patch({ title: "it has had its time" }, desk);
  await expectQueue(session, twoWaiting);
  expect(session.summary().state).toBe("idle");
  const again = startStore(await killedMachine(machine));
  const later = await found(again);
  await later.patch({ title: "and again" }, desk);
  await expectQueue(later, twoWaiting);
  expect((await takenUp(later)).length).toBe(1);
  expect(end.seq).toBeLessThan(later.lastSeq);
  await again.close();
  await store.close();
});

test.each(["steer", "interrupt"] as const)(
  "a resting prompt that is sent now (%s) starts, and the others follow it",
  async (now) => {
    const { store, session, release, end } = await stoppedSession();
    release();
    await session.changePrompt("prompt-3", { now }, desk);
    const next = await turnEnd(session, end.seq);
    await turnEnd(session, next.seq);
    expect(await takenUp(session)).toEqual(["prompt-1", "prompt-3", "prompt-2"]);
    await store.close();
  },
);

test("what is edited, moved and removed at rest starts nothing", async () => {
  const { store, session } = await stoppedSession();
  await session.changePrompt("prompt-2", { content: waiting("prompt-2", "other words").content }, desk);
  await session.changePrompt("prompt-3", { before: "prompt-2" }, desk);
  await session.removePrompt("prompt-2", desk);
  await session.patch({ title: "nothing ran" }, desk);
  await expectQueue(session, [waiting("prompt-3")]);
  expect(await takenUp(session)).toEqual(["prompt-1"]);
  await store.close();
});

test("what is said while others rest goes before them, and they follow it", async () => {
  const { store, session, release, end } = await stoppedSession();
  release();
  await session.submitPrompt(promptOf("prompt-4", "rather this"), desk);
  const next = await turnEnd(session, end.seq);
  const after = await turnEnd(session, next.seq);
  await turnEnd(session, after.seq);
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-4", "prompt-2", "prompt-3"]);
  await expectQueue(session, []);
  await store.close();
});

test("what is said after a stop that is not over yet starts when it is", async () => {
  const machine = await makeMachine();
  const over = gate();
  const store = startStore(machine, {
    runTurn: async ({ signal }) => {
      if (!signal.aborted && (await takenUp(session)).length > 1) return { stopReason: "end_turn" };
      await over.opened;
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2"]) await session.submitPrompt(promptOf(id, id), phone);
  await session.cancel(undefined, phone);
  await session.submitPrompt(promptOf("prompt-3", "rather this"), phone);
  expect(idsIn(session.summary().queue)).toEqual(["prompt-3", "prompt-2"]);
  over.open();
  const first = await turnEnd(session);
  await turnEnd(session, first.seq);
  expect((await takenUp(session)).slice(0, 2)).toEqual(["prompt-1", "prompt-3"]);
  await store.close();
});

test("an agent that does not hear the stop is left behind at once when it is killed", async () => {
  const machine = await makeMachine();
  const deaf = gate();
  const store = startStore(machine, {
    runTurn: async () => {
      await deaf.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await session.cancel(undefined, phone);
  const beganAt = performance.now();
  await session.kill(undefined, phone);
  const { update } = await turnEnd(session);
  expect(update).toMatchObject({ state: "idle", stopReason: "cancelled" });
  // Without it the agent has five seconds.
  expect(performance.now() - beganAt).toBeLessThan(4000);
  await expect(session.kill("another", phone)).rejects.toMatchObject({ code: "turn_not_running" });
  deaf.open();
  await store.close();
});

test("a kill that comes before the agent has begun leaves it behind too, and it never begins", async () => {
  const machine = await makeMachine();
  const model = gate();
  let begun = 0;
  const store = startStore(machine, {
    defaultModel: async () => {
      await model.opened;
      return "local/model";
    },
    runTurn: async () => {
      begun += 1;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await session.kill(undefined, phone);
  const { update } = await turnEnd(session);
  expect(update).toMatchObject({ state: "idle", stopReason: "cancelled" });
  model.open();
  await store.close();
  expect(begun).toBe(0);
});

const quota = { stopReason: "refusal", problem: { code: "model_quota" } } as const;

/** A session whose first turn fails when it is let go, with two prompts behind it. */
async function failingSession(options: { readonly files?: DurableFiles } = {}) {
  const machine = await makeMachine();
  const failing = gate();
  const store = startStore(machine, {
    ...options,
    runTurn: async ({ promptId }) => {
      if (promptId !== "prompt-1") return { stopReason: "end_turn" };
      await failing.opened;
      return quota;
    },
  });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  return { store, session, fail: failing.open };
}

/** Waits for `count` turns; resolves to their prompts, in order. */
async function turnsTaken(session: Session, count: number): Promise<unknown[]> {
  let seq = 0;
  for (let turn = 0; turn < count; turn += 1) seq = (await turnEnd(session, seq)).seq;
  return await takenUp(session);
}

test("what waits behind a turn that failed rests, and is sent when a person says so", async () => {
  const { store, session, fail } = await failingSession();
  fail();
  await turnEnd(session);
  await expectQueue(session, twoWaiting);
  expect(session.summary()).toMatchObject({ state: "idle", problem: { code: "model_quota" } });
  await session.submitPrompt(promptOf("prompt-4", ""), phone);
  expect(await turnsTaken(session, 4)).toEqual(["prompt-1", "prompt-4", "prompt-2", "prompt-3"]);
  await store.close();
});

test("it rests too when the end of the failed turn can only be saved later", async () => {
  const files = faultyFiles();
  const { store, session, fail } = await failingSession({ files });
  const shown = gate();
  store.subscribe(() => (session.summary().state === "idle" ? shown.open() : undefined));
  files.failing = new Set(["append"]);
  fail();
  await shown.opened;
  files.failing = new Set();
  await turnEnd(session);
  await expectQueue(session, twoWaiting);
  await session.submitPrompt(promptOf("prompt-4", ""), phone);
  expect(await turnsTaken(session, 4)).toEqual(["prompt-1", "prompt-4", "prompt-2", "prompt-3"]);
  await store.close();
});

/** A disk whose syncs wait while `isHeld`, all of them until `release`. */
function slowDisk() {
  const { opened, open: release } = gate();
  const disk = { isHeld: false, release, files: durableFiles };
  const slowed = (file: AppendFile): AppendFile => ({
    get size() {
      return file.size;
    },
    append: (data) => file.append(data),
    sync: async () => {
      if (disk.isHeld) await opened;
      await file.sync();
    },
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  });
  disk.files = { ...durableFiles, openAppend: async (path) => slowed(await durableFiles.openAppend(path)) };
  return disk;
}

test("what is sent now while the end of the failed turn is being written goes behind it", async () => {
  const disk = slowDisk();
  const { store, session, fail } = await failingSession({ files: disk.files });
  disk.isHeld = true;
  const other = session.patch({ title: "it holds the disk" }, desk);
  fail();
  // The end is handed to the log; which of both is first there makes no difference.
  for (let go = 0; go < 200; go += 1) await endOfGo();
  const now = session.changePrompt("prompt-3", { now: "steer" }, desk);
  for (let go = 0; go < 200; go += 1) await endOfGo();
  disk.release();
  await Promise.all([other, now]);
  expect(await turnsTaken(session, 3)).toEqual(["prompt-1", "prompt-3", "prompt-2"]);
  await store.close();
});

test("summing up wakes nothing that rests, and the failed turn is continued behind it, before the others", async () => {
  const { store, session, fail } = await failingSession();
  fail();
  const failed = await turnEnd(session);
  await session.submitPrompt(promptOf("prompt-4", "/compact"), phone);
  await turnEnd(session, failed.seq);
  await expectQueue(session, twoWaiting);
  await session.submitPrompt(promptOf("prompt-5", ""), phone);
  expect(await turnsTaken(session, 5)).toEqual(["prompt-1", "prompt-4", "prompt-5", "prompt-2", "prompt-3"]);
  await expect(session.submitPrompt(promptOf("prompt-6", ""), phone)).rejects.toMatchObject({
    code: "invalid_request",
  });
  await store.close();
});

test.each(["max_tokens", "max_turn_requests"] as const)(
  "behind a turn that came to a limit (%s) the queue goes on",
  async (stopReason) => {
    const machine = await makeMachine();
    const store = startStore(machine, { runTurn: async () => ({ stopReason }) });
    const session = await createSession(store, machine);
    for (const id of ["prompt-1", "prompt-2"]) await session.submitPrompt(promptOf(id, id), phone);
    expect(await turnsTaken(session, 2)).toEqual(["prompt-1", "prompt-2"]);
    await store.close();
  },
);

test("what interrupts a turn that fails while it is being stopped starts all the same", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async ({ promptId, signal }) => {
      if (promptId !== "prompt-1") return { stopReason: "end_turn" };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { stopReason: "refusal", problem: { code: "model_unreachable" } };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await session.submitPrompt(promptOf("prompt-2", "rather this", "interrupt"), phone);
  const stopped = await turnEnd(session);
  await turnEnd(session, stopped.seq);
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-2"]);
  await store.close();
});
