/** Pairing over HTTP: codes and what they give, cookies, and proof that it is still the owner. */

import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localAccess } from "../../../src/command-line/control/access-control.ts";
import { type DeviceRights, ThisDevice } from "../../../src/protocol/device.ts";
import { PairingCodeView } from "../../../src/server/routes/access/pairing.ts";
import { bodyOf, origin, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const terminal = { rights: "full", madeBy: null } as const;
const minuteMs = 60_000;

const pair = (app: RunningApp, code: string, headers: Record<string, string> = {}) =>
  app.request("POST /api/pair", { token: null, body: { code, name: "phone" }, headers });
const cookieOf = (response: Response) => response.headers.get("set-cookie")?.split(";")[0] ?? "";

/** An app at a moment that the test moves; `token` is of a full device that was paired long ago. */
async function appAtNoon() {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const app = await runningApp({ now: () => clock.now });
  const { device, token } = await app.parts.devices.add({ name: "laptop", rights: "full" });
  clock.now = new Date(clock.now.getTime() + 60 * minuteMs);
  return { app, clock, device, token };
}

test("a code pairs a browser: the cookie opens everything from then on", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  const paired = await app.request("POST /api/pair", {
    token: null,
    body: { code, name: "Pixel 9" },
    headers: { origin, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
  });
  expect(paired.status).toBe(200);
  const device = await bodyOf(paired, ThisDevice);
  expect(device).toEqual({
    id: device.id,
    name: "Pixel 9",
    rights: "full",
    login: null,
    freshUntil: device.freshUntil,
    server: {
      version: "1.2.3",
      machine: "studio",
      address: origin,
      home: homedir(),
      https: false,
      notEncrypted: false,
      github: null,
      disk: "enough",
      demo: false,
    },
  });
  expect(device.freshUntil).not.toBeNull();
  const own = await app.request("GET /api/device", { token: null, headers: { cookie: cookieOf(paired) } });
  expect(await own.json()).toEqual(device);
});

test("NET-08: on http the cookie has no Domain, no Secure, and is HttpOnly, SameSite=Lax, Path=/", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  expect(attributesOf(await pair(app, code))).toEqual({
    name: "voxpilot_device",
    attributes: ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax"],
  });
});

test("NET-08: on https it is Secure, and its name starts with __Host-; under the other name it opens nothing", async () => {
  const app = await runningApp({ publicUrl: "https://voxpilot.example" });
  const { code } = await app.parts.pairing.create(terminal);
  const paired = await pair(app, code, { host: "voxpilot.example" });
  expect(attributesOf(paired)).toEqual({
    name: "__Host-voxpilot_device",
    attributes: ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Lax", "Secure"],
  });
  const cookie = cookieOf(paired);
  const statusWith = async (sent: string, host: string) =>
    (await app.request("GET /api/device", { token: null, headers: { cookie: sent, host } })).status;
  expect(await statusWith(cookie, "voxpilot.example")).toBe(200);
  expect(await statusWith(cookie.replace("__Host-", ""), "voxpilot.example")).toBe(401);
  expect(await statusWith(cookie, "127.0.0.1:8000")).toBe(401);
});

test("NET-06: a device cookie that is sent in is never adopted: the new one is another, the old stays what it was", async () => {
  const app = await runningApp();
  const chosen = "c".repeat(43);
  const { code } = await app.parts.pairing.create(terminal);
  const paired = await pair(app, code, { cookie: `voxpilot_device=${chosen}` });
  expect(paired.status).toBe(200);
  expect(cookieOf(paired)).not.toContain(chosen);
  const before = await app.request("GET /api/device", {
    token: null,
    headers: { cookie: `voxpilot_device=${chosen}` },
  });
  expect(before.status).toBe(401);
  const { code: second } = await app.parts.pairing.create(terminal);
  const again = await pair(app, second, { cookie: cookieOf(paired) });
  expect(cookieOf(again)).not.toBe(cookieOf(paired));
  const ids = [await paired.json(), await again.json()].map((device) => ThisDevice.parse(device).id);
  expect(new Set(ids).size).toBe(2);
});

test("NET-07: the token is in no answer and in no file, only its hash", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  const paired = await pair(app, code);
  const [, token = ""] = cookieOf(paired).split("=");
  expect(Buffer.from(token, "base64url").length).toBeGreaterThanOrEqual(16);
  const answers = [await paired.text()];
  for (const call of ["GET /api/device", "GET /api/devices"])
    answers.push(await (await app.request(call, { token })).text());
  await app.parts.devices.close();
  for (const name of ["devices.json", "pairing.json"])
    answers.push(await readFile(join(app.state, name), "utf8"));
  for (const text of answers) expect(text).not.toContain(token);
});

