/** The machine as a page's stream sees it, played message by message. */
import { afterEach, beforeEach, expect, vi } from "vitest";
import { DeviceStream, type SessionWatcher, type StreamStatus } from "../../src/api/device-stream.ts";
import type { SessionEvent } from "../../src/api/types.ts";

interface Connection {
  readonly address: string;
  send(text: string): void;
  end(): void;
}

interface Machine {
  connections: Connection[];
  /** By the address, up to its first `&`. */
  pages: Map<string, SessionEvent[]>;
  status: number;
  /** It takes what is asked, and answers nothing but the stream that is open already. */
  isSilent: boolean;
}

const streams: DeviceStream[] = [];

/** One that answers every `fetch` of each test in the file; the clock is the test's. */
export function playMachine(): Machine {
  const machine: Machine = { connections: [], pages: new Map(), status: 200, isSilent: false };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    Object.assign(machine, { connections: [], pages: new Map(), status: 200, isSilent: false });
    vi.stubGlobal("fetch", (address: string, init: { signal: AbortSignal }) =>
      answer(machine, address, init),
    );
    vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
    vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  return machine;
}

async function answer(machine: Machine, address: string, init: { signal: AbortSignal }): Promise<Response> {
  if (machine.isSilent)
    return new Promise((_, reject) => {
      init.signal.addEventListener("abort", () => reject(init.signal.reason));
    });
  if (!address.startsWith("/api/events")) {
    return Response.json({
      events: machine.pages.get(address.split("&")[0] ?? "") ?? [],
      lastSeq: 0,
      hasMore: false,
    });
  }
  if (machine.status !== 200)
    return Response.json({ code: "device_revoked", detail: "" }, { status: machine.status });
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
  machine.connections.push({ address, send: (text) => control.enqueue(new TextEncoder().encode(text)), end });
  return new Response(body);
}

/** A stream that is open, with all that it tells. */
export function begin() {
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
export function watcher(deliver: SessionWatcher["deliver"]): SessionWatcher {
  return { deliver, lose: () => undefined };
}

/** One event of a session, as the stream brings it. */
export function update(sessionId: string, seq: number, from?: number): string {
  const event = {
    sessionId,
    seq,
    ...(from === undefined ? {} : { from }),
    at: "",
    update: { sessionUpdate: "queue_update", promptIds: [] },
  };
  return `event: update\nid: ${sessionId}:${seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Resolves once so many streams were asked for. */
export const connected = (machine: Machine, count: number) =>
  vi.waitFor(() => expect(machine.connections.length).toBe(count));
