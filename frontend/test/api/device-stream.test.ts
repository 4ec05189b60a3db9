// @vitest-environment happy-dom
/** The page's stream against a server that is played here, message by message. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeviceStream, type SessionWatcher, type StreamStatus } from "../../src/api/device-stream.ts";
import type { SessionEvent, SessionSummary } from "../../src/api/types.ts";

interface Connection {
  readonly address: string;
  send(text: string): void;
  end(): void;
}

let connections: Connection[];
let pages: Map<string, SessionEvent[]>;
let status = 200;
/** It takes what is asked, and answers nothing but the stream that is open already. */
let isSilent = false;
const streams: DeviceStream[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  connections = [];
  pages = new Map();
  status = 200;
  isSilent = false;
  vi.stubGlobal("fetch", answer);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
});

afterEach(() => {
  for (const stream of streams.splice(0)) stream.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function answer(address: string, init: { signal: AbortSignal }): Promise<Response> {
  if (isSilent)
    return new Promise((_, reject) => {
      init.signal.addEventListener("abort", () => reject(init.signal.reason));
    });
  if (!address.startsWith("/api/events")) {
    return Response.json({
      events: pages.get(address.split("&")[0] ?? "") ?? [],
      lastSeq: 0,
      hasMore: false,
    });
  }
  if (status !== 200) return Response.json({ code: "device_revoked", detail: "" }, { status });
  let control: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      control = controller;
    },
  });
  let isOpen = true;
  const end = () => {
    if (isOpen) control.close();
    isOpen = false;
  };
  init.signal.addEventListener("abort", end);
  connections.push({ address, send: (text) => control.enqueue(new TextEncoder().encode(text)), end });
  return new Response(body);
}

function begin() {
  const stream = new DeviceStream();
  streams.push(stream);
  const states: StreamStatus["phase"][] = [];
  const told: StreamStatus[] = [];
  const heard: string[] = [];
  stream.start({
    snapshot: (summaries) => heard.push(`snapshot ${summaries.length}`),
    summary: (summary) => heard.push(`summary ${summary.id}`),
    removed: (sessionId) => heard.push(`removed ${sessionId}`),
    status: (status) => {
      told.push(status);
      if (states.at(-1) !== status.phase) states.push(status.phase);
    },
  });
  return { stream, states, told, heard };
}

/** Follows a session; what was lost is not looked at. */
function watcher(deliver: SessionWatcher["deliver"]): SessionWatcher {
  return { deliver, lose: () => undefined };
}

