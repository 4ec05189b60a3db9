/** The name on the local network, asked for by a real query. Everything stays on loopback, on a port of its own. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { type Announcement, announce } from "../../../src/command-line/reach/mdns.ts";

/** A question for one record of a `.local` name, as DNS has it on the wire. */
function question(name: string, type: number): Buffer {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}

const group = "224.0.0.251";

async function listenOnLoopback(port: number) {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  onTestFinished(() => void socket.close());
  socket.bind(port, "0.0.0.0");
  await once(socket, "listening");
  socket.addMembership(group, "127.0.0.1");
  socket.setMulticastInterface("127.0.0.1");
  return socket;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

async function take(port: number, machine: string): Promise<Announcement> {
  const errors: unknown[] = [];
  const announcement = await announce({
    machine,
    port: 8000,
    scheme: "https",
    report: (error) => errors.push(error),
    network: { interface: "127.0.0.1", bind: "0.0.0.0", port },
    probeMs: 40,
  });
  onTestFinished(async () => {
    await announcement.close();
    expect(errors).toEqual([]);
  });
  return announcement;
}

test("voxpilot.local is answered with this machine's addresses; a second VoxPilot takes the next name", async () => {
  const port = await freeUdpPort();
  const socket = await listenOnLoopback(port);
  const first = await take(port, "studio");
  expect(first.name).toBe("voxpilot.local");

  const answered = new Promise<Buffer>((resolve) => {
    // The first question here is our own, which comes back to us.
    socket.on("message", (message) => {
      const isAnswer = ((message[2] ?? 0) & 0x80) !== 0;
      const answers = message.readUInt16BE(6);
      if (isAnswer && answers > 0 && message.includes("voxpilot")) resolve(message);
    });
  });
  socket.send(question("voxpilot.local", 255), port, group);
  const answer = await answered;
  expect(answer.includes("local")).toBe(true);

  const second = await take(port, "laptop");
  const third = await take(port, "studio");
  expect([second.name, third.name]).toEqual(["voxpilot-2.local", "voxpilot-3.local"]);
});

test("the service is announced with its port and gives its name back at the end", async () => {
  const port = await freeUdpPort();
  const socket = await listenOnLoopback(port);
  const heard: Buffer[] = [];
  socket.on("message", (message) => heard.push(message));
  const announcement = await take(port, "studio");
  const hasGoodbye = () =>
    heard.some(
      (message) =>
        message.includes("VoxPilot on studio") && message.includes(Buffer.from([0, 33, 0, 1, 0, 0, 0, 0])),
    );
  expect(hasGoodbye()).toBe(false);
  await announcement.close();
  while (!hasGoodbye()) await once(socket, "message");
  expect(heard.some((message) => message.includes("_https"))).toBe(true);
});

test("a name is given up when the network cannot be used", async () => {
  const failing = announce({
    machine: "studio",
    port: 8000,
    scheme: "http",
    report: () => undefined,
    network: { interface: "127.0.0.1", bind: "203.0.113.1", port: 5353 },
  });
  await expect(failing).rejects.toThrow("EADDRNOTAVAIL");
});
