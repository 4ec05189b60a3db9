/** The queue of prompts as every device changes it. */
import { expect, test } from "vitest";
import type { Session } from "../../../src/sessions/session.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  desk,
  eventWhere,
  gate,
  isTerminal,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
} from "../session-fixture.ts";
import { busySession, expectQueue, found, idsIn, killedMachine, said, text, waiting } from "./queue-stage.ts";

test("a waiting prompt is edited and moved from any device, and every fold of the log shows the same queue", async () => {
  const { machine, store, session, release } = await busySession();
  for (const id of ["prompt-2", "prompt-3", "prompt-4"]) await session.submitPrompt(promptOf(id, id), phone);
  await session.changePrompt("prompt-3", { content: [text("edited")] }, desk);
  await session.changePrompt("prompt-4", { before: "prompt-2" }, phone);
  const queue = await session.changePrompt("prompt-2", { content: [text("late")], before: null }, desk);
  const expected = [waiting("prompt-4"), waiting("prompt-3", "edited"), waiting("prompt-2", "late")];
  const authors = [phone, desk, desk];
  expect(queue).toEqual(expected.map((prompt, place) => ({ ...prompt, by: authors[place] })));
  await expectQueue(session, expected);
  const { events } = await session.readEvents({});
  const changes = events.filter(({ update }) => update.sessionUpdate === "queue_update");
  expect(changes.map(({ by, update }) => [by, update])).toEqual([
    [
      desk,
      {
        sessionUpdate: "queue_update",
        promptIds: ["prompt-2", "prompt-3", "prompt-4"],
        edited: { promptId: "prompt-3", content: [text("edited")] },
      },
    ],
    [phone, { sessionUpdate: "queue_update", promptIds: ["prompt-4", "prompt-2", "prompt-3"] }],
    [
      desk,
      {
        sessionUpdate: "queue_update",
        promptIds: ["prompt-4", "prompt-3", "prompt-2"],
        edited: { promptId: "prompt-2", content: [text("late")] },
      },
    ],
  ]);
  release();
  for (let after = 0, turn = 0; turn < 4; turn += 1) after = (await turnEnd(session, after)).seq;
  expect(await said(session)).toEqual(["prompt-1", "prompt-4", "edited", "late"]);
  await store.close();
  const again = startStore(machine);
  await expectQueue(await found(again), []);
  await again.close();
});

test("DUR-07: an edited prompt keeps the receipt of the body it was sent with, also after a restart", async () => {
  const { machine, store, session } = await busySession();
  const receipt = await session.submitPrompt(promptOf("prompt-2", "as sent"), phone);
  await session.changePrompt("prompt-2", { content: [text("edited")], now: "steer" }, desk);
  const check = async (one: Session) => {
    expect(await one.submitPrompt(promptOf("prompt-2", "as sent"), phone)).toEqual(receipt);
    await expect(one.submitPrompt(promptOf("prompt-2", "edited", "steer"), phone)).rejects.toMatchObject({
      code: "id_reused",
    });
    await expectQueue(one, [waiting("prompt-2", "edited", "steer")]);
  };
  await check(session);
  const copy = await killedMachine(machine);
  const second = startStore(copy);
  await check(await found(second));
  await second.close();
  await store.close();
});

test("what was taken up can be neither edited, moved nor sent now, and what never was is not found", async () => {
  const { store, session } = await busySession();
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three"), phone);
  await session.removePrompt("prompt-3", phone);
  const before = session.lastSeq;
  for (const change of [{ content: [text("x")] }, { before: null }, { now: "steer" as const }]) {
    for (const [id, code] of [
      ["prompt-1", "prompt_taken_up"],
      ["prompt-3", "not_found"],
      ["prompt-9", "not_found"],
    ] as const)
      await expect(session.changePrompt(id, change, phone)).rejects.toMatchObject({ code });
  }
  await expect(session.changePrompt("prompt-2", { before: "prompt-9" }, phone)).rejects.toMatchObject({
    code: "not_found",
  });
  expect(session.lastSeq).toBe(before);
  await expectQueue(session, [waiting("prompt-2", "two")]);
  await store.close();
});

