// @vitest-environment happy-dom
/** A page that nobody looks at: its stream, its list, and how it wakes. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionSummary } from "../support/summary.ts";

let asked: string[];
let waiting: boolean;

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  asked = [];
  waiting = false;
  vi.stubGlobal("fetch", play);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
});

afterEach(async () => {
  const { disconnect } = await import("../../src/state/connection.ts");
  disconnect();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

let open = 0;

async function play(request: Request | string, init?: RequestInit): Promise<Response> {
  const address = typeof request === "string" ? request : new URL(request.url).pathname;
  asked.push(address);
  if (address === "/api/sessions") return Response.json({ sessions: [session()], hasMore: false });
  if (address === "/api/health") return Response.json({});
  if (!address.startsWith("/api/events")) return new Response(null, { status: 503 });
  open += 1;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const snapshot = JSON.stringify({ sessions: [session()] });
      controller.enqueue(new TextEncoder().encode(`event: snapshot\ndata: ${snapshot}\n\n`));
      init?.signal?.addEventListener("abort", () => {
        open -= 1;
        controller.error(new Error("closed"));
      });
    },
  });
  return new Response(body);
}

const session = () =>
  sessionSummary("s1", {
    state: waiting ? "requires_action" : "idle",
    updatedAt: waiting ? "2026-11-22T15:00:00.000Z" : "2026-11-22T14:00:00.000Z",
    lastSeq: waiting ? 2 : 1,
    seenSeq: 1,
  });

function show(state: "hidden" | "visible"): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

const times = (address: string) => asked.filter((each) => each === address).length;

async function begin() {
  open = 0;
  const { connect } = await import("../../src/state/connection.ts");
  const { isListLoaded, needsYouCount } = await import("../../src/state/sessions/session-list.ts");
  connect();
  await vi.waitFor(() => expect(isListLoaded.value).toBe(true));
  return { needsYouCount };
}

test("a page that is hidden for ten seconds closes its stream, and asks for the list once a minute", async () => {
  const { needsYouCount } = await begin();
  show("hidden");
  await vi.advanceTimersByTimeAsync(9_000);
  expect([open, times("/api/sessions")]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([open, times("/api/sessions")]).toEqual([0, 0]);
  waiting = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([open, times("/api/sessions"), needsYouCount.value]).toEqual([0, 1, 1]);
  waiting = false;
  await vi.advanceTimersByTimeAsync(120_000);
  expect([open, times("/api/sessions")]).toEqual([0, 3]);
});

test("shown again it opens its stream, and asks for the list no more", async () => {
  await begin();
  show("hidden");
  await vi.advanceTimersByTimeAsync(75_000);
  const polls = times("/api/sessions");
  show("visible");
  await vi.waitFor(() => expect(open).toBe(1));
  expect(asked.lastIndexOf("/api/health")).toBeLessThan(asked.lastIndexOf("/api/events"));
  await vi.advanceTimersByTimeAsync(20_000);
  expect([polls, times("/api/sessions")]).toEqual([1, 1]);
});

test("a page that is looked at again within ten seconds keeps its stream", async () => {
  await begin();
  show("hidden");
  await vi.advanceTimersByTimeAsync(9_000);
  show("visible");
  await vi.waitFor(() => expect(open).toBe(1));
  await vi.advanceTimersByTimeAsync(20_000);
  expect([open, times("/api/sessions")]).toEqual([1, 0]);
});
