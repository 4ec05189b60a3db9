/** From outside: what a start listens on, whom it lets in, and that both servers start with one command each. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { freePort } from "../../../scripts/free-port.ts";
import { runProgram, startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const timeoutMs = 120_000;
const ownAddresses = Object.values(networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .filter((entry) => !entry.internal && !entry.address.startsWith("fe80:"))
  .map((entry) => entry.address);

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

function fetchSecure(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca }, (response) => resolve(text(response))).on("error", reject);
  });
}

describe("NET-01, NET-08: without an owner nothing listens beyond loopback", () => {
  test.each<{ how: string; args: readonly string[]; environment: Record<string, string> }>([
    { how: "VOXPILOT_HOST", args: [], environment: { VOXPILOT_HOST: "0.0.0.0" } },
    { how: "--host", args: ["--host", "::"], environment: {} },
    { how: "--host with https", args: ["--host", "0.0.0.0", "--https"], environment: {} },
  ])(
    "$how is refused within 2 s, with the reason and the fix",
    { timeout: timeoutMs },
    async ({ args, environment }) => {
      const home = await temporaryFolder();
      const port = await freePort();
      // How long a process of this kind takes to start on this machine just now is not what is tested.
      const startedAtMs = performance.now();
      await runProgram(["--version"], { home });
      const emptyMs = performance.now() - startedAtMs;
      const askedAtMs = performance.now();
      const refused = await runProgram([...args, "--port", String(port)], { home, environment });
      const tookMs = performance.now() - askedAtMs;
      expect([refused.exitCode, refused.output]).toEqual([1, ""]);
      expect(refused.errors).toMatch(
        /^voxpilot: Refusing to listen on \S+: no device with full rights is paired yet .* --lan .* npx voxpilot devices add --name laptop\n$/,
      );
      expect(tookMs).toBeLessThan(2_000 + 3 * emptyMs);
      expect(await canConnect("127.0.0.1", port)).toBe(false);
    },
  );

  test("lan in config.json is not typed by a person", { timeout: timeoutMs }, async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, "config.json"), JSON.stringify({ lan: true }));
    const environment = { VOXPILOT_CONFIG: join(home, "config.json") };
    const refused = await runProgram(["--port", "0"], { home, environment });
    expect([refused.exitCode, refused.output]).toEqual([1, ""]);
    expect(refused.errors).toContain("Refusing to listen on every address (lan in config.json)");
  });

  test("with an allowed login it starts", { timeout: timeoutMs }, async () => {
    const server = await startProgram(["--host", "0.0.0.0"], {
      home: await temporaryFolder(),
      environment: { VOXPILOT_GITHUB_ALLOWED_LOGINS: "octocat" },
    });
    expect(server.output()).toContain("May sign in with GitHub: octocat");
    expect(server.output()).toContain("NOT ENCRYPTED");
  });
});

test("NET-01: by default only loopback is listened on", { timeout: timeoutMs }, async () => {
  const server = await startProgram([], { home: await temporaryFolder() });
  const port = Number(new URL(server.address).port);
  const listeners = await listenersOn(port);
  if (listeners !== null) expect(listeners).toEqual([`127.0.0.1:${port}`]);
  for (const address of [...ownAddresses, "::1"])
    expect([address, await canConnect(address, port)]).toEqual([address, false]);
});

/** What `ss` says, or null where there is none. */
async function listenersOn(port: number): Promise<readonly string[] | null> {
  const child = spawn("ss", ["-ltnH", `sport = :${port}`], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "close").catch(() => null);
  const output = await text(child.stdout);
  if ((await ended)?.[0] !== 0) return null;
  return output
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[3] ?? "");
}

/** A network with one cable and nothing else in it; the outside is neither reached nor disturbed. */
const ownNetwork = [
  "ip link set lo up",
  "ip link add cable0 type veth peer name cable1",
  "ip addr add 192.168.77.7/24 dev cable0",
  "ip -6 addr add fd77::7/64 dev cable0 nodad",
  "ip link set cable0 up",
  "ip link set cable1 up",
  "ip route add default dev cable0",
].join(" && ");

