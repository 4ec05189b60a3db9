/** What bodies may cost, byte by byte on a real socket. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { host } from "../support/running-app.ts";
import { type ServedApp, servedApp } from "../support/served-app.ts";

afterEach(() => void vi.useRealTimers());

const kib = 1024;

interface Sent {
  readonly call: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

async function send({ port }: ServedApp, { call, headers = [], body = "" }: Sent): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  const head = [`${call} HTTP/1.1`, `Host: ${host}`, "Content-Type: application/json", ...headers];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  await once(socket, "connect");
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, "data");
  return String(bytes);
}

const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;

test.each([
  ["POST /api/sessions", "Transfer-Encoding: chunked", 401],
  ["POST /api/chat", "Transfer-Encoding: chunked", 401],
  ["POST /api/none", "Transfer-Encoding: chunked", 401],
  ["POST /none", "Transfer-Encoding: chunked", 404],
  ["POST /api/sessions", "Content-Length: 2000000", 401],
  ["POST /api/pair", "Content-Length: 2000000", 413],
])(
  "NET-26: %s with %s and no device is answered at once, unread, and its connection ends",
  async (call, header, status) => {
    const app = await servedApp();
    const socket = await send(app, { call, headers: [header] });
    const answer = text(socket);
    expect(Number((await answer).slice(9, 12))).toBe(status);
    expect(await answer).toMatch(/^connection: close\r$/im);
  },
);

test("NET-26: whoever need not be known may send 16 kB, and not a byte more", async () => {
  const app = await servedApp();
  const json = (bytes: number) => JSON.stringify({ code: "x".repeat(bytes - 11) });
  const statusOf = async (sent: Omit<Sent, "call">) =>
    Number((await answerOf(await send(app, { call: "POST /api/pair", ...sent }))).slice(9, 12));
  for (const [bytes, status] of [
    [16 * kib, 400],
    [16 * kib + 1, 413],
  ] as const) {
    const body = json(bytes);
    expect(body.length).toBe(bytes);
    expect(await statusOf({ headers: [`Content-Length: ${bytes}`], body })).toBe(status);
    const chunked = `${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect(await statusOf({ headers: ["Transfer-Encoding: chunked"], body: chunked })).toBe(status);
  }
});

test("NET-26: refused bodies that go on coming are not kept", async () => {
  const app = await servedApp();
  const before = process.memoryUsage();
  const sockets = await Promise.all(
    Array.from({ length: 50 }, () =>
      send(app, {
        call: "POST /api/sessions",
        headers: ["Transfer-Encoding: chunked"],
        body: chunk(1_900 * kib),
      }),
    ),
  );
  await Promise.all(sockets.map((socket) => once(socket.resume(), "close")));
  const after = process.memoryUsage();
  expect((after.arrayBuffers - before.arrayBuffers) / kib / kib).toBeLessThan(50);
});

test("NET-26: a body of somebody unknown comes within 15 s, or the request is over", async () => {
  const app = await servedApp();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const socket = await send(app, { call: "POST /api/pair", headers: ["Content-Length: 100"], body: "{" });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  const answer = answerOf(socket);
  vi.advanceTimersByTime(15_000);
  expect((await answer).slice(9, 12)).toBe("408");
});

test("a connection is used again after a refusal whose small body had come", async () => {
  const app = await servedApp();
  const socket = await send(app, { call: "POST /api/sessions", headers: ["Content-Length: 2"], body: "{}" });
  const first = await answerOf(socket);
  expect([first.slice(9, 12), /^connection: close/im.test(first)]).toEqual(["401", false]);
  socket.write(`GET /api/health HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect((await answerOf(socket)).slice(9, 12)).toBe("200");
});

test("RES-04: a paired device may send two million bytes in chunks", async () => {
  const served = await servedApp();
  const token = await served.app.tokenOf("full");
  const project = "x".repeat(1_900 * kib);
  const body = JSON.stringify({ project });
  const socket = await send(served, {
    call: "POST /api/sessions",
    headers: [`Authorization: Bearer ${token}`, "Transfer-Encoding: chunked"],
    body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  });
  expect((await answerOf(socket)).slice(9, 12)).not.toBe("413");
});
