/** The state folder: for this user alone, and for one process at a time. */
import { once } from "node:events";
import { chmod, mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AuditLog } from "../../src/access/audit/audit-log.ts";
import { DeviceStore } from "../../src/access/devices.ts";
import { PairingCodes } from "../../src/access/pairing.ts";
import { localAccess } from "../../src/command-line/control/access-control.ts";
import {
  connectToServer,
  controlSocketPath,
  openControlSocket,
} from "../../src/command-line/control/control-socket.ts";
import { holdStateFolder, prepareStateFolder, StateFolderHeld } from "../../src/command-line/state-folder.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function openSocket(directory: string) {
  const place = { directory, files: durableFiles };
  const [devices, pairing, audit] = await Promise.all([
    DeviceStore.open(place),
    PairingCodes.open(place),
    AuditLog.open(place),
  ]);
  onTestFinished(() => audit.close());
  const control = await openControlSocket(
    directory,
    localAccess({ devices, pairing, audit, address: () => "http://127.0.0.1:1", bound: null }),
  );
  onTestFinished(() => control.close());
  return { devices, pairing, audit, control };
}

test("SEC-04: the folder is made, or made to be, for this user alone", async () => {
  const made = join(await temporaryFolder(), "a/b");
  await prepareStateFolder(made);
  expect((await stat(made)).mode & 0o777).toBe(0o700);
  await chmod(made, 0o755);
  await prepareStateFolder(made);
  expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test("a shared folder with other things in it is refused, and left as it is", async () => {
  const shared = await temporaryFolder();
  await writeFile(join(shared, "somebody.txt"), "");
  await chmod(shared, 0o755);
  await expect(prepareStateFolder(shared)).rejects.toThrow(/holds other things/);
  expect((await stat(shared)).mode & 0o777).toBe(0o755);
});

test.each(["/proc/voxpilot/state", "/dev/null/state"])(
  "where no folder can be made the start ends with the fix: %s",
  async (directory) => {
    await expect(prepareStateFolder(directory)).rejects.toThrow(
      /^VOXPILOT_STATE_DIR: .*state cannot be made a folder \([A-Z]+\)\. Name another\.$/,
    );
  },
);

test("DUR-06: a second holder is refused with the pid of the first", async () => {
  const directory = await temporaryFolder();
  await holdStateFolder(directory);
  await openSocket(directory);
  const refused = await holdStateFolder(directory).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(StateFolderHeld);
  expect(refused).toMatchObject({ pid: process.pid });
});

test("DUR-06: a folder is free again after its release", async () => {
  const directory = await temporaryFolder();
  await (await holdStateFolder(directory))();
  await (await holdStateFolder(directory))();
  expect(await readdir(directory)).toEqual([]);
});

test("whoever takes the folder removes what a killed write left in it, and nothing that only looks like it", async () => {
  const directory = await temporaryFolder();
  const left = `.${"0123456789abcdef01234567"}.tmp`;
  const similar = [
    ".0123456789abcdef0123456.tmp",
    ".0123456789ABCDEF01234567.tmp",
    "0123456789abcdef01234567.tmp",
    ".0123456789abcdef01234567.tmp.damaged",
    "x.0123456789abcdef01234567.tmp",
  ];
  for (const name of [left, ...similar]) await writeFile(join(directory, name), "{");
  const folder = ".fedcba9876543210fedcba98.tmp";
  await mkdir(join(directory, folder, "kept"), { recursive: true });
  await mkdir(join(directory, "uploads"));
  await writeFile(join(directory, "uploads", left), "{");
  await writeFile(join(directory, "server.lock"), JSON.stringify({ pid: process.pid, id: "alive" }));
  const held = createServer().listen(controlSocketPath(directory));
  await once(held, "listening");
  await expect(holdStateFolder(directory)).rejects.toThrow(StateFolderHeld);
  expect(await readdir(directory)).toContain(left);
  await new Promise((resolve) => held.close(resolve));
  await rm(join(directory, "server.lock"));
  const release = await holdStateFolder(directory);
  expect((await readdir(directory)).sort()).toEqual([...similar, folder, "server.lock", "uploads"].sort());
  expect(await readdir(join(directory, "uploads"))).toEqual([left]);
  await release();
});

test("DUR-06: of many starters on the lock of a dead process exactly one wins", async () => {
  const directory = await temporaryFolder();
  // The largest pid that Linux gives out is 2^22.
  await writeFile(join(directory, "server.lock"), JSON.stringify({ pid: 2 ** 30, id: "dead" }));
  const winners: (() => Promise<void>)[] = [];
  const starters = Array.from({ length: 20 }, async () => {
    const release = await holdStateFolder(directory);
    winners.push(release);
    if (winners.length === 1) await openSocket(directory);
  });
  const outcomes = await Promise.allSettled(starters);
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(winners).toHaveLength(1);
});

for (const [name, text] of Object.entries({ empty: "", torn: '{"pid":12', zeros: "\0\0\0\0" })) {
  test(`DUR-06: a lock that a power loss left ${name} is stale, unless a server answers`, async () => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, "server.lock"), text);
    await (await holdStateFolder(directory))();
    await writeFile(join(directory, "server.lock"), text);
    await openSocket(directory);
    await expect(holdStateFolder(directory)).rejects.toThrow(/pid unknown/);
  });
}

