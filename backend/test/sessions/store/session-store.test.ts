import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  createSession,
  desk,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
} from "../session-fixture.ts";

test("the same id and body gives the same session, another body is refused, also after a restart", async () => {
  const machine = await makeMachine();
  const request = { id: sessionId, project: machine.project, mode: "plan" as const };
  const store = startStore(machine);
  const made = await Promise.all(Array.from({ length: 20 }, () => store.create(request, phone)));
  expect(new Set(made).size).toBe(1);
  expect(made[0]?.lastSeq).toBe(1);
  await expect(store.create({ ...request, mode: "ask" }, phone)).rejects.toMatchObject({ code: "id_reused" });
  await store.close();
  const again = startStore(machine);
  expect((await again.create(request, desk)).summary().mode).toBe("plan");
  await expect(again.create({ ...request, title: "x" }, phone)).rejects.toMatchObject({ code: "id_reused" });
  await again.close();
});

test("a project that may not be worked in and an agent that is not there are refused", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  await expect(store.create({ project: "/" }, phone)).rejects.toMatchObject({
    code: "project_not_allowed",
    reason: "root",
  });
  await expect(store.create({ project: machine.project, engine: "none" }, phone)).rejects.toMatchObject({
    code: "invalid_request",
  });
  expect(await store.list()).toEqual([]);
  await store.close();
});

test("lists sessions with the most recently updated first, also after a restart", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  for (const id of ["session-a", "session-b"]) await store.create({ id, project: machine.project }, phone);
  const summaries = await store.list();
  expect(summaries.map((summary) => summary.id)).toEqual(["session-a", "session-b"]);
  await store.close();
  const again = startStore(machine);
  expect(await again.list()).toEqual(summaries);
  await again.close();
});

test("a session that rests is listed without its log, and opened once for all who ask", async () => {
  const machine = await machineAfterOneTurn();
  const store = startStore(machine);
  const listed = await store.list();
  const found = await Promise.all([store.find(sessionId), store.find(sessionId)]);
  expect(new Set(found).size).toBe(1);
  expect(found[0]?.summary()).toEqual(listed[0]);
  expect(await store.list()).toEqual(listed);
  await store.close();
  const log = join(machine.state, "sessions", sessionId, "log.jsonl");
  await writeFile(log, "x".repeat((await stat(log)).size));
  const blind = startStore(machine);
  expect(await blind.list()).toEqual(listed);
  await blind.close();
});

test("a saved summary is believed only when it is of this very log", async () => {
  const machine = await machineAfterOneTurn();
  const path = join(machine.state, "sessions", sessionId, "summary.json");
  const early = await readFile(path);
  const store = startStore(machine);
  await (await store.find(sessionId))?.patch({ title: "Renamed" }, phone);
  await store.close();
  for (const content of [early, "{", "{}"]) {
    await writeFile(path, content);
    const again = startStore(machine);
    expect((await again.list()).map((summary) => summary.title)).toEqual(["Renamed"]);
    await again.close();
  }
});

test("a session that was mended when it was opened is news", async () => {
  const machine = await machineAfterOneTurn();
  const log = join(machine.state, "sessions", sessionId, "log.jsonl");
  const text = await readFile(log, "utf8");
  await writeFile(log, text.replace("Done.", "Dune."));
  const store = startStore(machine);
  const [before] = await store.list();
  const told: string[] = [];
  store.subscribe((id) => void told.push(id));
  const session = await store.find(sessionId);
  expect(told).toContain(sessionId);
  expect(session?.lastSeq).toBe((before?.lastSeq ?? 0) + 1);
  await store.close();
});

test("sessions that cannot be listed once are listed when they can", async () => {
  const machine = await machineAfterOneTurn();
  const folder = join(machine.state, "sessions");
  await rename(folder, `${folder}-away`);
  await writeFile(folder, "in the way");
  const store = startStore(machine);
  await expect(store.list()).rejects.toThrow("ENOTDIR");
  await rm(folder);
  await rename(`${folder}-away`, folder);
  expect((await store.list()).map(({ id }) => id)).toEqual([sessionId]);
  await store.close();
});

test("what a device has read is its own, never goes back, and outlives a restart", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  await Promise.all([session.markSeen("d1", 3), session.markSeen("d1", 2), session.markSeen("d2", 999)]);
  await session.markSeen("d1", 1);
  const { lastSeq } = session;
  expect([
    session.summary("d1").seenSeq,
    session.summary("d2").seenSeq,
    session.summary("d3").seenSeq,
  ]).toEqual([3, lastSeq, 0]);
  await store.close();
  const again = startStore(machine);
  expect((await again.list("d1")).map((summary) => summary.seenSeq)).toEqual([3]);
  await again.close();
});

test("tells listeners which session changed, until they leave", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const told: string[] = [];
  const leave = store.subscribe((id) => void told.push(id));
  const session = await createSession(store, machine);
  leave();
  await session.patch({ title: "x" }, phone);
  expect(new Set(told)).toEqual(new Set([sessionId]));
  await store.close();
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

test("a session's folder is rid of what a killed write left in it once it is opened, and of nothing else", async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  await createSession(first, machine);
  await first.close();
  const folder = join(machine.state, "sessions", sessionId);
  const usual = await readdir(folder);
  const [left, similar] = [".0123456789abcdef01234567.tmp", ".0123456789abcdef0123456g.tmp"];
  for (const name of [left, similar]) await writeFile(join(folder, name), "{");
  const second = startStore(machine);
  expect((await second.list()).map(({ id }) => id)).toEqual([sessionId]);
  // It rests: nothing of it is looked at but its summary.
  expect(await readdir(folder)).toContain(left);
  await second.find(sessionId);
  expect((await readdir(folder)).sort()).toEqual([...usual, similar].sort());
  await second.close();
});

test("DUR-19: where a session lies that cannot be read no other one is made under its id, and nothing of it changes", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await createSession(store, machine);
  await store.close();
  const folder = join(machine.state, "sessions", session.id);
  await writeFile(join(folder, "log.jsonl"), "not a log\n");
  await rm(join(folder, "created.json"));
  await rm(join(folder, "summary.json"), { force: true });
  const next = startStore(machine);
  const again = next.create({ id: session.id, project: machine.project }, phone);
  await expect(again).rejects.toMatchObject({ code: "not_saving" });
  await expect(again).rejects.toThrow(/cannot be read. Nothing of it was changed/);
  await next.close();
  expect(await readdir(folder)).not.toContain("created.json");
});
