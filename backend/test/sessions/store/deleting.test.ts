/** Deleting a session: at once, for good, and whole or not at all when it breaks off. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionSummary } from "../../../src/protocol/session.ts";
import { SessionConflict } from "../../../src/sessions/session-conflict.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
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

test("a deleted session is gone at once and after a restart, with all that was kept of it", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await oneTurn(store, machine);
  await session.markSeen("d1", 3);
  const told: string[] = [];
  store.subscribe((id) => told.push(id));
  let hasEnded = false;
  session.onEnded(() => {
    hasEnded = true;
  });
  told.length = 0;

  await store.delete(sessionId);

  expect(await store.find(sessionId)).toBeNull();
  expect(await store.list()).toEqual([]);
  expect({ told: told.at(-1), hasEnded, has: store.has(sessionId) }).toEqual({
    told: sessionId,
    hasEnded: true,
    has: false,
  });
  await store.close();
  expect(await filesWith(machine, sessionId)).toEqual([]);
  const next = startStore(machine);
  expect(await next.list()).toEqual([]);
  expect(await filesWith(machine, sessionId)).toEqual([]);
  await next.close();
});

test("deleting what is not there, or is gone, says so", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  await expect(store.delete("no-such-session")).rejects.toMatchObject({ code: "session_not_found" });
  await createSession(store, machine);
  await Promise.all([store.delete(sessionId), store.delete(sessionId)]);
  await expect(store.delete(sessionId)).rejects.toMatchObject({ code: "session_not_found" });
  await store.close();
});

test("deleting stops the running turn, and nothing that still holds the session writes any more", async () => {
  const machine = await makeMachine();
  const started = gate();
  let wasAborted = false;
  const store = startStore(machine, {
    runTurn: (turn) =>
      new Promise((resolve) => {
        turn.signal.addEventListener("abort", () => {
          wasAborted = true;
          resolve({ stopReason: "cancelled" });
        });
        started.open();
      }),
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  await started.opened;

  await store.delete(sessionId);

  expect(wasAborted).toBe(true);
  const writes = [
    session.submitPrompt(promptOf("prompt-0002", "More."), phone),
    session.patch({ title: "Other" }, phone),
    session.markSeen("d1", 1),
  ];
  for (const write of writes) await expect(write).rejects.toMatchObject({ code: "session_not_found" });
  expect(await readdir(join(machine.state, "sessions"))).toEqual([]);
  await store.close();
});

test("the id of a deleted session makes a new one, with nothing of the old", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const old = await oneTurn(store, machine);

  const deleting = store.delete(sessionId);
  const session = await store.create({ id: sessionId, project: machine.project, title: "New" }, phone);
  await deleting;
  await expect(old.patch({ title: "Old" }, phone)).rejects.toBeInstanceOf(SessionConflict);

  expect((await updates(session)).map(({ sessionUpdate }) => sessionUpdate)).toEqual(["session_created"]);
  expect(session.summary()).toMatchObject({ title: "New", lastSeq: 1 });
  await store.close();
});

test("a session that rests is deleted without being read", async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  await oneTurn(first, machine);
  await first.close();
  const store = startStore(machine);
  await store.delete(sessionId);
  expect(await store.list()).toEqual([]);
  await store.close();
  expect(await filesWith(machine, sessionId)).toEqual([]);
});

/** Fails every call to the disk from the n-th on, as after a kill: what was done stays, what was not is not done. */
function diesAt(call: number): { readonly files: DurableFiles; readonly calls: () => number } {
  let calls = 0;
  const alive = <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) => {
    return async (...given: Given): Promise<Result> => {
      calls += 1;
      if (calls > call) throw Object.assign(new Error("killed"), { code: "EIO" });
      return work(...given);
    };
  };
  const files: DurableFiles = {
    read: durableFiles.read,
    openAppend: alive(durableFiles.openAppend),
    writeAtomic: alive(durableFiles.writeAtomic),
    makeDirectory: alive(durableFiles.makeDirectory),
    move: alive(durableFiles.move),
    remove: alive(durableFiles.remove),
  };
  return { files, calls: () => calls };
}

test("DUR-23: a delete that breaks off before or after any of its steps leaves the session whole, or gone", async () => {
  const outcomes: string[] = [];
  for (let step = 0; step < 12; step += 1) {
    const machine = await makeMachine();
    const before = startStore(machine);
    const whole = await oneTurn(before, machine);
    await whole.markSeen("d1", 2);
    const summary = whole.summary("d1");
    const log = await readFile(join(machine.state, "sessions", sessionId, "log.jsonl"), "utf8");
    await before.close();

    const { files } = diesAt(step);
    const dying = startStore(machine, { files });
    const answer = await dying.delete(sessionId).then(
      () => "gone",
      () => "refused",
    );
    await dying.close();

    const after = startStore(machine);
    const list = await after.list("d1");
    await after.close();
    const left = await filesWith(machine, sessionId);
    if (answer === "gone") expect({ list, left }).toEqual({ list: [], left: [] });
    else {
      expect(list).toEqual([summary] satisfies SessionSummary[]);
      expect(await readFile(join(machine.state, "sessions", sessionId, "log.jsonl"), "utf8")).toBe(log);
    }
    outcomes.push(answer);
  }
  // Both sides of the one moment were met.
  expect(new Set(outcomes)).toEqual(new Set(["refused", "gone"]));
});