test("a prompt that is removed again is gone, also after a restart; it was never taken up", async () => {
  const { machine, store, session } = await busySession();
  for (const id of ["prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  const check = async (one: Session) => {
    const before = one.lastSeq;
    await one.removePrompt("prompt-2", desk);
    await expect(one.changePrompt("prompt-2", { before: null }, phone)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(one.removePrompt("prompt-1", phone)).rejects.toMatchObject({ code: "prompt_taken_up" });
    await expect(one.removePrompt("prompt-9", phone)).rejects.toMatchObject({ code: "not_found" });
    expect(one.lastSeq).toBe(before);
    await expectQueue(one, [waiting("prompt-3")]);
  };
  await Promise.all([session.removePrompt("prompt-2", phone), session.removePrompt("prompt-2", phone)]);
  await check(session);
  const second = startStore(await killedMachine(machine));
  await check(await found(second));
  await second.close();
  await store.close();
});

test("a prompt that is moved before one that no longer waits goes to the end", async () => {
  const { store, session } = await busySession();
  const ids = ["prompt-2", "prompt-3", "prompt-4", "prompt-5"];
  for (const id of ids) await session.submitPrompt(promptOf(id, id), phone);
  await session.removePrompt("prompt-5", desk);
  const afterTaken = await session.changePrompt("prompt-2", { before: "prompt-1" }, phone);
  expect(idsIn(afterTaken)).toEqual(["prompt-3", "prompt-4", "prompt-2"]);
  const afterRemoved = await session.changePrompt("prompt-3", { before: "prompt-5" }, phone);
  expect(idsIn(afterRemoved)).toEqual(["prompt-4", "prompt-2", "prompt-3"]);
  await expectQueue(
    session,
    ["prompt-4", "prompt-2", "prompt-3"].map((id) => waiting(id)),
  );
  await store.close();
});

test("DUR-01: a change of the queue is on disk when it is answered", async () => {
  const { machine, store, session } = await busySession();
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three"), phone);
  for (const change of [{ content: [text("x")] }, { before: "prompt-2" }, { now: "steer" as const }]) {
    await session.changePrompt("prompt-3", change, phone);
    const second = startStore(await killedMachine(machine));
    await expectQueue(await found(second), session.summary().queue);
    await second.close();
  }
  await store.close();
});

test("changes from many devices at once leave one queue, the same live, on every screen and after a restart", async () => {
  const { machine, store, session } = await busySession();
  const ids = Array.from({ length: 12 }, (_, index) => `prompt-${index + 10}`);
  await Promise.all(ids.map((id) => session.submitPrompt(promptOf(id, id), phone)));
  const results = await Promise.allSettled(
    ids.flatMap((id, index) => [
      session.changePrompt(id, { content: [text(`edited ${id}`)] }, phone),
      session.changePrompt(id, { before: ids[(index * 5 + 1) % ids.length] ?? null }, desk),
      ...(index % 4 === 0 ? [session.removePrompt(id, desk)] : []),
      session.submitPrompt(promptOf(`${id}-b`, "more"), desk),
    ]),
  );
  const codes = results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
  expect(codes).toEqual([]);
  const { queue } = session.summary();
  expect(queue).toHaveLength(12 - 3 + 12);
  expect(
    queue.filter(({ content }) => content[0]?.type === "text" && /^edited/.test(content[0].text)),
  ).toHaveLength(9);
  await expectQueue(session, queue);
  const second = startStore(await killedMachine(machine));
  await expectQueue(await found(second), queue);
  await second.close();
  await store.close();
});

test("a prompt that is sent now as an interruption stops the running turn and is the next", async () => {
  const { store, session } = await busySession();
  for (const id of ["prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  const queue = await session.changePrompt("prompt-3", { now: "interrupt" }, desk);
  expect(idsIn(queue)).toEqual(["prompt-3", "prompt-2"]);
  const first = await turnEnd(session);
  expect(first.update).toMatchObject({ promptId: "prompt-1", stopReason: "cancelled" });
  await eventWhere(session, ({ update }) => "state" in update && update.promptId === "prompt-3", first.seq);
  await expectQueue(session, [waiting("prompt-2")]);
  await store.close();
});

test("after a restart a prompt that is sent now starts, and the others follow it", async () => {
  const { machine, store, session } = await busySession();
  for (const id of ["prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  const copy = await killedMachine(machine);
  await store.close();
  for (const now of ["steer", "interrupt"] as const) {
    const again = startStore(await killedMachine(copy));
    const later = await found(again);
    const from = later.lastSeq;
    expect(idsIn(later.summary().queue)).toEqual(["prompt-2", "prompt-3"]);
    await later.changePrompt("prompt-2", { content: [text("two")] }, phone);
    expect(later.summary().state).toBe("interrupted");
    expect(idsIn(await later.changePrompt("prompt-3", { now }, phone))).toEqual(["prompt-2"]);
    const first = await turnEnd(later, from);
    await turnEnd(later, first.seq);
    expect((await said(later)).slice(-2)).toEqual(["prompt-3", "two"]);
    await again.close();
  }
});

test("a change of the queue that cannot be saved changes nothing", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const first = gate();
  const store = startStore(machine, {
    files,
    // It is left behind only when the queue was looked at.
    runTurn: async () => {
      await first.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  files.failing = new Set(["append"]);
  const refused = await Promise.allSettled([
    session.changePrompt("prompt-2", { content: [text("x")], before: null }, phone),
    session.changePrompt("prompt-3", { now: "interrupt" }, phone),
    session.removePrompt("prompt-2", phone),
  ]);
  expect(refused.map((result) => result.status === "rejected" && result.reason.code)).toEqual(
    Array.from({ length: 3 }, () => "not_saving"),
  );
  await expectQueue(session, [waiting("prompt-2"), waiting("prompt-3")]);
  files.failing = new Set();
  first.open();
  await session.changePrompt("prompt-3", { before: "prompt-2" }, phone);
  for (let after = 0, turn = 0; turn < 3; turn += 1) after = (await turnEnd(session, after)).seq;
  expect(await said(session)).toEqual(["prompt-1", "prompt-3", "prompt-2"]);
  await store.close();
});

test("a prompt whose turn began when nothing could be saved is not lost with it", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const over = gate();
  const store = startStore(machine, {
    files,
    runTurn: async (turn) => {
      if (turn.prompt[0]?.type === "text" && turn.prompt[0].text === "one") {
        // The next line, the start of the turn after this one, meets a full disk.
        session.subscribe((event) => {
          if (isTerminal(event)) files.failing = new Set(["append"]);
        });
        return { stopReason: "end_turn" };
      }
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      over.open();
      return { stopReason: "cancelled" };
    },
  });
  const session = await createSession(store, machine);
  await Promise.all([
    session.submitPrompt(promptOf("prompt-1", "one"), phone),
    session.submitPrompt(promptOf("prompt-2", "two"), phone),
  ]);
  await over.opened;
  files.failing = new Set();
  await session.patch({ title: "there is room again" }, phone);
  const first = await turnEnd(session);
  const second = await turnEnd(session, first.seq);
  expect(second.update).toMatchObject({ promptId: "prompt-2", problem: { code: "not_saving" } });
  expect(await said(session)).toEqual(["one", "two"]);
  await expectQueue(session, []);
  await store.close();
});

test("who edits a prompt has said it", async () => {
  const { store, session, release } = await busySession();
  await session.submitPrompt(promptOf("prompt-2", "as sent"), phone);
  const [edited] = await session.changePrompt("prompt-2", { content: [text("as edited")] }, desk);
  expect(edited).toMatchObject({ by: desk });
  release();
  const { by } = await eventWhere(
    session,
    ({ update }) => update.sessionUpdate === "user_message_chunk" && update.messageId === "prompt-2",
  );
  expect(by).toEqual(desk);
  await store.close();
});

test("so much may wait, and no more", async () => {
  const { store, session } = await busySession();
  for (let number = 0; number < 50; number += 1)
    await session.submitPrompt(promptOf(`waiting-${number}`, "x"), phone);
  await expect(session.submitPrompt(promptOf("waiting-50", "x"), phone)).rejects.toMatchObject({
    code: "queue_full",
  });
  await session.removePrompt("waiting-0", phone);
  await session.submitPrompt(promptOf("waiting-51", "x"), phone);
  expect(session.summary().queue.length).toBe(50);
  await store.close();
});
