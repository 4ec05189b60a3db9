/** The largest file that may be imported, while others want answers. */
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { bodyOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const at = "2026-01-02T03:04:05.000Z";
const partBytes = 65_536;

/** A request of just under 32 MB, of as many events as that holds. */
function largestRequest(project: string): Buffer {
  const events: string[] = [];
  for (let bytes = 0; bytes < 33_000_000; bytes += events.at(-1)?.length ?? 0) {
    const update = {
      sessionUpdate: "agent_message_chunk",
      messageId: `m${events.length}`,
      content: { type: "text", text: "x" },
    };
    events.push(`${JSON.stringify({ seq: events.length + 1, at, turnId: "t1", update })},`);
  }
  const head = JSON.stringify({
    id: "imported-1",
    project,
    session: { format: "voxpilot-session", version: 1 },
  });
  const body = `${head.slice(0, -2)},"session":{"title":"Large"},"events":[${events.join("").slice(0, -1)}]}}`;
  return Buffer.from(body);
}

/** As it comes over a line: part by part. */
function inParts(bytes: Buffer): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.byteLength) return controller.close();
      controller.enqueue(bytes.subarray(offset, offset + partBytes));
      offset += partBytes;
    },
  });
}

/** The longest that a question for health waited for its answer, until `isOver`. */
async function longestWaitMs(app: RunningApp, isOver: () => boolean): Promise<number> {
  let longest = 0;
  while (!isOver()) {
    const asked = performance.now();
    expect((await app.request("GET /api/health", { token: null })).status).toBe(200);
    await turn();
    longest = Math.max(longest, performance.now() - asked);
  }
  return longest;
}

test("RES-04: while the largest file is imported health is answered, sooner than that file is read here", async () => {
  const app = await runningApp();
  const request = largestRequest(app.project);
  // What it would take in this thread, on a machine as busy as it is now.
  const began = performance.now();
  JSON.parse(request.toString("utf8"));
  const parsedMs = performance.now() - began;
  let isOver = false;
  const imported = app.request("POST /api/sessions/import", { stream: inParts(request) }).finally(() => {
    isOver = true;
  });
  const waited = await longestWaitMs(app, () => isOver);
  const response = await imported;
  expect(response.status).toBe(201);
  expect(await bodyOf(response, SessionSummary)).toMatchObject({ id: "imported-1", title: "Large" });
  process.stdout.write(`RES-04: longest ${waited.toFixed(0)} ms; parsing alone ${parsedMs.toFixed(0)} ms\n`);
  expect(waited).toBeLessThan(parsedMs);
}, 60_000);

test.each([
  ["nesting", "[".repeat(16_000_000), /^nested too deeply/],
  ["empty objects", `[${"{},".repeat(11_000_000)}{}]`, /^more than \d+ objects/],
])(
  "RES-04: a bomb of %s is refused before it is parsed",
  async (_name, session, words) => {
    const app = await runningApp();
    const stream = inParts(Buffer.from(`{"project":"x","session":${session}}`));
    const response = await app.request("POST /api/sessions/import", { stream });
    const { code, detail } = await problemOf(response);
    expect([response.status, code]).toEqual([400, "invalid_request"]);
    expect(detail).toMatch(words);
  },
  30_000,
);

test("RES-04: an import that is being read ends with the server", async () => {
  const app = await runningApp();
  const stopping = new AbortController();
  const file = app.parts.sessions.openImport({
    bytes: largestRequest(app.project),
    signal: stopping.signal,
  });
  stopping.abort();
  await expect(file).rejects.toMatchObject({ code: "busy" });
  expect(await app.parts.sessions.list()).toEqual([]);
});