test("DUR-06: a takeover that was broken off long ago is cleared away", async () => {
  const directory = await temporaryFolder();
  await writeFile(join(directory, "server.lock"), JSON.stringify({ pid: 2 ** 30, id: "dead" }));
  const takeover = join(directory, "server.lock.takeover");
  await mkdir(takeover);
  await utimes(takeover, 0, 0);
  const release = await holdStateFolder(directory);
  expect(await readdir(directory)).toEqual(["server.lock"]);
  await release();
});

test("DUR-06: a lock that a killed start left aside is cleared away, and one that is only just being written is not", async () => {
  const directory = await temporaryFolder();
  const [old, fresh, other] = ["server.lock.AAAAaaaa_-00", "server.lock.BBBBbbbb_-11", "server.lock.mine"];
  for (const name of [old, fresh, other]) await writeFile(join(directory, name), "{}");
  for (const name of [old, other]) await utimes(join(directory, name), 0, 0);
  await (await holdStateFolder(directory))();
  expect((await readdir(directory)).sort()).toEqual([fresh, other]);
});

test("commands reach a running server through its socket, which is this user's alone, and are written down", async () => {
  const directory = await temporaryFolder();
  const { devices, pairing, audit } = await openSocket(directory);
  expect((await stat(controlSocketPath(directory))).mode & 0o777).toBe(0o600);
  const access = await connectToServer(directory);
  if (access === null) throw new Error("No server was found.");
  const { device, token } = await access.addDevice({ name: "ci", rights: "full" });
  expect(devices.authenticate(token)).toMatchObject({
    type: "device",
    device: { id: device.id, name: "ci" },
  });
  const { code, address } = await access.createCode("approve");
  expect(address).toBe("http://127.0.0.1:1");
  expect(await pairing.redeem(code, () => true)).toEqual({
    outcome: "accepted",
    rights: "approve",
    madeBy: null,
  });
  expect(await access.limitDevice(device.id, "read")).toEqual({ type: "last_full_device" });
  expect(await access.limitDevice("nobody", "read")).toEqual({ type: "unknown" });
  const other = await access.addDevice({ name: "phone", rights: "full" });
  expect(await access.limitDevice(other.device.id, "read")).toMatchObject({
    type: "changed",
    device: { rights: "read" },
  });
  expect((await access.listDevices()).map(({ name }) => name)).toEqual(["ci", "phone"]);
  expect(await access.revokeDevice(device.id)).toBe(true);
  expect(devices.authenticate(token)).toMatchObject({ type: "revoked", by: null });
  expect((await access.revokeAllDevices()).map(({ name }) => name)).toEqual(["phone"]);
  const { entries } = await audit.page({ limit: 10 });
  expect(entries.map(({ actor, record }) => [actor.kind, record.kind]).reverse()).toEqual([
    ["command_line", "device_paired"],
    ["command_line", "code_made"],
    ["command_line", "device_paired"],
    ["command_line", "device_changed"],
    ["command_line", "device_revoked"],
    ["command_line", "device_revoked"],
  ]);
});

test("what is no command is refused, and the socket goes on", async () => {
  const directory = await temporaryFolder();
  await openSocket(directory);
  const access = await connectToServer(directory);
  await expect(access?.addDevice({ name: "", rights: "full" })).rejects.toThrow(/could not do it/);
  expect(await access?.listDevices()).toEqual([]);
});

test("a state folder with a long path has its socket elsewhere, in a folder of this user", async () => {
  const directory = join(await temporaryFolder(), "x".repeat(120));
  await prepareStateFolder(directory);
  await openSocket(directory);
  const path = controlSocketPath(directory);
  expect(path.startsWith(directory)).toBe(false);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
  expect(await connectToServer(directory)).not.toBeNull();
});

test("without a server there is nobody to reach", async () => {
  expect(await connectToServer(await temporaryFolder())).toBeNull();
});
