// @vitest-environment happy-dom
/** The page's stream against a server that is played here, message by message. */
import { expect, test, vi } from "vitest";
import type { SessionSummary } from "../../src/api/types.ts";
import { begin, connected, playMachine, update, watcher } from "./played-machine.ts";

const machine = playMachine();

/** Makes the page look as `state`, and says so. */
function show(state: "hidden" | "visible"): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

test("hands on the snapshot and summaries", async () => {
  const { heard, states } = begin();
  await connected(machine, 1);
  const summary: Partial<SessionSummary> = { id: "s1", lastSeq: 4 };
  machine.connections[0]?.send(
    `event: snapshot\ndata: {"sessions":[]}\n\nevent: summary\ndata: ${JSON.stringify(summary)}\n\n`,
  );
  await vi.waitFor(() => expect(heard).toEqual(["snapshot 0", "summary s1"]));
  expect(states).toEqual(["open"]);
});

test("delivers a watched session's events in one batch a frame, each once, in order", async () => {
  const { stream } = begin();
  const batches: number[][] = [];
  stream.watchSession(
    "s1",
    2,
    watcher((events) => batches.push(events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  expect(machine.connections[1]?.address).toBe("/api/events?session=s1%3A2");
  machine.connections[1]?.send(
    update("s1", 2) + update("s1", 3) + update("s2", 9) + update("s1", 5, 4) + update("s1", 3),
  );
  await vi.waitFor(() => expect(batches).toEqual([[3, 5]]));
});

test("a gap reopens the stream from the last position", async () => {
  const { stream } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    0,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  machine.connections[1]?.send(update("s1", 1) + update("s1", 4));
  await connected(machine, 3);
  expect(machine.connections[2]?.address).toBe("/api/events?session=s1%3A1");
  machine.connections[2]?.send(update("s1", 2) + update("s1", 3) + update("s1", 4));
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4]));
});

test("a stream that ends is opened again after 1, 2, 4, 8, then every 15 seconds", async () => {
  const { states } = begin();
  for (const [index, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
    await connected(machine, index + 1);
    machine.connections[index]?.end();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(wait - 10);
    expect(machine.connections.length).toBe(index + 1);
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(states).toEqual(["lost"]);
});

test("waking fetches what is missing by seq before it opens the stream anew", async () => {
  const { stream } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    1,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  machine.pages.set(
    "/api/sessions/s1/events?after=1",
    [2, 3].map((seq) => ({ seq, at: "", update: { sessionUpdate: "queue_update" as const, promptIds: [] } })),
  );
  await stream.catchUp();
  await connected(machine, 3);
  expect(machine.connections[2]?.address).toBe("/api/events?session=s1%3A3");
  await vi.waitFor(() => expect(seen).toEqual([2, 3]));
});

test("a device that was signed out does not try again", async () => {
  machine.status = 401;
  const { states } = begin();
  await vi.waitFor(() => expect(states).toEqual(["refused"]));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(machine.connections.length).toBe(0);
});

test("nothing is delivered to who has stopped watching", async () => {
  const { stream } = begin();
  const seen: number[] = [];
  const stop = stream.watchSession(
    "s1",
    0,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  machine.connections[1]?.send(update("s1", 1));
  stop();
  machine.connections[1]?.send(update("s1", 2));
  await vi.advanceTimersByTimeAsync(200);
  expect(seen).toEqual([]);
});

test.each([
  ["visibilitychange", () => document.dispatchEvent(new Event("visibilitychange"))],
  [
    "pageshow from the back-forward cache",
    () => window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })),
  ],
  ["online", () => window.dispatchEvent(new Event("online"))],
  ["a missed heartbeat", () => vi.advanceTimersByTimeAsync(5010)],
])("WEB-11: %s fetches by seq, then opens the stream anew, each event once", async (_, wake) => {
  const { stream } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    1,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  machine.connections[1]?.send(update("s1", 2));
  await vi.waitFor(() => expect(seen).toEqual([2]));
  // It claims to be open still, and brings nothing.
  machine.pages.set(
    "/api/sessions/s1/events?after=2",
    [3, 4].map((seq) => ({ seq, at: "", update: { sessionUpdate: "queue_update" as const, promptIds: [] } })),
  );
  await wake();
  await connected(machine, 3);
  expect(machine.connections[2]?.address).toBe("/api/events?session=s1%3A4");
  machine.connections[2]?.send(update("s1", 4) + update("s1", 5));
  await vi.waitFor(() => expect(seen).toEqual([2, 3, 4, 5]));
});

test("a session that the machine no longer has, or has another log of, is told to who follows it", async () => {
  const { stream, heard } = begin();
  const lost: string[] = [];
  for (const sessionId of ["s1", "s2"])
    stream.watchSession(sessionId, 3, {
      deliver: () => undefined,
      lose: (why) => lost.push(`${sessionId} ${why}`),
    });
  await connected(machine, 2);
  machine.connections[1]?.send(
    'event: removed\ndata: {"sessionId":"s1"}\n\nevent: reset\ndata: {"sessionId":"s2","lastSeq":1}\n\n',
  );
  await vi.waitFor(() => expect(lost).toEqual(["s1 removed", "s2 replaced"]));
  expect(heard).toEqual(["removed s1"]);
});

test.each([
  ["it is shown again", () => show("visible")],
  ["its window has the focus", () => window.dispatchEvent(new Event("focus"))],
  ["somebody touches it", () => window.dispatchEvent(new Event("pointerdown"))],
])("a page that is one too many stays closed until %s", async (_, look) => {
  const { stream, states } = begin();
  stream.watchSession(
    "s1",
    4,
    watcher(() => undefined),
  );
  await connected(machine, 2);
  machine.connections[1]?.send('event: crowded\ndata: {"maxStreams":16}\n\n');
  machine.connections[1]?.end();
  await vi.waitFor(() => expect(states.at(-1)).toBe("crowded"));
  stream.watchSession(
    "s2",
    0,
    watcher(() => undefined),
  );
  window.dispatchEvent(new Event("offline"));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(machine.connections.length).toBe(2);
  look();
  await connected(machine, 3);
  expect(machine.connections[2]?.address).toBe("/api/events?session=s1%3A4&session=s2%3A0");
});

test("a page at rest opens no stream while it is hidden, and has what it missed before the next one", async () => {
  const { stream, states } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    1,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(machine, 2);
  machine.connections[1]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  show("hidden");
  stream.rest();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(300_000);
  expect([machine.connections.length, states]).toEqual([2, ["open"]]);
  machine.pages.set("/api/sessions/s1/events?after=1", [
    { seq: 2, at: "", update: { sessionUpdate: "queue_update", promptIds: [] } },
  ]);
  show("visible");
  await connected(machine, 3);
  expect(machine.connections[2]?.address).toBe("/api/events?session=s1%3A2");
  await vi.waitFor(() => expect(seen).toEqual([2]));
});
