/** The device list: tokens as hashes, rights, revocation at once and for good. */
import { EventEmitter, once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { DeviceStore, LastFullDevice } from "../../src/access/devices.ts";
import { hashSecret } from "../../src/access/secret.ts";
import { type DurableFiles, durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const openStore = (directory: string, now = () => new Date("2026-01-01T12:00:00Z")) =>
  DeviceStore.open({ directory, files: durableFiles, now });

const daysAfter = (date: Date, days: number) => new Date(date.getTime() + days * 24 * 60 * 60_000);

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

test("NET-21: a revoked device is out at once, is told who did it and when, and stays out after a restart", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { device, token } = await store.add({ name: "phone", rights: "full" });
  const told: string[] = [];
  store.onReduced((id) => told.push(id));
  expect(await store.revoke(device.id, "laptop")).toBe(true);
  expect(told).toEqual([device.id]);
  const revoked = { type: "revoked", by: "laptop", at: "2026-01-01T12:00:00.000Z" };
  expect(store.authenticate(token)).toEqual(revoked);
  expect((await openStore(directory)).authenticate(token)).toEqual(revoked);
  expect(await store.revoke(device.id, null)).toBe(false);
});

test("NET-21: of a hundred devices all others are signed out at once, and stay out after a restart", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const added = [];
  for (let count = 0; count < 100; count++)
    added.push(await store.add({ name: `device ${count}`, rights: count === 0 ? "full" : "approve" }));
  const told: string[] = [];
  store.onReduced((id) => told.push(id));
  const [own, ...others] = added;
  const revoking = store.revokeAll(own?.device.id ?? "", "device 0");
  expect(others.map(({ token }) => store.authenticate(token).type)).toEqual(others.map(() => "revoked"));
  expect((await revoking).map(({ id }) => id)).toEqual(others.map(({ device }) => device.id));
  expect(told).toEqual(others.map(({ device }) => device.id));
  const restarted = await openStore(directory);
  expect(restarted.list()).toEqual([own?.device]);
  expect(added.map(({ token }) => restarted.authenticate(token).type)).toEqual([
    "device",
    ...others.map(() => "revoked"),
  ]);
  await restarted.close();
});

test("NET-21: a device that is signed out while it is renamed does not come back, and of two who sign it out one did", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { device, token } = await store.add({ name: "phone", rights: "full" });
  const outcomes = await Promise.all([
    store.change(device.id, { name: "renamed" }),
    store.revoke(device.id, "laptop"),
    store.revoke(device.id, "tablet"),
    store.setLogin(device.id, "octocat"),
  ]);
  expect(outcomes).toEqual([null, true, false, null]);
  expect(store.authenticate(token)).toMatchObject({ type: "revoked", by: "laptop" });
  const restarted = await openStore(directory);
  expect([restarted.list(), restarted.authenticate(token).type]).toEqual([[], "revoked"]);
});

test("NET-21: what was revoked before it was written down who did it is still out", async () => {
  const directory = await temporaryFolder();
  const file = { version: 1, devices: [], revoked: [hashSecret("an old token"), "not even a hash"] };
  await writeFile(join(directory, "devices.json"), JSON.stringify(file));
  const store = await openStore(directory);
  expect(store.authenticate("an old token")).toEqual({ type: "revoked", by: null, at: null });
});

test("devices of an earlier file come in, with what was not known then left open", async () => {
  const directory = await temporaryFolder();
  const old = {
    id: "a",
    name: "phone",
    rights: "full",
    createdAt: "2025-12-30T00:00:00.000Z",
    lastSeenAt: null,
  };
  const file = { version: 1, devices: [{ ...old, tokenHash: hashSecret("an old token") }], revoked: [] };
  await writeFile(join(directory, "devices.json"), JSON.stringify(file));
  expect((await openStore(directory)).list()).toEqual([{ ...old, lastAddress: null, login: null }]);
});

test("NET-21: a sign-out that the disk did not take is tried again until it is there", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const directory = await temporaryFolder();
  let isFull = false;
  const written = new EventEmitter();
  const writeAtomic: DurableFiles["writeAtomic"] = async (...given) => {
    if (isFull) throw new Error("no space");
    await durableFiles.writeAtomic(...given);
    written.emit("written");
  };
  const store = await DeviceStore.open({ directory, files: { ...durableFiles, writeAtomic } });
  const { device, token } = await store.add({ name: "phone", rights: "full" });
  isFull = true;
  await expect(store.revoke(device.id, null)).rejects.toThrow("no space");
  isFull = false;
  const isWritten = once(written, "written");
  await vi.advanceTimersByTimeAsync(60_000);
  await isWritten;
  expect((await openStore(directory)).authenticate(token).type).toBe("revoked");
});

test("NET-22: a device is out after thirty days without a visit, and told so; a visit begins them anew", async () => {
  const directory = await temporaryFolder();
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const store = await openStore(directory, () => clock.now);
  const { token } = await store.add({ name: "phone", rights: "full" });
  const { token: idle } = await store.add({ name: "tablet", rights: "full" });
  expect(store.list()).toHaveLength(2);
  clock.now = daysAfter(clock.now, 29);
  expect(store.authenticate(token).type).toBe("device");
  await store.close();
  clock.now = daysAfter(clock.now, 2);
  const restarted = await openStore(directory, () => clock.now);
  expect([restarted.authenticate(token).type, restarted.authenticate(idle).type]).toEqual([
    "device",
    "expired",
  ]);
  expect(restarted.list().map(({ name }) => name)).toEqual(["phone"]);
  clock.now = daysAfter(clock.now, 31);
  expect([restarted.authenticate(token).type, restarted.hasFullDevice()]).toEqual(["expired", false]);
  await restarted.close();
});