test("NET-24: the second use of a code answers 410, an unknown one 404, and neither sets a cookie", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  expect((await pair(app, code)).status).toBe(200);
  const again = await pair(app, code);
  expect([again.status, (await problemOf(again)).code, again.headers.get("set-cookie")]).toEqual([
    410,
    "code_expired",
    null,
  ]);
  const unknown = await pair(app, "AAAA-AAAA");
  expect([unknown.status, (await problemOf(unknown)).code, unknown.headers.get("set-cookie")]).toEqual([
    404,
    "code_unknown",
    null,
  ]);
});

test("NET-24: no credential stands in an address: a code and a token count only where they belong", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  const token = await app.tokenOf("full");
  for (const path of [`/api/pair?code=${code}`, `/pair?code=${code}`, `/pair/${code}`]) {
    const response = await app.request(`GET ${path}`, { token: null });
    expect([path, response.headers.get("set-cookie")]).toEqual([path, null]);
  }
  for (const name of ["token", "access_token", "voxpilot_device", "authorization"])
    expect((await app.request(`GET /api/device?${name}=${token}`, { token: null })).status).toBe(401);
  expect((await pair(app, code)).status).toBe(200);
});

test("NET-20: thirty wrong codes in a minute are held up after ten, even the right one, and say for how long", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create(terminal);
  const statuses = [];
  for (let tries = 0; tries < 30; tries++) statuses.push((await pair(app, "AAAA-AAAA")).status);
  expect(statuses).toEqual([...Array(10).fill(404), ...Array(20).fill(429)]);
  const held = await pair(app, code);
  expect([held.status, held.headers.get("retry-after")]).toEqual([429, "6"]);
  expect((await problemOf(held)).data).toEqual({ retryAfterSeconds: 6 });
});

test("NET-20: wrong codes that are sent at once are counted as well", async () => {
  const app = await runningApp();
  const answers = await Promise.all(Array.from({ length: 100 }, () => pair(app, "AAAA-AAAA")));
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(90);
});

test("NET-20: the terminal's way in stays open while the network's is held up", async () => {
  const app = await runningApp();
  for (let tries = 0; tries < 30; tries++) await pair(app, "AAAA-AAAA");
  const { devices, pairing, audit } = app.parts;
  const console = localAccess({ devices, pairing, audit, address: () => origin, bound: null });
  const { token } = await console.addDevice({ name: "rescue", rights: "full" });
  expect((await app.request("GET /api/devices", { token })).status).toBe(200);
});

test("a code gives its rights and no more", async () => {
  const app = await runningApp();
  for (const rights of ["read", "approve", "full"] satisfies DeviceRights[]) {
    const { code } = await app.parts.pairing.create({ rights, madeBy: null });
    expect((await bodyOf(await pair(app, code), ThisDevice)).rights).toBe(rights);
  }
});

test("a full device makes codes for others; the secret stands in the fragment", async () => {
  const { app, token } = await appAtNoon();
  const made = await app.read("POST /api/pair/codes", PairingCodeView, {
    token,
    body: { rights: "approve" },
  });
  expect(made.url).toBe(`${origin}/pair#${made.code}`);
  const paired = await pair(app, made.code);
  expect([paired.status, (await bodyOf(paired, ThisDevice)).rights]).toEqual([200, "approve"]);
});

test("NET-23: a code for full rights needs fresh proof", async () => {
  const { app, clock, token } = await appAtNoon();
  const make = () => app.request("POST /api/pair/codes", { token, body: { rights: "full" } });
  const refused = await make();
  expect([refused.status, (await problemOf(refused)).code]).toEqual([401, "proof_needed"]);
  expect((await app.request("POST /api/pair/codes", { token, body: {} })).status).toBe(401);
  const { code } = await app.parts.pairing.create({ rights: "read", madeBy: null });
  const proven = await app.read("POST /api/device/proof", ThisDevice, { token, body: { code } });
  expect(proven.freshUntil).toBe(new Date(clock.now.getTime() + 5 * minuteMs).toISOString());
  expect((await make()).status).toBe(201);
  clock.now = new Date(clock.now.getTime() + 5 * minuteMs);
  expect((await make()).status).toBe(401);
});

