/** The device list: tokens as hashes, rights, revocation at once and for good. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DeviceStore } from "../../src/access/devices.ts";
import { hashSecret } from "../../src/access/secret.ts";
import { type DurableFiles, durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const openStore = (directory: string, now = () => new Date("2026-01-01T12:00:00Z")) =>
  DeviceStore.open({ directory, files: durableFiles, now });

test("a device is known by its token, also after a restart", async () => {
  const directory = await temporaryFolder();
  const { device, token } = await (await openStore(directory)).add({ name: "Pixel 9", rights: "approve" });
  const restarted = await openStore(directory);
  expect(restarted.authenticate(token)).toEqual({
    type: "device",
    device: { ...device, lastSeenAt: "2026-01-01T12:00:00.000Z" },
  });
  await restarted.close();
});

test("NET-03: no other token is known", async () => {
  const store = await openStore(await temporaryFolder());
  const { token } = await store.add({ name: "laptop", rights: "full" });
  const others = ["", "x", token.slice(0, -1), `${token}x`, token.toLowerCase(), "x".repeat(1_000_000)];
  expect(others.map((other) => store.authenticate(other).type)).toEqual(others.map(() => "unknown"));
});

test("NET-07: a token has 256 random bits, and the file holds only its hash, for this user alone", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { token } = await store.add({ name: "laptop", rights: "full" });
  const path = join(directory, "devices.json");
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(await readFile(path, "utf8")).not.toContain(token);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("NET-21: a revoked device is out at once, is told so, and stays out after a restart", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { device, token } = await store.add({ name: "phone", rights: "full" });
  const told: string[] = [];
  store.onRevoked((id) => told.push(id));
  expect(await store.revoke(device.id, "laptop")).toBe(true);
  expect(told).toEqual([device.id]);
  const revoked = { type: "revoked", by: "laptop", at: "2026-01-01T12:00:00.000Z" };
  expect(store.authenticate(token)).toEqual(revoked);
  expect((await openStore(directory)).authenticate(token)).toEqual(revoked);
  expect(await store.revoke(device.id, "laptop")).toBe(false);
});

test("NET-21: a device that an earlier version signed out is still told so, without who and when", async () => {
  const directory = await temporaryFolder();
  const file = { version: 1, devices: [], revoked: [hashSecret("its token")] };
  await writeFile(join(directory, "devices.json"), JSON.stringify(file));
  const store = await openStore(directory);
  expect(store.authenticate("its token")).toEqual({ type: "revoked", by: null, at: null });
  const { device } = await store.add({ name: "phone", rights: "full" });
  await store.revoke(device.id, null);
  expect((await openStore(directory)).authenticate("its token")).toMatchObject({ type: "revoked" });
});

test("a device can be renamed and limited", async () => {
  const store = await openStore(await temporaryFolder());
  const { device } = await store.add({ name: "phone", rights: "full" });
  expect(await store.change(device.id, { name: "tablet", rights: "read" })).toEqual({
    ...device,
    name: "tablet",
    rights: "read",
  });
  expect(store.hasFullDevice()).toBe(false);
  expect(await store.change("nobody", { name: "x" })).toBeNull();
});

test("a device that cannot be saved is not added or changed; one that is signed out is out all the same", async () => {
  let isFull = false;
  const writeAtomic: DurableFiles["writeAtomic"] = (...given) =>
    isFull ? Promise.reject(new Error("no space")) : durableFiles.writeAtomic(...given);
  const store = await DeviceStore.open({
    directory: await temporaryFolder(),
    files: { ...durableFiles, writeAtomic },
  });
  const { device, token } = await store.add({ name: "phone", rights: "read" });
  isFull = true;
  await expect(store.add({ name: "other", rights: "full" })).rejects.toThrow("no space");
  await expect(store.change(device.id, { rights: "full" })).rejects.toThrow("no space");
  expect(store.list()).toEqual([device]);
  await expect(store.revoke(device.id, null)).rejects.toThrow("no space");
  expect(store.authenticate(token)).toMatchObject({ type: "revoked" });
});

test("devices that are added and changed at once are all kept", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { device } = await store.add({ name: "one", rights: "full" });
  const [, , changed] = await Promise.all([
    store.add({ name: "two", rights: "read" }),
    store.add({ name: "three", rights: "read" }),
    store.change(device.id, { name: "first" }),
  ]);
  expect(changed?.name).toBe("first");
  expect(store.list().map(({ name }) => name)).toEqual(["first", "two", "three"]);
  expect((await openStore(directory)).list()).toEqual(store.list());
});

test("NET-14: being seen writes nothing at once, and the last time is kept when the store closes", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { token } = await store.add({ name: "phone", rights: "full" });
  const before = await readFile(join(directory, "devices.json"), "utf8");
  for (let requests = 0; requests < 100; requests++) store.authenticate(token);
  expect(await readFile(join(directory, "devices.json"), "utf8")).toBe(before);
  await store.close();
  const [device] = (await openStore(directory)).list();
  expect(device?.lastSeenAt).toBe("2026-01-01T12:00:00.000Z");
});

test("a damaged list is set aside whole, and nobody is let in", async () => {
  const directory = await temporaryFolder();
  await writeFile(join(directory, "devices.json"), '{"version":1,"dev');
  const store = await openStore(directory);
  expect(store.list()).toEqual([]);
  const aside = (await readdir(directory)).find((name) => name.endsWith(".damaged"));
  expect(await readFile(join(directory, aside ?? ""), "utf8")).toBe('{"version":1,"dev');
});