test("NET-22: a device is out after four hundred days, however often it came", async () => {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const store = await openStore(await temporaryFolder(), () => clock.now);
  const { token } = await store.add({ name: "phone", rights: "full" });
  for (let days = 0; days < 399; days += 21) {
    clock.now = daysAfter(new Date("2026-01-01T12:00:00Z"), days);
    expect(store.authenticate(token).type).toBe("device");
  }
  clock.now = daysAfter(new Date("2026-01-01T12:00:00Z"), 400);
  expect(store.authenticate(token)).toEqual({ type: "expired" });
  await store.close();
});

test("NET-29: a clock that jumps a day, or a year and back, signs nobody out", async () => {
  const noon = new Date("2026-01-01T12:00:00Z");
  const clock = { now: noon };
  const store = await openStore(await temporaryFolder(), () => clock.now);
  const { token } = await store.add({ name: "phone", rights: "full" });
  const seenAt = (days: number) => {
    clock.now = daysAfter(noon, days);
    const found = store.authenticate(token);
    return found.type === "device" ? found.device.lastSeenAt : found.type;
  };
  expect(seenAt(1)).toBe("2026-01-02T12:00:00.000Z");
  expect(seenAt(-1)).toBe("2025-12-31T12:00:00.000Z");
  expect(seenAt(365)).toBe("expired");
  expect(seenAt(0)).toBe("2026-01-01T12:00:00.000Z");
  await store.close();
});

test("where a device was seen last and who is signed in there is kept", async () => {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const { device, token } = await store.add({
    name: "phone",
    rights: "full",
    pairedBy: "github",
    login: "octocat",
    address: "192.0.2.7",
  });
  expect([device.lastAddress, device.login]).toEqual(["192.0.2.7", "octocat"]);
  store.authenticate(token, "192.0.2.8");
  store.authenticate(token, "192.0.2.9");
  expect(store.find(device.id)?.lastAddress).toBe("192.0.2.9");
  expect((await store.setLogin(device.id, null))?.login).toBeNull();
  await store.close();
  const restarted = await openStore(directory);
  expect(restarted.find(device.id)).toEqual({
    ...device,
    login: null,
    lastAddress: "192.0.2.9",
    lastSeenAt: "2026-01-01T12:00:00.000Z",
  });
});

test("the last device with full rights keeps them, also when two take them from each other at once", async () => {
  const store = await openStore(await temporaryFolder());
  const one = await store.add({ name: "one", rights: "full" });
  const two = await store.add({ name: "two", rights: "full" });
  const outcomes = await Promise.allSettled([
    store.change(one.device.id, { rights: "read" }),
    store.change(two.device.id, { rights: "read" }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(store.change(two.device.id, { rights: "approve" })).rejects.toThrow(LastFullDevice);
  expect(store.list().map(({ rights }) => rights)).toEqual(["read", "full"]);
});

test("lower rights are told of, higher ones and another name are not", async () => {
  const store = await openStore(await temporaryFolder());
  await store.add({ name: "owner", rights: "full" });
  const { device } = await store.add({ name: "phone", rights: "approve" });
  const told: string[] = [];
  store.onReduced((id) => told.push(id));
  await store.change(device.id, { name: "tablet" });
  await store.change(device.id, { rights: "full" });
  expect(told).toEqual([]);
  await store.change(device.id, { rights: "approve" });
  expect(told).toEqual([device.id]);
});

test("a device can be renamed and limited", async () => {
  const store = await openStore(await temporaryFolder());
  const { device } = await store.add({ name: "phone", rights: "approve" });
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
  expect(store.authenticate(token)).toMatchObject({ type: "revoked", by: null });
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

test("an id is letters and digits alone, so that it can be typed behind a command", async () => {
  const store = await openStore(await temporaryFolder());
  for (let count = 0; count < 50; count++) {
    const { device } = await store.add({ name: "phone", rights: "read" });
    expect(device.id).toMatch(/^[a-z0-9]{18}$/);
  }
});

test("NET-21: what a device settled counts until it is signed out or has lower rights, also after a restart", async () => {
  const directory = await temporaryFolder();
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const store = await openStore(directory, () => clock.now);
  const [before, after] = ["2026-01-01T12:30:00Z", "2026-01-01T13:30:00Z"];
  const { device } = await store.add({ name: "laptop", rights: "full" });
  const { device: phone } = await store.add({ name: "phone", rights: "full" });
  clock.now = new Date("2026-01-01T13:00:00Z");
  await store.change(phone.id, { name: "old phone" });
  expect(store.stillCounts(phone.id, before)).toBe(true);
  await store.change(phone.id, { rights: "approve" });
  const restarted = await openStore(directory, () => clock.now);
  for (const known of [store, restarted]) {
    expect(known.stillCounts(device.id, before)).toBe(true);
    expect([known.stillCounts(phone.id, before), known.stillCounts(phone.id, after)]).toEqual([false, true]);
  }
  await restarted.revoke(phone.id, null);
  expect(restarted.stillCounts(phone.id, after)).toBe(false);
});