test("NET-23: proof is consumed, counted against guessing, and not given by a device's own code", async () => {
  const { app, device, token } = await appAtNoon();
  const prove = async (code: string) => {
    const response = await app.request("POST /api/device/proof", { token, body: { code } });
    return response.ok ? [response.status, null] : [response.status, (await problemOf(response)).code];
  };
  const own = await app.parts.pairing.create({ rights: "approve", madeBy: device.id });
  expect(await prove(own.code)).toEqual([403, "forbidden"]);
  const another = await app.parts.devices.add({ name: "tablet", rights: "full" });
  const theirs = await app.parts.pairing.create({ rights: "approve", madeBy: another.device.id });
  expect(await prove(theirs.code)).toEqual([200, null]);
  expect(await prove(theirs.code)).toEqual([410, "code_expired"]);
  expect((await pair(app, theirs.code)).status).toBe(410);
  for (let tries = 0; tries < 10; tries++) await prove("AAAA-AAAA");
  expect(await prove("AAAA-AAAA")).toEqual([429, "too_many_tries"]);
});

test("NET-21: codes that a device left behind are void once it is signed out or has lower rights", async () => {
  const { app } = await appAtNoon();
  for (const end of ["revoke", "limit"] as const) {
    const { device } = await app.parts.devices.add({ name: "stolen", rights: "full" });
    const { code } = await app.parts.pairing.create({ rights: "approve", madeBy: device.id });
    if (end === "revoke") await app.parts.devices.revoke(device.id, null);
    else await app.parts.devices.change(device.id, { rights: "approve" });
    const paired = await pair(app, code);
    expect([end, paired.status, (await problemOf(paired)).code]).toEqual([end, 410, "code_expired"]);
  }
});

test("NET-29: a clock that jumps a day signs nobody out and brings no code back", async () => {
  const { app, clock, token } = await appAtNoon();
  const { code } = await app.parts.pairing.create(terminal);
  for (const days of [1, -1]) {
    const before = clock.now;
    clock.now = new Date(before.getTime() + days * 24 * 60 * minuteMs);
    expect((await app.request("GET /api/device", { token })).status).toBe(200);
    expect((await pair(app, code)).status).toBe(410);
    clock.now = before;
  }
  expect((await pair(app, code)).status).toBe(200);
});

test("a list of devices that is damaged lets nobody in", async () => {
  const { app, token } = await appAtNoon();
  await app.parts.devices.close();
  await writeFile(join(app.state, "devices.json"), "{");
  const { DeviceStore } = await import("../../../src/access/devices.ts");
  const { durableFiles } = await import("../../../src/workspace/durable-files.ts");
  const store = await DeviceStore.open({ directory: app.state, files: durableFiles });
  expect(store.authenticate(token)).toEqual({ type: "unknown" });
});

/** A `Set-Cookie` header, taken apart. */
function attributesOf(response: Response): { name: string; attributes: string[] } {
  const cookies = response.headers.getSetCookie();
  expect(cookies).toHaveLength(1);
  const [pairText = "", ...attributes] = (cookies[0] ?? "").split("; ");
  expect(pairText).toMatch(/^[\w-]+=[A-Za-z0-9_-]{43}$/);
  return { name: pairText.split("=")[0] ?? "", attributes: attributes.sort() };
}

test("NET-20: strangers who try codes hold up no device that proves itself, and the other way round", async () => {
  const { app, token } = await appAtNoon();
  for (let tries = 0; tries < 12; tries++) await pair(app, "AAAA-AAAA");
  expect((await pair(app, "AAAA-AAAA")).status).toBe(429);
  const { code } = await app.parts.pairing.create(terminal);
  const prove = (typed: string, by = token) =>
    app.request("POST /api/device/proof", { token: by, body: { code: typed } });
  for (let tries = 0; tries < 9; tries++) expect((await prove("AAAA-AAAA")).status).toBe(404);
  expect((await prove(code)).status).toBe(200);
  expect((await prove("AAAA-AAAA")).status).toBe(404);
  expect((await prove("AAAA-AAAA")).status).toBe(429);
  expect((await prove("AAAA-AAAA", await app.tokenOf("full"))).status).toBe(404);
});

test("a device's name has no character that is unseen or turns others around", async () => {
  const { app } = await appAtNoon();
  for (const name of ["lap\u202etop", "lap\u200btop", "lap\u0007top", "lap\u2028top", "lap\u00adtop"]) {
    const { code } = await app.parts.pairing.create(terminal);
    const paired = await app.request("POST /api/pair", { token: null, body: { code, name } });
    expect([name, paired.status]).toEqual([name, 400]);
    const [device] = app.parts.devices.list();
    const renamed = await app.request(`PATCH /api/devices/${device?.id}`, { body: { name } });
    expect([name, renamed.status]).toEqual([name, 400]);
  }
  const { code } = await app.parts.pairing.create(terminal);
  const body = { code, name: " Zoë’s Pixel 9 📱 " };
  const paired = await app.read("POST /api/pair", ThisDevice, { token: null, body });
  expect(paired.name).toBe("Zoë’s Pixel 9 📱");
});
