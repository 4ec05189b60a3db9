/** NET-23: the mode auto is given for a time, and then a session asks again by itself. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Session } from "../../src/sessions/session.ts";
import type { SessionStore } from "../../src/sessions/store/session-store.ts";
import { faultyFiles } from "./faulty-files.ts";
import {
  createSession,
  eventWhere,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "./session-fixture.ts";

const hourMs = 60 * 60_000;
const noon = Date.parse("2026-01-02T12:00:00.000Z");
/** Jumps when it is set, as a clock does while a machine sleeps: no timer fires by that. */
const clock = {
  get now() {
    return new Date();
  },
  set now(time: Date) {
    vi.setSystemTime(time);
  },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"], now: noon });
});
afterEach(() => {
  vi.useRealTimers();
});

const timeOf = (ms: number) => new Date(ms).toISOString();
const modeOf = (session: Session) => {
  const { mode, modeEndsAt } = session.summary();
  return [mode, modeEndsAt];
};
const modeUpdates = (session: Session) => updates(session, "current_mode_update");
const isBackToAsk = ({ update }: Parameters<Parameters<typeof eventWhere>[1]>[0]) =>
  update.sessionUpdate === "current_mode_update" && update.currentModeId === "ask";

async function autoSession(machine: Machine, store: SessionStore): Promise<Session> {
  const session = await createSession(store, machine);
  await session.patch({ mode: "auto", modeEndsAt: timeOf(noon + hourMs) }, phone);
  return session;
}

async function passTime(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test("auto holds for twelve hours when nobody says, and says when it ends", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const session = await createSession(store, machine);
  expect(modeOf(session)).toEqual(["ask", null]);
  await session.patch({ mode: "auto" }, phone);
  const endsAt = timeOf(noon + 12 * hourMs);
  expect(modeOf(session)).toEqual(["auto", endsAt]);
  expect(await modeUpdates(session)).toEqual([
    { sessionUpdate: "current_mode_update", currentModeId: "auto", _meta: { endsAt } },
  ]);
  await session.patch({ mode: "edit" }, phone);
  expect(modeOf(session)).toEqual(["edit", null]);
  await store.close();
});

test("an end is at most 24 hours ahead, never behind, and belongs to auto alone", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const session = await createSession(store, machine);
  await session.patch({ mode: "auto", modeEndsAt: timeOf(noon + 24 * hourMs) }, phone);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + 24 * hourMs)]);
  const refused = [
    { mode: "auto", modeEndsAt: timeOf(noon + 25 * hourMs) },
    { mode: "auto", modeEndsAt: timeOf(noon) },
    { mode: "ask", modeEndsAt: timeOf(noon + hourMs) },
    { modeEndsAt: timeOf(noon + hourMs) },
  ] as const;
  for (const change of refused)
    await expect(session.patch(change, phone)).rejects.toMatchObject({ code: "invalid_request" });
  await expect(
    store.create({ project: machine.project, mode: "auto", modeEndsAt: timeOf(noon + 25 * hourMs) }, phone),
  ).rejects.toMatchObject({ code: "invalid_request" });
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + 24 * hourMs)]);
  await store.close();
});

test("a phone whose clock is a minute ahead gets its 24 hours, and no more", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const session = await createSession(store, machine);
  await session.patch({ mode: "auto", modeEndsAt: timeOf(noon + 24 * hourMs + 60_000) }, phone);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + 24 * hourMs)]);
  await store.close();
});

test("at its end a session goes back to ask by itself, written down as the server's doing", async () => {
  const machine = await makeMachine();
  const ended: string[] = [];
  const store = startStore(machine, { clock, onModeEnded: (id) => ended.push(id) });
  const session = await autoSession(machine, store);
  const back = eventWhere(session, isBackToAsk);
  await passTime(hourMs - 1);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + hourMs)]);
  await passTime(1);
  expect(await back).toMatchObject({
    by: { kind: "server", id: "server", name: "VoxPilot" },
    update: { sessionUpdate: "current_mode_update", currentModeId: "ask" },
  });
  expect(modeOf(session)).toEqual(["ask", null]);
  await passTime(24 * hourMs);
  expect(await modeUpdates(session)).toHaveLength(2);
  expect(ended).toEqual([sessionId]);
  await store.close();
});

