/** Copies that break off: nothing of them is a session, until whoever asks again has it. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { createSession, makeMachine, phone, promptOf, startStore, turnEnd } from "../session-fixture.ts";
import { chunkOf, fileOf, importId, importInto, work, worked } from "./transfer-stage.ts";

test("a copy that a killed process left half written is removed at the next start, and was never a session", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  const turnId = (await turnEnd(session)).turnId ?? "";
  await store.close();
  const dying = startStore(machine, {
    files: { ...durableFiles, move: () => Promise.reject(new Error("killed")) },
  });
  const fork = dying.fork(session.id, { id: importId, turnId }, phone);
  await expect(fork).rejects.toMatchObject({ code: "not_saving" });
  await dying.close();

  const next = startStore(machine);
  expect((await next.list()).map(({ id }) => id)).toEqual([session.id]);
  expect(await readdir(machine.state)).not.toContain("incoming");
  const again = await next.fork(session.id, { id: importId, turnId }, phone);
  const copied = await readFile(join(machine.state, "sessions", importId, "log.jsonl"), "utf8");
  expect(copied.trimEnd().split("\n")).toHaveLength(again.lastSeq);
  await next.close();
});

test("a copy that fails leaves nothing behind", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  const turnId = (await turnEnd(session)).turnId ?? "";
  await store.close();
  const refusing = startStore(machine, {
    files: { ...durableFiles, move: () => Promise.reject(new Error("read-only")) },
  });
  const fork = refusing.fork(session.id, { id: importId, turnId }, phone);
  await expect(fork).rejects.toMatchObject({ code: "not_saving" });
  expect(await readdir(join(machine.state, "incoming"))).toEqual([]);
  await refusing.close();
});

test("a fork whose source is deleted while it is read says that the source is gone", async () => {
  const machine = await makeMachine();
  const meanwhile: (() => Promise<void>)[] = [];
  const files = {
    ...durableFiles,
    makeDirectory: async (path: string) => {
      await durableFiles.makeDirectory(path);
      if (path.includes("incoming")) await meanwhile.pop()?.();
    },
  };
  const store = startStore(machine, { runTurn: work, files });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  const turnId = (await turnEnd(session)).turnId ?? "";
  meanwhile.push(() => store.delete(session.id));
  await expect(store.fork(session.id, { id: importId, turnId }, phone)).rejects.toMatchObject({
    code: "session_not_found",
  });
  expect(await readdir(join(machine.state, "incoming"))).toEqual([]);
  expect(await store.list()).toEqual([]);
  await store.close();
});

/** A disk that gives a name and then cannot be sure of it, as often as it is told; `syncs` fails also what makes sure. */
function unsureDisk() {
  const fails = { moves: 0, syncs: 0 };
  const failed = () => Object.assign(new Error("input/output error"), { code: "EIO" });
  const files: DurableFiles = {
    ...durableFiles,
    move: async (from, to) => {
      await durableFiles.move(from, to);
      if (fails.moves > 0) {
        fails.moves -= 1;
        throw failed();
      }
    },
    makeDirectory: async (path) => {
      await durableFiles.makeDirectory(path);
      if (path.endsWith(importId) && fails.syncs > 0) {
        fails.syncs -= 1;
        throw failed();
      }
    },
  };
  return { fails, files };
}

test("DUR-07: a copy that has its name when the disk fails is told as not saved, and whoever asks again has that very one", async () => {
  const machine = await makeMachine();
  const { store: first, session } = await worked(machine);
  const turnId = (await turnEnd(session)).turnId ?? "";
  await first.close();
  const { fails, files } = unsureDisk();
  const store = startStore(machine, { files });
  fails.moves = 1;
  fails.syncs = 1;
  const fork = () => store.fork(session.id, { id: importId, turnId }, phone);
  await expect(fork()).rejects.toMatchObject({ code: "not_saving" });
  // Nothing tells of it while nobody is sure.
  expect((await store.list()).map(({ id }) => id)).toEqual([session.id]);
  await expect(fork()).rejects.toMatchObject({ code: "not_saving" });
  const log = join(machine.state, "sessions", importId, "log.jsonl");
  const { ino } = await stat(log);
  const [one, other] = await Promise.all([fork(), fork()]);
  expect(one).toBe(other);
  expect((await stat(log)).ino).toBe(ino);
  await expect(store.fork(session.id, { id: importId, turnId: "another" }, phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  expect(new Set((await store.list()).map(({ id }) => id))).toEqual(new Set([session.id, importId]));
  await one.submitPrompt(promptOf("prompt-0002", "On."), phone);
  await turnEnd(one, one.lastSeq);
  await store.close();
});

test("DUR-07: the same holds for an import", async () => {
  const machine = await makeMachine();
  const { fails, files } = unsureDisk();
  const store = startStore(machine, { files });
  fails.moves = 1;
  const request = { id: importId, project: machine.project, session: fileOf(chunkOf("hello")) };
  await expect(importInto(store, request)).rejects.toMatchObject({ code: "not_saving" });
  const other = { ...request, session: fileOf(chunkOf("other")) };
  await expect(importInto(store, other)).rejects.toMatchObject({ code: "id_reused" });
  expect((await importInto(store, request)).id).toBe(importId);
  await store.close();
});