test("a delete that the disk refuses leaves a session that goes on", async () => {
  const machine = await makeMachine();
  let refuses = true;
  const files: DurableFiles = {
    ...durableFiles,
    move: (from, to) => (refuses ? Promise.reject(new Error("read-only")) : durableFiles.move(from, to)),
  };
  const store = startStore(machine, { files });
  await oneTurn(store, machine);
  await expect(store.delete(sessionId)).rejects.toMatchObject({ code: "not_saving" });

  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is there.");
  const after = session.lastSeq;
  await session.submitPrompt(promptOf("prompt-0002", "And on."), phone);
  await turnEnd(session, after);
  refuses = false;
  await store.delete(sessionId);
  expect(await store.list()).toEqual([]);
  await store.close();
});

test("a delete that fails because the log cannot be closed leaves a session that goes on", async () => {
  const machine = await makeMachine();
  let isFailing = false;
  const files: DurableFiles = {
    ...durableFiles,
    async openAppend(path) {
      const file = await durableFiles.openAppend(path);
      const close = async () => {
        await file.close();
        if (isFailing) throw Object.assign(new Error("input/output error"), { code: "EIO" });
      };
      return Object.assign(Object.create(file), { close });
    },
  };
  const store = startStore(machine, { files });
  await oneTurn(store, machine);
  isFailing = true;
  await expect(store.delete(sessionId)).rejects.toMatchObject({ code: "not_saving" });
  isFailing = false;
  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is there.");
  const after = session.lastSeq;
  await session.submitPrompt(promptOf("prompt-0002", "And on."), phone);
  expect((await turnEnd(session, after)).update).toMatchObject({ stopReason: "end_turn" });
  await store.delete(sessionId);
  expect(await store.list()).toEqual([]);
  await store.close();
});

test("what comes while a session is being deleted does not open its log again", async () => {
  const machine = await makeMachine();
  const opened: string[] = [];
  let onClosed = (): void => undefined;
  const files: DurableFiles = {
    ...durableFiles,
    async openAppend(path) {
      const file = await durableFiles.openAppend(path);
      if (!path.endsWith("log.jsonl")) return file;
      opened.push(path);
      const close = async () => {
        await file.close();
        onClosed();
      };
      return Object.assign(Object.create(file), { close });
    },
  };
  const store = startStore(machine, { files });
  const session = await oneTurn(store, machine);
  const job = {
    jobId: "j1",
    command: "sleep 1",
    cwd: ".",
    runningMs: 1_000,
    end: { exitCode: 0, signal: null, stoppedBy: null },
  };
  const late: Promise<unknown>[] = [];
  onClosed = () => {
    late.push(session.noteJobEnded(job), session.patch({ title: "x" }, phone).catch(String));
  };
  await store.delete(sessionId);
  expect(await Promise.all(late)).toEqual([undefined, expect.stringContaining("no session of that id")]);
  expect(opened.length).toBe(1);
  await store.close();
});

/** Moves as it should, and then cannot say that it is durable, while it is told to fail; nor can what makes sure of it. */
function unsureDisk() {
  const disk = { isFailing: true };
  const failing = async (work: Promise<void>): Promise<void> => {
    await work;
    if (disk.isFailing) throw Object.assign(new Error("input/output error"), { code: "EIO" });
  };
  const files: DurableFiles = {
    ...durableFiles,
    move: (from, to) => failing(durableFiles.move(from, to)),
    remove: (path) => failing(durableFiles.remove(path)),
  };
  return { disk, files };
}

test.each([
  { state: "open", restarts: false },
  { state: "at rest", restarts: true },
])(
  "DUR-23: a delete of a session $state that moved it and is not sure of that is told as not saved; asked again it comes to the truth",
  async ({ restarts }) => {
    const machine = await makeMachine();
    const { disk, files } = unsureDisk();
    disk.isFailing = false;
    const before = startStore(machine, { files });
    const session = await oneTurn(before, machine);
    const { id, title } = session.summary();
    if (restarts) await before.close();
    const store = restarts ? startStore(machine, { files }) : before;
    await store.list();
    disk.isFailing = true;
    for (const _ of [1, 2]) {
      await expect(store.delete(id)).rejects.toMatchObject({ code: "not_saving" });
      // It is listed, so that it can be deleted again; nobody writes into it, and its id is not given away.
      expect((await store.list()).map((one) => [one.id, one.title])).toEqual([[id, title]]);
      expect(await store.find(id)).toBeNull();
      const making = store.create({ id, project: machine.project }, phone);
      await expect(making).rejects.toMatchObject({ code: "not_saving" });
    }
    disk.isFailing = false;
    const told: string[] = [];
    store.subscribe((one) => told.push(one));
    await store.delete(id);
    expect({ told, list: await store.list(), has: store.has(id) }).toEqual({
      told: [id],
      list: [],
      has: false,
    });
    await expect(store.delete(id)).rejects.toMatchObject({ code: "session_not_found" });
    expect((await createSession(store, machine)).lastSeq).toBe(1);
    await store.close();
  },
);

test("a session of the id of one whose deletion is not sure is made once it is", async () => {
  const machine = await makeMachine();
  const { disk, files } = unsureDisk();
  const store = startStore(machine, { files });
  await oneTurn(store, machine);
  await expect(store.delete(sessionId)).rejects.toMatchObject({ code: "not_saving" });
  disk.isFailing = false;
  const made = await createSession(store, machine);
  expect(made.lastSeq).toBe(1);
  expect((await store.list()).map(({ id, lastSeq }) => [id, lastSeq])).toEqual([[sessionId, 1]]);
  await store.close();
});

async function oneTurn(store: ReturnType<typeof startStore>, machine: Machine) {
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  await turnEnd(session);
  return session;
}

/** Paths below the state folder that name the session, or hold its name. */
async function filesWith(machine: Machine, name: string): Promise<string[]> {
  const entries = await readdir(machine.state, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const isNamed = entry.name.includes(name);
    if (isNamed || (entry.isFile() && (await readFile(path, "utf8")).includes(name))) found.push(path);
  }
  return found;
}
