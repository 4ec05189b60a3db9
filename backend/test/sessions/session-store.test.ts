import { expect, test } from "vitest";
import {
  createSession,
  desk,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
} from "./session-fixture.ts";

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
