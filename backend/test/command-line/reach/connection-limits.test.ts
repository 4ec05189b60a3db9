/** How connections are shared out, with sockets from several addresses of loopback; 127.0.0.1 alone is the machine itself. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import { expect, onTestFinished, test, vi } from "vitest";
import { ServerCertificate } from "../../../src/access/tls/server-certificate.ts";
import type { ConnectionCaps } from "../../../src/command-line/reach/connection-limits.ts";
import { type Listening, listen } from "../../../src/command-line/reach/listen.ts";
import { createApp } from "../../../src/server/app.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { host, type RunningApp, runningApp } from "../../support/running-app.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const caps: ConnectionCaps = { total: 40, reserved: 10, perClient: 8 };

interface Stage {
  readonly app: RunningApp;
  readonly port: number;
  /** An open connection from an address, with everything that its events said. */
  from(address: string): Promise<Socket>;
  crowd(address: string, count: number): Promise<readonly Socket[]>;
}

async function stage(options: { trustedProxies?: readonly string[] } = {}): Promise<Stage> {
  const app = await runningApp();
  const listening: Listening = await listen({
    host: "127.0.0.1",
    port: 0,
    credentials: null,
    caps,
    ...options,
  });
  onTestFinished(() => listening.close());
  listening.serve(getRequestListener(createApp(app.parts).fetch));
  const { port } = listening;
  const from = (address: string) => openFrom(address, port);
  // One after the other: their order is what counts.
  const crowd = async (address: string, count: number) => {
    const sockets: Socket[] = [];
    for (let made = 0; made < count; made++) sockets.push(await from(address));
    return sockets;
  };
  return { app, port, from, crowd };
}

async function openFrom(localAddress: string, port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** The status of a request on a connection, or `closed`. */
async function ask(socket: Socket, headers: readonly string[] = [], path = "/api/health"): Promise<string> {
  const answer = Promise.race([
    once(socket, "data").then(([bytes]) => String(bytes).slice(9, 12)),
    once(socket, "close").then(() => "closed"),
  ]).catch(() => "closed");
  if (!socket.writable) return "closed";
  socket.write([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n"));
  return answer;
}

const half = (socket: Socket) => void socket.write(`POST /api/pair HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
const closedAmong = (sockets: readonly Socket[]) =>
  sockets.map((socket) => socket.destroyed || socket.readableEnded);
const settled = (sockets: readonly Socket[], count: number) =>
  vi.waitFor(() => expect(closedAmong(sockets).filter(Boolean)).toHaveLength(count));

test("NET-26: of one client's connections too many, the oldest that has said nothing whole goes first", async () => {
  const { from, crowd } = await stage();
  const used = await from("127.0.0.2");
  expect(await ask(used)).toBe("200");
  const silent = await crowd("127.0.0.2", 7);
  for (const socket of silent) half(socket.resume());
  const next = await from("127.0.0.2");
  expect(await ask(next)).toBe("200");
  await settled(silent, 1);
  expect(closedAmong(silent)).toEqual([true, false, false, false, false, false, false]);
  expect(await ask(used)).toBe("200");
});

test("NET-26: what a client may hold takes nothing from another", async () => {
  const { from, crowd } = await stage();
  const other = await from("127.0.0.3");
  const hog = await crowd("127.0.0.2", 30);
  for (const socket of hog) socket.resume();
  await settled(hog, 22);
  expect(await ask(other)).toBe("200");
});

test("NET-26: the machine itself gets in beside as many hosts as there are, and the other way round", async () => {
  const { app, from, crowd } = await stage();
  const hogs = (
    await Promise.all(
      ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"].map((address) => crowd(address, 8)),
    )
  ).flat();
  for (const socket of hogs) half(socket.resume());
  await settled(hogs, 10);
  const token = await app.tokenOf("read");
  const owners = await crowd("127.0.0.1", 10);
  for (const socket of owners)
    expect(await ask(socket, [`Authorization: Bearer ${token}`], "/api/device")).toBe("200");
  expect(closedAmong(hogs).filter(Boolean)).toHaveLength(10);

  const near = await crowd("127.0.0.1", 35);
  for (const socket of near) socket.resume();
  const phone = await from("127.0.0.9");
  expect(await ask(phone)).toBe("200");
  for (const socket of owners) expect(await ask(socket)).toBe("200");
});

test("NET-26: a connection on which a paired device has asked outlasts those of whoever else asked", async () => {
  const { app, from, crowd } = await stage();
  const token = await app.tokenOf("read");
  const owner = await from("127.0.0.2");
  expect(await ask(owner, [`Authorization: Bearer ${token}`], "/api/device")).toBe("200");
  const askers = await crowd("127.0.0.2", 20);
  // Those in the middle are gone by the time that they ask.
  for (const socket of askers) await ask(socket);
  const more = await crowd("127.0.0.2", 8);
  for (const socket of more) await ask(socket);
  expect(await ask(owner)).toBe("200");
});

test("NET-26: a stream of a paired device is never cut for a newcomer: that one is closed", async () => {
  const { app, from, crowd } = await stage();
  const token = await app.tokenOf("read");
  const streams = await crowd("127.0.0.2", 8);
  for (const socket of streams)
    expect(
      await ask(socket, [`Authorization: Bearer ${token}`, "Accept: text/event-stream"], "/api/events"),
    ).toBe("200");
  const newcomer = await from("127.0.0.2");
  expect(await ask(newcomer)).toBe("closed");
  expect(closedAmong(streams)).not.toContain(true);
});

test("a trusted proxy carries as many clients as there is room", async () => {
  const { crowd } = await stage({ trustedProxies: ["127.0.0.7/32"] });
  const carried = await crowd("127.0.0.7", 25);
  for (const socket of carried) expect(await ask(socket)).toBe("200");
});

test("NET-26: on the port with TLS the same holds, and silence ends after 5 s", async () => {
  const directory = await temporaryFolder();
  const files = durableFiles;
  const certificate = await ServerCertificate.open({
    directory,
    files,
    machine: "studio",
    names: ["127.0.0.1"],
  });
  const listening = await listen({ host: "127.0.0.1", port: 0, credentials: certificate.credentials, caps });
  onTestFinished(() => listening.close());
  listening.serve((_request, response) => void response.end("ok"));
  const silent: Socket[] = [];
  for (let made = 0; made < 30; made++) silent.push((await openFrom("127.0.0.2", listening.port)).resume());
  await settled(silent, 22);
  const owner = connectTls({ port: listening.port, host: "127.0.0.1", ca: certificate.authorityPem });
  onTestFinished(() => void owner.destroy());
  owner.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(await text(owner)).toMatch(/^HTTP\/1\.1 200 /);
  const openedAtMs = performance.now();
  const last = (await openFrom("127.0.0.3", listening.port)).resume();
  await once(last, "close");
  const tookMs = performance.now() - openedAtMs;
  expect(tookMs).toBeGreaterThan(4_500);
  expect(tookMs).toBeLessThan(9_000);
}, 20_000);
