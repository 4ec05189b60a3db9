/** The program from outside: start, pairing from the terminal, refusals, stop. */
import { access, readdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { ThisDevice } from "../../src/protocol/device.ts";
import { runProgram, startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const AddedDevice = z.object({ id: z.string(), token: z.string() });
const timeoutMs = 60_000;

const pair = (address: string, code: string) =>
  fetch(`${address}/api/pair`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: address },
    body: JSON.stringify({ code, name: "test" }),
  });

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

test("it starts, pairs, answers commands, refuses a second one, and stops clean", {
  timeout: timeoutMs,
}, async () => {
  const home = await temporaryFolder();
  const server = await startProgram([], { home });
  const health = await (await fetch(`${server.address}/api/health`)).json();
  expect(health).toMatchObject({ status: "ok", app_name: "VoxPilot" });

  expect(server.output()).toContain(`${server.address}/pair#${server.code}`);
  expect(server.output()).toContain("Good for 10 minutes, once.");
  const first = await pair(server.address, server.code);
  expect([first.status, first.headers.get("set-cookie")?.split("=")[0]]).toEqual([200, "voxpilot_device"]);

  const [another, added, second] = await Promise.all([
    runProgram(["pair"], { home }),
    runProgram(["devices", "add", "--name", "ci", "--json"], { home }),
    runProgram(["--port", "0"], { home }),
  ]);
  const [, code = ""] = /type the code (\S{9})/.exec(another.output) ?? [];
  expect((await pair(server.address, code)).status).toBe(200);

  const { id, token } = AddedDevice.parse(JSON.parse(added.output));
  const asScript = { headers: { authorization: `Bearer ${token}` } };
  const own = ThisDevice.parse(await (await fetch(`${server.address}/api/device`, asScript)).json());
  expect([own.id, own.name, own.server.demo]).toEqual([id, "ci", false]);
  expect([second.exitCode, second.errors]).toEqual([1, expect.stringContaining(`pid ${server.child.pid}`)]);

  const revoked = await runProgram(["devices", "revoke", id], { home });
  expect([revoked.exitCode, revoked.output]).toEqual([0, "Signed out.\n"]);
  expect((await fetch(`${server.address}/api/device`, asScript)).status).toBe(401);

  // SEC-04: what lies in the state folder is this user's alone.
  const state = join(home, "state");
  for (const name of lasting(await readdir(state)))
    expect((await stat(join(state, name))).mode & 0o077).toBe(0);

  const ended = await server.stop("SIGTERM");
  expect([ended.exitCode, ended.errors]).toEqual([0, ""]);
  const left = await readdir(state);
  expect(left.filter((name) => name.startsWith("server.lock") || name.endsWith(".sock"))).toEqual([]);
});

test("NET-01: it listens on loopback and nowhere else", { timeout: timeoutMs }, async () => {
  const server = await startProgram([], { home: await temporaryFolder() });
  const port = Number(new URL(server.address).port);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((entry) => !entry.internal && entry.family === "IPv4");
  expect(await canConnect("127.0.0.1", port)).toBe(true);
  for (const { address } of others)
    expect([address, await canConnect(address, port)]).toEqual([address, false]);
});

test("NET-01: beyond loopback it starts only once the machine has an owner", {
  timeout: timeoutMs,
}, async () => {
  const home = await temporaryFolder();
  const refused = await runProgram(["--port", "0"], { home, environment: { VOXPILOT_HOST: "0.0.0.0" } });
  expect(refused.exitCode).toBe(1);
  expect(refused.errors).toMatch(
    /Refusing to listen on 0\.0\.0\.0: .* run: npx voxpilot devices add --name laptop\n$/,
  );
  await runProgram(["devices", "add", "--name", "laptop"], { home });
  const server = await startProgram(["--host", "0.0.0.0"], { home });
  expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
});

test("SEC-06: a signal opens no debugger", { timeout: timeoutMs }, async () => {
  const server = await startProgram([], { home: await temporaryFolder() });
  server.child.kill("SIGUSR1");
  expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
  expect(await canConnect("127.0.0.1", 9229)).toBe(false);
  const ended = await server.stop("SIGINT");
  expect([ended.exitCode, ended.errors]).toEqual([0, ""]);
});