test("a session that is made in auto ends it too, and the same request gives the same session", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const request = {
    id: sessionId,
    project: machine.project,
    mode: "auto",
    modeEndsAt: timeOf(noon + hourMs),
  } as const;
  const session = await store.create(request, phone);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + hourMs)]);
  expect(await store.create(request, phone)).toBe(session);
  await expect(
    store.create({ ...request, modeEndsAt: timeOf(noon + 2 * hourMs) }, phone),
  ).rejects.toMatchObject({ code: "id_reused" });
  const back = eventWhere(session, isBackToAsk);
  await passTime(hourMs);
  await back;
  expect(modeOf(session)).toEqual(["ask", null]);
  await store.close();
});

test("an end that is moved ahead holds, and the earlier one is forgotten", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const session = await autoSession(machine, store);
  await session.patch({ mode: "auto", modeEndsAt: timeOf(noon + 3 * hourMs) }, phone);
  await passTime(2 * hourMs);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + 3 * hourMs)]);
  await store.close();
});

test("after a night's sleep of the machine it is noticed within half a minute", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { clock });
  const session = await autoSession(machine, store);
  const back = eventWhere(session, isBackToAsk);
  clock.now = new Date(noon + 8 * hourMs);
  await passTime(30_000);
  await back;
  expect(modeOf(session)).toEqual(["ask", null]);
  await store.close();
});

test("a running call is not cut, and the next decision of the same turn asks", async () => {
  const machine = await makeMachine();
  const [started, goOn] = [gate(), gate()];
  const modes: string[] = [];
  const store = startStore(machine, {
    clock,
    runTurn: async (turn) => {
      modes.push(turn.mode());
      started.open();
      await goOn.opened;
      modes.push(turn.mode(), String(turn.signal.aborted));
      return { stopReason: "end_turn" };
    },
  });
  const session = await autoSession(machine, store);
  const { seq } = await session.submitPrompt(promptOf("prompt-1", "Go."), phone);
  await started.opened;
  // The clock alone: no timer has fired yet.
  clock.now = new Date(noon + hourMs);
  goOn.open();
  expect((await turnEnd(session, seq)).update).toMatchObject({ state: "idle", stopReason: "end_turn" });
  expect(modes).toEqual(["auto", "ask", "false"]);
  await eventWhere(session, isBackToAsk);
  expect(modeOf(session)).toEqual(["ask", null]);
  await store.close();
});

test("an end that passed while the server was down holds as soon as it is back, without anybody asking", async () => {
  const machine = await makeMachine();
  const first = startStore(machine, { clock });
  await autoSession(machine, first);
  await first.close();
  clock.now = new Date(noon + 2 * hourMs);
  const ended: string[] = [];
  const second = startStore(machine, { clock, onModeEnded: (id) => ended.push(id) });
  const [summary] = await second.list();
  expect([summary?.mode, summary?.modeEndsAt]).toEqual(["ask", null]);
  expect(ended).toEqual([sessionId]);
  const session = await second.find(sessionId);
  if (session === null) throw new Error("It is gone.");
  const { events } = await session.readEvents({});
  expect(events.at(-1)).toMatchObject({
    at: timeOf(noon + 2 * hourMs),
    by: { kind: "server" },
    update: { sessionUpdate: "current_mode_update", currentModeId: "ask" },
  });
  await second.close();
  const third = startStore(machine, { clock });
  expect((await third.list()).map(({ mode, lastSeq }) => [mode, lastSeq])).toEqual([
    ["ask", session.lastSeq],
  ]);
  await third.close();
});