function update(sessionId: string, seq: number, from?: number): string {
  const event = {
    sessionId,
    seq,
    ...(from === undefined ? {} : { from }),
    at: "",
    update: { sessionUpdate: "queue_update", promptIds: [] },
  };
  return `event: update\nid: ${sessionId}:${seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

const connected = (count: number) => vi.waitFor(() => expect(connections.length).toBe(count));

test("hands on the snapshot and summaries", async () => {
  const { heard, states } = begin();
  await connected(1);
  const summary: Partial<SessionSummary> = { id: "s1", lastSeq: 4 };
  connections[0]?.send(
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
  await connected(2);
  expect(connections[1]?.address).toBe("/api/events?session=s1%3A2");
  connections[1]?.send(
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
  await connected(2);
  connections[1]?.send(update("s1", 1) + update("s1", 4));
  await connected(3);
  expect(connections[2]?.address).toBe("/api/events?session=s1%3A1");
  connections[2]?.send(update("s1", 2) + update("s1", 3) + update("s1", 4));
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4]));
});

test("a stream that ends is opened again after 1, 2, 4, 8, then every 15 seconds", async () => {
  const { states } = begin();
  for (const [index, wait] of [1000, 2000, 4000, 8000, 15_000, 15_000].entries()) {
    await connected(index + 1);
    connections[index]?.end();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(wait - 10);
    expect(connections.length).toBe(index + 1);
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(states).toEqual(["lost"]);
});

test("5 seconds of silence, and two without an answer, are told as lost since the last word", async () => {
  const { states, told } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  const lastHeardAt = told[0]?.lastHeardAt;
  isSilent = true;
  await vi.advanceTimersByTimeAsync(6_800);
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(300);
  expect(states).toEqual(["open", "lost"]);
  expect(told.at(-1)).toMatchObject({ phase: "lost", lastHeardAt, failure: "unreachable" });
  isSilent = false;
  await vi.advanceTimersByTimeAsync(10_000);
  await connected(2);
});

test("a stream whose next word is only late stays the one that it was", async () => {
  const { states } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  isSilent = true;
  await vi.advanceTimersByTimeAsync(9000);
  expect(states).toEqual(["open", "lost"]);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open", "lost", "open"]));
  isSilent = false;
  for (let word = 0; word < 20; word += 1) {
    connections[0]?.send("event: ping\ndata: {}\n\n");
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(states).toEqual(["open", "lost", "open"]);
  expect(connections.length).toBe(1);
});

test("a machine that answers while its stream says nothing has the stream opened anew, and nothing is told of it", async () => {
  const { states } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  await vi.advanceTimersByTimeAsync(5100);
  await connected(2);
  expect(states).toEqual(["open"]);
});

test("what waits long for its answer asks whether the machine lives: no answer in two seconds is told as lost since it was sent", async () => {
  const { stream, told } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(told.length).toBe(1));
  await vi.advanceTimersByTimeAsync(1000);
  const sentAt = Date.now();
  const lastHeardAt = told[0]?.lastHeardAt;
  await vi.advanceTimersByTimeAsync(3000);
  await stream.suspect(sentAt);
  expect(told.length).toBe(1);
  isSilent = true;
  void stream.suspect(sentAt);
  await vi.advanceTimersByTimeAsync(2010);
  expect(told.at(-1)).toEqual({ phase: "lost", lastHeardAt, failure: "unreachable", since: sentAt });
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(told.at(-1)?.phase).toBe("open"));
});

test("a phone without a network has lost the machine at once, whatever the stream claims", async () => {
  const { states } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  window.dispatchEvent(new Event("offline"));
  expect(states).toEqual(["open", "lost"]);
  await vi.advanceTimersByTimeAsync(1010);
  await connected(2);
});

test("a stream that was silent while another call got no answer is opened anew", async () => {
  const { stream, states } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  stream.doubt();
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(1500);
  stream.doubt();
  expect(states).toEqual(["open", "lost"]);
  await connected(2);
});

test("waking fetches what is missing by seq before it opens the stream anew", async () => {
  const { stream } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    1,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(2);
  pages.set(
    "/api/sessions/s1/events?after=1",
    [2, 3].map((seq) => ({ seq, at: "", update: { sessionUpdate: "queue_update" as const, promptIds: [] } })),
  );
  await stream.catchUp();
  await connected(3);
  expect(connections[2]?.address).toBe("/api/events?session=s1%3A3");
  await vi.waitFor(() => expect(seen).toEqual([2, 3]));
});

test("a device that was signed out does not try again", async () => {
  status = 401;
  const { states } = begin();
  await vi.waitFor(() => expect(states).toEqual(["refused"]));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connections.length).toBe(0);
});

test("nothing is delivered to who has stopped watching", async () => {
  const { stream } = begin();
  const seen: number[] = [];
  const stop = stream.watchSession(
    "s1",
    0,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(2);
  connections[1]?.send(update("s1", 1));
  stop();
  connections[1]?.send(update("s1", 2));
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
  await connected(2);
  connections[1]?.send(update("s1", 2));
  await vi.waitFor(() => expect(seen).toEqual([2]));
  // It claims to be open still, and brings nothing.
  pages.set(
    "/api/sessions/s1/events?after=2",
    [3, 4].map((seq) => ({ seq, at: "", update: { sessionUpdate: "queue_update" as const, promptIds: [] } })),
  );
  await wake();
  await connected(3);
  expect(connections[2]?.address).toBe("/api/events?session=s1%3A4");
  connections[2]?.send(update("s1", 4) + update("s1", 5));
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
  await connected(2);
  connections[1]?.send(
    'event: removed\ndata: {"sessionId":"s1"}\n\nevent: reset\ndata: {"sessionId":"s2","lastSeq":1}\n\n',
  );
  await vi.waitFor(() => expect(lost).toEqual(["s1 removed", "s2 replaced"]));
  expect(heard).toEqual(["removed s1"]);
});

test("one timer looks after the silence, however much is said", async () => {
  const { states } = begin();
  await connected(1);
  const set = vi.spyOn(globalThis, "setTimeout");
  for (let word = 0; word < 20; word += 1) {
    connections[0]?.send("event: ping\ndata: {}\n\n");
    await vi.advanceTimersByTimeAsync(1000);
  }
  const seconds = set.mock.calls.filter(([, wait]) => (wait ?? 0) > 1000);
  // Every five seconds or less it looks again.
  expect(seconds.length).toBeLessThanOrEqual(5);
  isSilent = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(states).toEqual(["open", "lost"]);
});

/** Makes the page look as `state`, and says so. */
function show(state: "hidden" | "visible"): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

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
  await connected(2);
  connections[1]?.send('event: crowded\ndata: {"maxStreams":16}\n\n');
  connections[1]?.end();
  await vi.waitFor(() => expect(states.at(-1)).toBe("crowded"));
  stream.watchSession(
    "s2",
    0,
    watcher(() => undefined),
  );
  window.dispatchEvent(new Event("offline"));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(connections.length).toBe(2);
  look();
  await connected(3);
  expect(connections[2]?.address).toBe("/api/events?session=s1%3A4&session=s2%3A0");
});

test("a page at rest opens no stream while it is hidden, and has what it missed before the next one", async () => {
  const { stream, states } = begin();
  const seen: number[] = [];
  stream.watchSession(
    "s1",
    1,
    watcher((events) => seen.push(...events.map((event) => event.seq))),
  );
  await connected(2);
  connections[1]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  show("hidden");
  stream.rest();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(300_000);
  expect([connections.length, states]).toEqual([2, ["open"]]);
  pages.set("/api/sessions/s1/events?after=1", [
    { seq: 2, at: "", update: { sessionUpdate: "queue_update", promptIds: [] } },
  ]);
  show("visible");
  await connected(3);
  expect(connections[2]?.address).toBe("/api/events?session=s1%3A2");
  await vi.waitFor(() => expect(seen).toEqual([2]));
});