function inOwnNetwork(command: string, words: readonly string[]) {
  return spawn("unshare", ["-rn", "sh", "-c", `${ownNetwork} && exec "$0" "$@"`, command, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const hasOwnNetwork = await (async () => {
  const child = spawn("unshare", ["-rn", "sh", "-c", ownNetwork], { stdio: "ignore" });
  const [code] = await once(child, "close").catch(() => [1]);
  return code === 0;
})();

const Found = z.object({
  printed: z.array(z.string()),
  ports: z.array(z.int()),
  byAddress: z.record(z.string(), z.int()),
  byName: z.record(z.string(), z.int()),
  resolved: z.array(z.array(z.string())),
  trust: z.object({ names: z.array(z.string()) }),
});

test.runIf(hasOwnNetwork)(
  "--lan listens on every address, prints each, and is voxpilot.local; a second one takes the next name",
  { timeout: timeoutMs },
  async () => {
    const stage = fileURLToPath(new URL("lan-stage.ts", import.meta.url));
    const words = ["--import", "tsx", stage, await temporaryFolder(), "192.168.77.7", "fd77::7"];
    const found = Found.parse(JSON.parse(await text(inOwnNetwork(process.execPath, words).stdout)));
    const [port = 0, secondPort = 0] = found.ports;
    const [printed = "", second = ""] = found.printed;
    expect(found.byAddress).toEqual({
      [`http://192.168.77.7:${port}`]: 200,
      [`http://[fd77::7]:${port}`]: 200,
      [`http://127.0.0.1:${port}`]: 200,
      [`http://[::1]:${port}`]: 200,
    });
    for (const line of [
      `Reached as  http://192.168.77.7:${port}`,
      `http://[fd77::7]:${port}`,
      "Everybody on its networks reaches it.",
      "NOT ENCRYPTED",
      `Pair a browser: http://192.168.77.7:${port}/pair#`,
      `Also at http://voxpilot.local:${port}`,
    ])
      expect(printed).toContain(line);
    expect(second).toContain(`Also at https://voxpilot-2.local:${secondPort}`);
    expect(second).toContain(`open http://192.168.77.7:${secondPort}/trust and compare`);
    expect(found.resolved).toEqual([["192.168.77.7"], ["192.168.77.7"]]);
    expect(found.byName).toEqual({
      "voxpilot.local": 200,
      "voxpilot-2.local": 421,
      "evil.example": 421,
      "evil.local": 421,
    });
    expect(found.trust.names).toEqual(
      expect.arrayContaining(["localhost", "voxpilot.local", "voxpilot-2.local", "192.168.77.7", "fd77::7"]),
    );
  },
);

test("--https: one port, an authority made on first use and kept, and plain http for /trust alone", {
  timeout: timeoutMs,
}, async () => {
  const home = await temporaryFolder();
  const first = await startProgram(["--https"], { home });
  const { port } = new URL(first.address);
  expect(first.address).toBe(`https://127.0.0.1:${port}`);
  const ca = await (await fetch(`http://127.0.0.1:${port}/trust/ca.crt`)).text();
  const trust: unknown = await (await fetch(`http://127.0.0.1:${port}/api/trust`)).json();
  const [, start = "", end = ""] = /SHA-256 (\S+)\s+(\S+)/.exec(first.output()) ?? [];
  expect(trust).toMatchObject({ fingerprint: `${start}:${end}` });
  for (const name of ["127.0.0.1", "localhost"])
    expect(JSON.parse(await fetchSecure(`https://${name}:${port}/api/health`, ca))).toMatchObject({
      status: "ok",
    });
  const plain = await fetch(`http://127.0.0.1:${port}/pair`, { redirect: "manual" });
  expect([plain.status, plain.headers.get("location")]).toEqual([308, `https://127.0.0.1:${port}/pair`]);
  const ended = await first.stop("SIGTERM");
  expect([ended.exitCode, ended.errors]).toEqual([0, ""]);

  const again = await startProgram([], { home, environment: { VOXPILOT_HTTPS: "true" } });
  expect(JSON.parse(await fetchSecure(`${again.address}/api/health`, ca))).toMatchObject({ status: "ok" });
  const files = await Promise.all(
    ["authority.json", "server.json"].map((name) => readFile(join(home, "state/tls", name), "utf8")),
  );
  for (const file of files) expect(file).toContain("PRIVATE KEY");
});
