/** A session goes back to before a turn and forward again: real files, real git, real log, and what a crash leaves. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DoRewind, UndoRewind } from "../../../src/protocol/rewind.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  gate,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  updates,
} from "../session-fixture.ts";
import {
  asAfterFirst,
  asAfterSecond,
  asStarted,
  back,
  edit,
  filesOf,
  say,
  twoTurns,
} from "./rewind-stage.ts";

test("the preview tells what would change, and changes nothing", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { lastSeq } = session;
  const preview = await session.previewRewind({ turnId: second });
  expect(preview).toEqual({
    turnId: second,
    at: expect.any(String),
    keepThrough: expect.any(Number),
    turns: 1,
    filesKnown: true,
    files: [
      { path: "a.txt", change: "restored", additions: 1, deletions: 1, changedSince: false },
      { path: "gone.txt", change: "recreated", additions: 1, deletions: 0, changedSince: false },
      { path: "new.txt", change: "deleted", additions: 0, deletions: 1, changedSince: false },
    ],
    digest: expect.any(String),
  });
  expect(session.lastSeq).toBe(lastSeq);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await store.close();
});

test("files and conversation go back, and an undo brings both again, also from an undo", async () => {
  const { machine, store, session, first, second, histories } = await twoTurns();
  const { answer } = await back(session, second);
  expect(answer).toEqual({ seq: session.lastSeq, done: ["a.txt", "gone.txt", "new.txt"], skipped: [] });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer.done).toEqual(["a.txt", "gone.txt", "new.txt"]);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await session.rewind({ id: "rewind-0003", undoes: undo.answer.seq }, phone);
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  expect(await updates(session, "rewind")).toMatchObject([
    { scope: "both", turnId: second, keepThrough: expect.any(Number) },
    { scope: "both", turnId: null, keepThrough: null, undoes: answer.seq },
    { scope: "both", turnId: null, keepThrough: null, undoes: undo.answer.seq },
  ]);
  await back(session, first, { id: "rewind-0004" });
  expect(await filesOf(machine)).toEqual(asStarted);
  await say(session, "prompt-3", "hello");
  expect(histories.at(-1)).toEqual(["prompt-3"]);
  await store.close();
});

test("the engine is told nothing of what has left, also after a restart", async () => {
  const { machine, store, session, second } = await twoTurns();
  await back(session, second, { scope: "conversation" });
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await store.close();
  const told: unknown[] = [];
  const again = startStore(machine, {
    runTurn: async (turn) => {
      told.push(turn.history());
      return { stopReason: "end_turn" };
    },
  });
  const reopened = await again.find(sessionId);
  if (reopened === null) throw new Error("No session.");
  await say(reopened, "prompt-9", "and now?");
  expect(JSON.stringify(told)).toContain("a.txt=one");
  expect(JSON.stringify(told)).not.toContain("new.txt");
  await again.close();
});

test("the same id gives the same answer, for ever; another request under it is refused", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  const [one, two] = await Promise.all([session.rewind(request, phone), session.rewind(request, phone)]);
  expect([one.isRepeated, two.isRepeated]).toEqual([false, true]);
  expect(two.answer).toEqual(one.answer);
  const others: readonly (DoRewind | UndoRewind)[] = [
    { ...request, turnId: first },
    { ...request, scope: "files" },
    { ...request, paths: ["a.txt"] },
    { ...request, digest: "of-yesterday" },
    { id: request.id, undoes: one.answer.seq },
  ];
  for (const other of others)
    await expect(session.rewind(other, phone)).rejects.toMatchObject({ code: "id_reused" });
  const undo = { id: "rewind-0002", undoes: one.answer.seq };
  const undone = await session.rewind(undo, phone);
  expect(await session.rewind(undo, phone)).toEqual({ ...undone, isRepeated: true });
  await expect(session.rewind({ ...undo, undoes: 1 }, phone)).rejects.toMatchObject({ code: "id_reused" });
  await session.rewind({ id: "rewind-0003", undoes: undone.answer.seq }, phone);
  const { lastSeq } = session;
  await store.close();
  const again = startStore(machine);
  const reopened = await again.find(sessionId);
  for (const other of others)
    await expect(reopened?.rewind(other, phone)).rejects.toMatchObject({ code: "id_reused" });
  expect(await reopened?.rewind(request, phone)).toEqual({ answer: one.answer, isRepeated: true });
  expect(reopened?.lastSeq).toBe(lastSeq);
  await again.close();
});

test("what somebody else changed stays, unless it is named", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await writeFile(join(machine.project, "a.txt"), "mine");
  await writeFile(join(machine.project, "foreign.txt"), "mine too");
  const { files } = await session.previewRewind({ turnId: second });
  expect(files.filter((file) => file.changedSince).map(({ path }) => path)).toEqual(["a.txt", "foreign.txt"]);
  const { answer } = await back(session, second);
  expect(answer).toMatchObject({
    done: ["gone.txt", "new.txt"],
    skipped: [
      { path: "a.txt", reason: "changed_since" },
      { path: "foreign.txt", reason: "changed_since" },
    ],
  });
  const named = await back(session, first, { id: "rewind-0002", scope: "files", paths: ["a.txt"] });
  expect(named.answer.done).toEqual(["a.txt"]);
  expect(await filesOf(machine)).toEqual({ ...asStarted, "foreign.txt": "mine too" });
  await store.close();
});

test("what a rewind itself put back is nobody else's change", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await back(session, second, { scope: "files" });
  const { files } = await session.previewRewind({ turnId: first });
  expect(files).toEqual([
    { path: "a.txt", change: "restored", additions: 1, deletions: 1, changedSince: false },
  ]);
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  await store.close();
});

test("an undo leaves what was changed since the rewind", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { answer } = await back(session, second);
  await writeFile(join(machine.project, "a.txt"), "mine");
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer).toMatchObject({
    done: ["gone.txt", "new.txt"],
    skipped: [{ path: "a.txt", reason: "changed_since" }],
  });
  expect(await filesOf(machine)).toEqual({ "a.txt": "mine", "new.txt": "new" });
  await expect(session.rewind({ id: "rewind-0003", undoes: answer.seq }, phone)).rejects.toMatchObject({
    code: "changed",
  });
  await store.close();
});

test("another digest than that of now writes nothing", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { digest } = await session.previewRewind({ turnId: second });
  await writeFile(join(machine.project, "a.txt"), "mine");
  const { lastSeq } = session;
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  await expect(session.rewind(request, phone)).rejects.toMatchObject({ code: "changed" });
  expect(session.lastSeq).toBe(lastSeq);
  expect(await filesOf(machine)).toEqual({ "a.txt": "mine", "new.txt": "new" });
  await store.close();
});

test("while a turn runs nothing goes back", async () => {
  const machine = await makeMachine();
  const done = gate();
  const store = startStore(machine, {
    runTurn: async () => {
      await done.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  const turnId = session.summary().turnId ?? "id1";
  await expect(session.previewRewind({ turnId })).rejects.toMatchObject({ code: "turn_running" });
  await expect(session.rewind({ id: "rewind-0001", undoes: 1 }, phone)).rejects.toMatchObject({
    code: "turn_running",
  });
  done.open();
  await store.close();
});

test("a completed compaction is taken back, once", async () => {
  const machine = await makeMachine();
  const base = { sessionUpdate: "compaction_update", compactionId: "k1", trigger: "manual" } as const;
  const told: string[] = [];
  const store = startStore(machine, {
    runTurn: async (turn) => {
      told.push(JSON.stringify(turn.history()));
      turn.emit({ ...base, status: "in_progress" });
      turn.emit({ ...base, status: "completed", summary: "SUMMED UP" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await say(session, "prompt-1", "sum up");
  const { events } = await session.readEvents({});
  const { seq = 0 } = events.find(({ update }) => "status" in update && update.status === "completed") ?? {};
  await session.rewind({ id: "rewind-0001", undoes: seq }, phone);
  await expect(session.rewind({ id: "rewind-0002", undoes: seq }, phone)).rejects.toMatchObject({
    code: "changed",
  });
  await expect(session.rewind({ id: "rewind-0003", undoes: 1 }, phone)).rejects.toMatchObject({
    code: "not_found",
  });
  await say(session, "prompt-2", "again");
  expect(told.at(-1)).not.toContain("SUMMED UP");
  await store.close();
});

test("a turn without a checkpoint takes back the conversation alone, and says so", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "tool_call", toolCallId: turn.turnId, kind: "edit", status: "in_progress" });
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: turn.turnId, status: "completed" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  const turnId = await say(session, "prompt-1", "go");
  expect(await session.previewRewind({ turnId })).toMatchObject({ filesKnown: false, files: [] });
  await expect(back(session, turnId, { scope: "files" })).rejects.toMatchObject({ code: "not_found" });
  expect((await back(session, turnId)).answer).toMatchObject({ done: [], skipped: [] });
  await store.close();
});

test("a disk that refuses the line is told of, and the line is written when it takes it again", async () => {
  const files = faultyFiles();
  const { machine, store, session, second } = await twoTurns({ files });
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  files.failing = new Set(["sync"]);
  await expect(session.rewind(request, phone)).rejects.toMatchObject({ code: "not_saving" });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  files.failing = new Set();
  await session.patch({ title: "writes what is owed first" }, phone);
  const { answer, isRepeated } = await session.rewind(request, phone);
  expect({ done: answer.done, isRepeated }).toEqual({
    done: ["a.txt", "gone.txt", "new.txt"],
    isRepeated: true,
  });
  await store.close();
});

test.each([
  { what: "before any file", cut: "before" as const },
  { what: "behind the files", cut: "behind" as const },
])("a process that ends $what leaves the truth for the next one", async ({ cut }) => {
  const log = faultyFiles();
  let kept: { path: string; data: string | Uint8Array } | null = null;
  const files: typeof log = Object.assign(log, {
    writeAtomic: async (path: string, data: string | Uint8Array, mode?: number) => {
      await durableFiles.writeAtomic(path, data, mode);
      if (path.endsWith("rewind.json")) kept = { path, data };
    },
  });
  const { machine, store, session, second } = await twoTurns({ files });
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  const atCut = cut === "before" ? await filesOf(machine) : null;
  const logPath = join(machine.state, "sessions", sessionId, "log.jsonl");
  const logAtCut = await readFile(logPath);
  const { answer } = await session.rewind(request, phone);
  await store.close();
  // As the kill left it: the intent on disk, the log without the line.
  await writeFile(logPath, logAtCut);
  const intent = kept as { path: string; data: string | Uint8Array } | null;
  if (intent === null) throw new Error("No intent was written.");
  await writeFile(intent.path, intent.data);
  for (const name of await readdir(machine.project))
    if (atCut !== null) await rm(join(machine.project, name));
  for (const [name, text] of Object.entries(atCut ?? {})) await writeFile(join(machine.project, name), text);
  const again = startStore(machine, { runTurn: edit });
  const reopened = await again.find(sessionId);
  if (reopened === null) throw new Error("No session.");
  expect(await readdir(join(machine.state, "sessions", sessionId))).not.toContain("rewind.json");
  const found = await reopened.rewind(request, phone);
  expect(found).toEqual({
    isRepeated: cut === "behind",
    answer: { ...answer, seq: expect.any(Number) },
  });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  await reopened.rewind({ id: "rewind-0002", undoes: found.answer.seq }, phone);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await again.close();
});

test.each([
  { kept: "is taken away again", removes: true },
  { kept: "stays", removes: false },
])(
  "a rewind that was refused because its intent could not be made sure of never comes about; the intent $kept",
  async ({ removes }) => {
    let isFailing = false;
    const failing = (path: string) => isFailing && path.endsWith("rewind.json");
    const files: DurableFiles = {
      ...durableFiles,
      async writeAtomic(path, data, mode) {
        await durableFiles.writeAtomic(path, data, mode);
        // The file has its name; the folder could not be synced.
        if (failing(path)) throw Object.assign(new Error("input/output error"), { code: "EIO" });
      },
      async remove(path) {
        if (failing(path) && !removes) throw Object.assign(new Error("input/output error"), { code: "EIO" });
        await durableFiles.remove(path);
      },
    };
    const { machine, store, session, second } = await twoTurns({ files });
    isFailing = true;
    await expect(back(session, second)).rejects.toMatchObject({ code: "not_saving" });
    isFailing = false;
    // A file of it comes to be as it would have left it.
    await say(session, "prompt-3", "a.txt=one");
    const before = await updates(session);
    await store.close();
    const again = startStore(machine, { runTurn: edit });
    const later = await again.find(sessionId);
    if (later === null) throw new Error("No session.");
    expect(await updates(later)).toEqual(before);
    expect(await readdir(join(machine.state, "sessions", sessionId))).not.toContain("rewind.json");
    await again.close();
  },
);

test("a fork has what its session had gone back to", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await back(session, second);
  const third = await say(session, "prompt-3", "a.txt=three");
  const told: string[] = [];
  await store.close();
  const again = startStore(machine, {
    runTurn: async (turn) => {
      told.push(JSON.stringify(turn.history()));
      return { stopReason: "end_turn" };
    },
  });
  const forks = [
    { turnId: third, holds: ["prompt-1", "prompt-3"] },
    { turnId: second, holds: ["prompt-1", "prompt-2"] },
    { turnId: first, holds: ["prompt-1"] },
  ];
  for (const [index, { turnId, holds }] of forks.entries()) {
    const fork = await again.fork(sessionId, { id: `fork-000${index}`, turnId }, phone);
    await say(fork, "prompt-9", "look");
    const prompts = ["prompt-1", "prompt-2", "prompt-3"].filter((id) => told.at(-1)?.includes(id));
    expect(prompts).toEqual(holds);
  }
  await again.close();
});
