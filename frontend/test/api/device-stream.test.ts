// @vitest-environment happy-dom
/** The page's stream against a server that is played here, message by message. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeviceStream, type StreamStatus } from "../../src/api/device-stream.ts";
import type { SessionEvent, SessionSummary } from "../../src/api/types.ts";

interface Connection {
  readonly address: string;
  send(text: string): void;
  end(): void;
}

let connections: Connection[];
let pages: Map<string, SessionEvent[]>;
let status = 200;
const streams: DeviceStream[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  connections = [];
  pages = new Map();
  status = 200;
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
  const heard: string[] = [];
  stream.start({
    snapshot: (summaries) => heard.push(`snapshot ${summaries.length}`),
    summary: (summary) => heard.push(`summary ${summary.id}`),
    status: ({ phase }) => {
      if (states.at(-1) !== phase) states.push(phase);
    },
  });
  return { stream, states, heard };
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
  stream.watchSession("s1", 2, (events) => batches.push(events.map((event) => event.seq)));
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
  stream.watchSession("s1", 0, (events) => seen.push(...events.map((event) => event.seq)));
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

test("25 seconds of silence count as lost", async () => {
  const { states } = begin();
  await connected(1);
  connections[0]?.send("event: ping\ndata: {}\n\n");
  await vi.waitFor(() => expect(states).toEqual(["open"]));
  await vi.advanceTimersByTimeAsync(25_010);
  expect(states).toEqual(["open", "lost"]);
  await connected(2);
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
  stream.watchSession("s1", 1, (events) => seen.push(...events.map((event) => event.seq)));
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
  const stop = stream.watchSession("s1", 0, (events) => seen.push(...events.map((event) => event.seq)));
  await connected(2);
  connections[1]?.send(update("s1", 1));
  stop();
  connections[1]?.send(update("s1", 2));
  await vi.advanceTimersByTimeAsync(200);
  expect(seen).toEqual([]);
});
