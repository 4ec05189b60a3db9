// @vitest-environment happy-dom
/** What the page makes of what its stream tells. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let streams: ReadableStreamDefaultController<Uint8Array>[];

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  streams = [];
  vi.stubGlobal("fetch", play);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
});

afterEach(async () => {
  const { disconnect } = await import("../../src/state/connection.ts");
  disconnect();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function play(request: Request | string): Promise<Response> {
  const address = typeof request === "string" ? request : new URL(request.url).pathname;
  if (address === "/api/health") return Response.json({});
  if (!address.startsWith("/api/events")) return new Response(null, { status: 503 });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      streams.push(controller);
      controller.enqueue(frame("snapshot", { sessions: [] }));
    },
  });
  return new Response(body);
}

function frame(event: string, data: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

test("a stream that ends for too many others is told as that, however long it lasts, until the page goes on", async () => {
  const { connect, connection, tryNow } = await import("../../src/state/connection.ts");
  connect();
  await vi.waitFor(() => expect([streams.length, connection.value]).toEqual([1, "open"]));
  streams[0]?.enqueue(frame("crowded", { maxStreams: 16 }));
  streams[0]?.close();
  await vi.waitFor(() => expect(connection.value).toBe("crowded"));
  await vi.advanceTimersByTimeAsync(120_000);
  expect([streams.length, connection.value]).toEqual([1, "crowded"]);
  tryNow();
  await vi.waitFor(() => expect([streams.length, connection.value]).toEqual([2, "open"]));
});