test("DUR-15: open streams do not hold up the end", { timeout: timeoutMs }, async () => {
  const home = await temporaryFolder();
  const server = await startProgram([], { home });
  const cookie = (await pair(server.address, server.code)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const stream = await fetch(`${server.address}/api/events`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  const reader = stream.body?.getReader();
  await reader?.read();
  const [ended] = await Promise.all([server.stop("SIGTERM"), reader?.read()]);
  expect([ended.exitCode, ended.errors]).toEqual([0, ""]);
});

test("a word that is no command and no folder is refused before anything is held, made or asked of a server", {
  timeout: timeoutMs,
}, async () => {
  const home = await temporaryFolder();
  await startProgram([], { home });
  const [beside, alone] = await Promise.all([
    runProgram(["frob"], { home }),
    runProgram(["frob", "no/folder"], { home: `${home}/a` }),
  ]);
  const help = "See npx voxpilot --help. Options go behind --: npm start -- --port 8123";
  const folder = (name: string) => `voxpilot: ${join(process.cwd(), name)}: is not a folder`;
  const word = `${folder("frob")}, and “frob” is no command. Name the folder of a project, or none. ${help}\n`;
  expect([beside.exitCode, beside.errors]).toEqual([2, word]);
  expect([alone.exitCode, alone.errors]).toEqual([
    2,
    `${word}${folder("no/folder")}. Name the folder of a project, or none. ${help}\n`,
  ]);
  await expect(access(`${home}/a/state`)).rejects.toThrow("ENOENT");
});

test("what cannot work is refused with the fix", { timeout: timeoutMs }, async () => {
  const home = await temporaryFolder();
  const taken = createServer();
  onTestFinished(() => void taken.close());
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => resolve(Number((taken.address() as { port: number }).port)));
  });
  const [inUse, badSetting, badFolder, badOption, badHost, version] = await Promise.all([
    runProgram(["--port", String(port)], { home }),
    runProgram([], { home: `${home}/b`, environment: { VOXPILOT_PORT: "x" } }),
    runProgram(["/no/such/folder", "--port", "0"], { home: `${home}/c` }),
    runProgram(["--prot", "1"], { home: `${home}/d` }),
    runProgram(["--host", "banana.invalid", "--port", "0"], { home: `${home}/f` }),
    runProgram(["--version"], { home: `${home}/e` }),
  ]);
  expect([inUse.exitCode, inUse.errors]).toEqual([
    1,
    `voxpilot: Port ${port} is in use. Choose another: npm start -- --port ${port + 1}\n`,
  ]);
  expect([badSetting.exitCode, badSetting.errors]).toEqual([
    2,
    'voxpilot: VOXPILOT_PORT: "x" is not a port. Use a number from 0 to 65535 (0: any free one).\n',
  ]);
  expect([badFolder.exitCode, badFolder.errors]).toEqual([
    2,
    expect.stringContaining("/no/such/folder: is not a folder."),
  ]);
  expect([badOption.exitCode, badOption.errors]).toEqual([2, expect.stringContaining("--prot")]);
  expect([badHost.exitCode, badHost.errors]).toEqual([
    1,
    "voxpilot: banana.invalid is no address of this machine. Choose one that is: --host 127.0.0.1\n",
  ]);
  const { version: own } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile("package.json", "utf8")));
  expect([version.exitCode, version.output]).toEqual([0, `${own}\n`]);
});

test("the demo has its own state, its own cookie, and says what it is", { timeout: timeoutMs }, async () => {
  const home = await temporaryFolder();
  const server = await startProgram(["demo"], { home });
  expect(server.output()).toContain("a script, not a model");
  const paired = await pair(server.address, server.code);
  const cookie = paired.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(cookie.split("=")[0]).toBe("voxpilot_device_demo");
  expect(ThisDevice.parse(await paired.json()).server.demo).toBe(true);
  const projects = await (await fetch(`${server.address}/api/projects`, { headers: { cookie } })).json();
  expect(projects).toMatchObject({ projects: [{ instructions: ["AGENTS.md"] }] });
  const models = await (await fetch(`${server.address}/api/models`, { headers: { cookie } })).json();
  expect(models).toMatchObject({
    default: expect.stringMatching(/^demo\//),
    providers: [{ source: "demo", available: true }],
  });
  const another = await fetch(`${server.address}/api/demo`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: "{}",
  });
  expect(await another.json()).toMatchObject({
    project: { name: "shop" },
    model: expect.stringMatching(/^demo\//),
  });
  const { output } = await runProgram(["pair"], { home });
  expect(output).toContain("Only the demo runs: this code is for it.");
  const [, code = ""] = /type the code (\S{9})/.exec(output) ?? [];
  expect((await pair(server.address, code)).status).toBe(200);
  await expect(access(join(home, "state"))).rejects.toThrow();
  expect((await stat(join(home, "state-demo"))).mode & 0o777).toBe(0o700);
});

test("the same signal twice at once, as npm passes it on, is one wish: it stops in order", {
  timeout: timeoutMs,
}, async () => {
  const server = await startProgram([], { home: await temporaryFolder() });
  server.child.kill("SIGINT");
  const ended = await server.stop("SIGINT");
  expect({ exitCode: ended.exitCode, errors: ended.errors }).toEqual({ exitCode: 0, errors: "" });
});

/** Without what is being written at this moment. */
function lasting(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.endsWith(".tmp"));
}
