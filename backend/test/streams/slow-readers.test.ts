/** Readers that stand still, readers that are slow, and logs that are larger than what may wait for a reader. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import type { WrittenUpdate } from "../../src/protocol/written-update.ts";
import { rounds, timeLimitMs } from "../support/long-form.ts";
import { host, runningApp } from "../support/running-app.ts";
import { servedApp } from "../support/served-app.ts";
import { type LiveSession, liveSession } from "./live-session.ts";
import { StreamClient } from "./stream-client.ts";
import { writeSession } from "./written-session.ts";

const largeText = "0123456789abcdef".repeat(960);

/** About 15 kB that no neighbour is joined with, and that are not cut on the wire. */
function largeUpdate(index: number): WrittenUpdate {
  return {
    sessionUpdate: "tool_call_update",
    toolCallId: `c${index}`,
    status: "completed",
    content: [{ type: "content", content: { type: "text", text: `${index} ${largeText}` } }],
  };
}

/** Opens the stream by hand and reads nothing of it. */
async function standStill(live: LiveSession): Promise<Socket> {
  const { port, sessionId, headers } = live.target;
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  await once(socket, "connect");
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /api/sessions/${sessionId}/events?after=0 HTTP/1.1\r\n${lines.join("")}\r\n`);
  return socket;
}

const megabytes = rounds({ short: 24, long: 200 });

test(`RES-02: a reader that stops reading is dropped, memory stays bounded, and it resumes exactly`, {
  timeout: timeLimitMs(60_000),
}, async () => {
  const live = await liveSession();
  const socket = await standStill(live);
  const gone = once(socket, "close");
  socket.on("error", () => undefined);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let index = 0; index * 15_360 < megabytes * 1_000_000; index++) {
    live.emit(largeUpdate(index));
    if (index % 20 === 0) {
      await written(live);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
  }
  // What still lies with the operating system is read, so that the end of the connection is seen.
  socket.resume();
  await gone;
  expect(most).toBeLessThan(40_000_000);
  await live.end();
  const client = new StreamClient(live.target);
  const { lastSeq } = live.session;
  await client.read({
    kind: "session",
    encoding: "identity",
    resumeBy: "query",
    isEnough: () => client.position >= lastSeq,
  });
  expect([client.position, client.transcript.entries.length]).toEqual([
    lastSeq,
    live.liveTranscript().entries.length,
  ]);
});

/** Resolves when all that was said is in the log, and handed to who reads. */
async function written(live: LiveSession): Promise<void> {
  await live.session.patch({ title: "written" }, { kind: "device", id: "d1", name: "Phone" });
}

test("RES-02: a reader that reads gets past a part of the log that is larger than what may wait for it", async () => {
  const served = await servedApp();
  const { app } = served;
  const sessionId = "written-session";
  const updates = Array.from({ length: 600 }, (_, index) => largeUpdate(index));
  await writeSession(app.state, { id: sessionId, project: app.project, updates });
  const headers = { host, authorization: `Bearer ${await app.tokenOf("full")}` };
  for (const kind of ["session", "device"] as const) {
    const client = new StreamClient({ port: served.port, sessionId, headers });
    await client.read({
      kind,
      encoding: "identity",
      resumeBy: "query",
      isEnough: () => client.position >= updates.length + 1,
    });
    expect(client.position).toBe(updates.length + 1);
  }
});

test("RES-02: one event that is larger than what may wait for a reader reaches it", async () => {
  const app = await runningApp();
  const text = "x".repeat(6_000_000);
  const update: WrittenUpdate = {
    sessionUpdate: "user_message_chunk",
    messageId: "m1",
    content: { type: "text", text },
  };
  await writeSession(app.state, { id: "written-session", project: app.project, updates: [update] });
  const stream = await app.request("GET /api/sessions/written-session/events?after=1");
  const reader = stream.body?.getReader();
  let bytes = 0;
  while (bytes < text.length) bytes += (await reader?.read())?.value?.length ?? Number.POSITIVE_INFINITY;
  await reader?.cancel();
  expect(bytes).toBeGreaterThan(text.length);
  expect(Number.isFinite(bytes)).toBe(true);
});
