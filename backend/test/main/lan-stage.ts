/**
 * Run by a test inside a network of its own (a namespace that nothing else is in): starts two servers with `--lan`, asks
 * for them as other devices would, and prints what it found as JSON.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const [home = "", ...addresses] = process.argv.slice(2);
const entry = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const group = "224.0.0.251";

interface Started {
  readonly child: ChildProcess;
  readonly output: string;
  readonly port: number;
}

/** Waits until it has taken its name on the network. */
async function start(name: string, words: readonly string[]): Promise<Started> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", entry, "--lan", "--port", "0", "--no-open", ...words],
    {
      env: { PATH: process.env.PATH, HOME: home, VOXPILOT_STATE_DIR: `${home}/${name}` },
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let output = "";
  for await (const data of child.stdout) {
    output += data;
    if (output.includes("Also at")) break;
  }
  return { child, output, port: Number(/:(\d+)\/pair#/.exec(output)?.[1]) };
}

/** The IPv4 addresses that the network gives for a name; waits for as many as it is told. */
async function resolve(name: string): Promise<readonly string[]> {
  const socket = createSocket({ type: "udp4", reuseAddr: true }).bind(5353);
  await once(socket, "listening");
  for (const address of addresses) if (!address.includes(":")) socket.addMembership(group, address);
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  const found = new Promise<readonly string[]>((done) => {
    socket.on("message", (message) => {
      const isAnswer = ((message[2] ?? 0) & 0x80) !== 0 && message.includes(Buffer.from(labels));
      const mine = addresses.filter((address) =>
        message.includes(Buffer.from([0, 4, ...address.split(".").map(Number)])),
      );
      if (isAnswer && mine.length > 0) done(mine);
    });
  });
  const question = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  socket.send(question, 5353, group);
  const answer = await found;
  socket.close();
  return answer;
}

async function statusOf(url: string, host?: string): Promise<number> {
  const { request } = await import("node:http");
  return new Promise((done, reject) => {
    const asked = request(url, host === undefined ? {} : { headers: { host } }, (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    });
    asked.on("error", reject).end();
  });
}

const first = await start("first", []);
const second = await start("second", ["--https"]);
const origins = [...addresses, "127.0.0.1", "::1"].map(
  (address) => `http://${address.includes(":") ? `[${address}]` : address}:${first.port}`,
);
const byAddress: Record<string, number> = {};
for (const origin of origins) byAddress[origin] = await statusOf(`${origin}/api/health`);
const byName: Record<string, number> = {};
for (const name of ["voxpilot.local", "voxpilot-2.local", "evil.example", "evil.local"])
  byName[name] = await statusOf(`http://127.0.0.1:${first.port}/api/health`, `${name}:${first.port}`);
const found = {
  printed: [first.output, second.output],
  ports: [first.port, second.port],
  byAddress,
  byName,
  resolved: [await resolve("voxpilot.local"), await resolve("voxpilot-2.local")],
  trust: await (await fetch(`http://127.0.0.1:${second.port}/api/trust`)).json(),
};
for (const { child } of [first, second]) {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exit(0);