test("an end that is still ahead outlives a restart, and comes without anybody opening the session", async () => {
  const machine = await makeMachine();
  const first = startStore(machine, { clock });
  await autoSession(machine, first);
  await first.close();
  const second = startStore(machine, { clock });
  const [summary] = await second.list();
  expect([summary?.mode, summary?.modeEndsAt]).toEqual(["auto", timeOf(noon + hourMs)]);
  await passTime(hourMs);
  const [later] = await second.list();
  expect([later?.mode, later?.modeEndsAt]).toEqual(["ask", null]);
  await second.close();
});

test("on a full disk the mode ends all the same, and is written down once there is room", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const store = startStore(machine, { clock, files });
  const session = await autoSession(machine, store);
  files.failing = new Set(["append", "sync"]);
  await passTime(hourMs);
  expect(modeOf(session)).toEqual(["ask", null]);
  files.failing = new Set();
  await eventWhere(session, isBackToAsk);
  expect(await modeUpdates(session)).toMatchObject([{ currentModeId: "auto" }, { currentModeId: "ask" }]);
  await store.close();
});

test("NET-29: a clock that is set back a day gives auto no more time, one that jumps ahead ends it", async () => {
  for (const jumpMs of [-24 * hourMs, 24 * hourMs]) {
    clock.now = new Date(noon);
    const machine = await makeMachine();
    const store = startStore(machine, { clock });
    const session = await autoSession(machine, store);
    clock.now = new Date(noon + jumpMs);
    expect(modeOf(session)).toEqual(["ask", null]);
    await store.close();
  }
});

test("auto from a log that knows no end gets the usual one", async () => {
  const machine = await makeMachine();
  const { applyToSummary, newSummary } = await import("../../../transcript/summary.ts");
  const store = startStore(machine, { clock });
  const session = await createSession(store, machine);
  const { events } = await session.readEvents({});
  const [first] = events;
  if (first?.update.sessionUpdate !== "session_created") throw new Error("It was not created.");
  const summary = applyToSummary(newSummary(first.update, first), {
    seq: 2,
    at: timeOf(noon),
    update: { sessionUpdate: "current_mode_update", currentModeId: "auto" },
  });
  expect([summary.mode, summary.modeEndsAt]).toEqual(["auto", timeOf(noon + 12 * hourMs)]);
  await store.close();
});

test("NET-29: a clock that is set back while auto holds prolongs it by nothing, also after a restart", async () => {
  const machine = await makeMachine();
  const first = startStore(machine, { clock });
  const session = await autoSession(machine, first);
  await passTime(50 * 60_000);
  clock.now = new Date(noon);
  await passTime(10 * 60_000 - 1);
  expect(modeOf(session)).toEqual(["auto", timeOf(noon + hourMs)]);
  const back = eventWhere(session, isBackToAsk);
  await passTime(1);
  expect(modeOf(session)).toEqual(["ask", null]);
  await passTime(30_000);
  await back;
  clock.now = new Date(noon);
  await session.patch({ mode: "auto", modeEndsAt: timeOf(noon + hourMs) }, phone);
  await first.close();
  clock.now = new Date(noon - hourMs);
  const second = startStore(machine, { clock });
  expect((await second.list()).map(({ mode }) => mode)).toEqual(["ask"]);
  await second.close();
});

test("NET-21: what a device allowed that was signed out while nothing ran is over at the start", async () => {
  const machine = await makeMachine();
  const first = startStore(machine, { clock });
  await autoSession(machine, first);
  await first.close();
  const second = startStore(machine, { clock, stillCounts: (id) => id !== phone.id });
  const [summary] = await second.list();
  expect([summary?.mode, summary?.modeEndsAt]).toEqual(["ask", null]);
  await second.close();
});

test("NET-21: on a full disk auto ends at once all the same when its device is signed out", async () => {
  const machine = await makeMachine();
  const files = faultyFiles();
  const store = startStore(machine, { clock, files });
  const session = await autoSession(machine, store);
  files.failing = new Set(["append", "sync"]);
  const withdrawn = store.withdraw(phone.id);
  expect(modeOf(session)).toEqual(["ask", null]);
  await withdrawn;
  expect(modeOf(session)).toEqual(["ask", null]);
  files.failing = new Set();
  await passTime(5_000);
  await eventWhere(session, isBackToAsk);
  await store.close();
});
