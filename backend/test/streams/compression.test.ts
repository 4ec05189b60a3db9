/** Compressed streams and pages: light on the wire, and never late. */
import { brotliDecompressSync, createGunzip, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { accepts, compressedJson } from "../../src/server/streams/content-encoding.ts";
import { EventStream, eventFrame } from "../../src/server/streams/event-stream.ts";
import { StreamCompression } from "../../src/server/streams/stream-compression.ts";
import { type RunningApp, runningApp } from "../support/running-app.ts";
import { mixedUpdates, writeSession } from "./written-session.ts";

const sessionId = "written-session";

async function appWithLog(length: number): Promise<RunningApp> {
  const app = await runningApp();
  await writeSession(app.state, { id: sessionId, project: app.project, updates: mixedUpdates(length - 1) });
  return app;
}

test("each frame of a compressed stream can be read as soon as it is sent, without waiting for the next", async () => {
  const stream = new EventStream(() => undefined, "gzip");
  expect(stream.response.headers.get("content-encoding")).toBe("gzip");
  const reader = stream.response.body?.getReader();
  const gunzip = createGunzip().setEncoding("utf8");
  for (let number = 0; number < 50; number++) {
    const frame = eventFrame({ data: `${number} ${"é".repeat(number * 700)}` });
    stream.send(frame);
    let text = "";
    gunzip.removeAllListeners("data").on("data", (part) => {
      text += String(part);
    });
    while (text.length < frame.length) {
      const bytes = (await reader?.read())?.value ?? new Uint8Array();
      await new Promise((resolve) => gunzip.write(bytes, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(text).toBe(frame);
  }
  await reader?.cancel();
});

test("a compressed stream that is closed ends whole, with what was still waiting", async () => {
  const stream = new EventStream(() => undefined, "gzip");
  const body = new Response(stream.response.body).arrayBuffer();
  const frames = Array.from({ length: 3_000 }, (_, index) => eventFrame({ data: `number ${index}` }));
  for (const frame of frames) stream.send(frame);
  await Promise.resolve();
  stream.close();
  expect(gunzipSync(await body).toString()).toBe(frames.join(""));
});

test("RES-02: a compressed stream that nobody reads is dropped at 4 MB too", () => {
  const stream = new EventStream(() => undefined, "gzip");
  let sent = 0;
  for (; !stream.closed.aborted && sent < 100; sent++) stream.send(eventFrame({ data: "x".repeat(100_000) }));
  expect(sent).toBe(41);
});

test("a replay is compressed where the client takes it, and says the same", async () => {
  const app = await appWithLog(2_000);
  const read = async (encoding: string) => {
    const headers = { "accept-encoding": encoding, accept: "text/event-stream" };
    const response = await app.request(`GET /api/sessions/${sessionId}/events`, { headers });
    const found = response.headers.get("content-encoding");
    const parts: Uint8Array[] = [];
    const gunzip = createGunzip().setEncoding("utf8");
    let text = "";
    gunzip.on("data", (part) => {
      text += String(part);
    });
    for await (const bytes of response.body ?? []) {
      parts.push(bytes);
      if (found === null) text += Buffer.from(bytes).toString();
      else await new Promise((resolve) => gunzip.write(bytes, resolve));
      if (/^id: 2000$/m.test(text) && text.endsWith("\n\n")) break;
    }
    return { found, text, bytes: parts.reduce((sum, part) => sum + part.length, 0) };
  };
  const plain = await read("identity");
  const compressed = await read("br, gzip;q=0.8");
  expect([plain.found, compressed.found]).toEqual([null, "gzip"]);
  expect(compressed.text).toBe(plain.text);
  expect(compressed.bytes).toBeLessThan(plain.bytes / 4);
});

test("pages of events come in brotli or gzip where the client takes it, and plain where it does not", async () => {
  const app = await appWithLog(500);
  const read = async (encoding: string) => {
    const headers = { "accept-encoding": encoding, accept: "application/json" };
    const response = await app.request(`GET /api/sessions/${sessionId}/events?limit=500`, { headers });
    expect(response.headers.get("vary")).toContain("accept-encoding");
    const body = Buffer.from(await response.arrayBuffer());
    return { encoding: response.headers.get("content-encoding"), body };
  };
  const [plain, gzip, brotli] = [
    await read(""),
    await read("gzip, deflate"),
    await read("gzip, deflate, br, zstd"),
  ];
  expect([plain.encoding, gzip.encoding, brotli.encoding]).toEqual([null, "gzip", "br"]);
  expect(gunzipSync(gzip.body)).toEqual(plain.body);
  expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
  expect(brotli.body.length).toBeLessThan(plain.body.length / 4);
});

test("a short page is not worth compressing", async () => {
  const response = await compressedJson({ events: [] }, "br");
  expect([response.headers.get("content-encoding"), await response.text()]).toEqual([null, '{"events":[]}']);
});

test.for([
  ["gzip", true],
  ["br, GZIP ; q=1.0", true],
  ["gzip;q=0", false],
  ["gzip; q=0.00", false],
  ["x-gzip, br", false],
  [undefined, false],
] as const)("Accept-Encoding %s takes gzip: %s", ([header, isTaken]) => {
  expect(accepts(header, "gzip")).toBe(isTaken);
});

test("each part ends with an empty block, where every reader hands on what it has", () => {
  const compression = new StreamCompression();
  for (const size of [1, 1_000, 5_000]) {
    const part = compression.part(Buffer.alloc(size, "x"));
    expect(part.subarray(-4)).toEqual(Buffer.from([0, 0, 0xff, 0xff]));
  }
});
