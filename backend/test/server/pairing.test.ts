/** Pairing over HTTP, and the list of devices. */
import { expect, test } from "vitest";
import { ThisDevice } from "../../src/protocol/catalogue.ts";
import { DeviceList } from "../../src/server/routes/devices.ts";
import { PairingCodeView } from "../../src/server/routes/pairing.ts";
import { bodyOf, eventsOf, origin, problemOf, runningApp } from "../support/running-app.ts";

test("a code pairs a browser: the cookie opens everything from then on", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create();
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
    server: { version: "1.2.3", machine: "studio", address: origin, https: false, demo: false },
  });
  const cookie = paired.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(
    /^voxpilot_device=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/,
  );
  const own = await app.request("GET /api/device", {
    token: null,
    headers: { cookie: cookie.split(";")[0] ?? "" },
  });
  expect(await own.json()).toEqual(device);
});

test("NET-24: the second use of a code answers 410, an unknown one 404, and neither sets a cookie", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create();
  const pair = (typed: string) =>
    app.request("POST /api/pair", { token: null, body: { code: typed, name: "phone" } });
  expect((await pair(code)).status).toBe(200);
  const again = await pair(code);
  expect([again.status, (await problemOf(again)).code, again.headers.get("set-cookie")]).toEqual([
    410,
    "code_expired",
    null,
  ]);
  const unknown = await pair("AAAA-AAAA");
  expect([unknown.status, (await problemOf(unknown)).code, unknown.headers.get("set-cookie")]).toEqual([
    404,
    "code_unknown",
    null,
  ]);
});

test("NET-20: ten wrong codes are enough for a minute, even for the right one", async () => {
  const app = await runningApp();
  const { code } = await app.parts.pairing.create();
  const pair = (typed: string) =>
    app.request("POST /api/pair", { token: null, body: { code: typed, name: "phone" } });
  for (let tries = 0; tries < 10; tries++) expect((await pair("AAAA-AAAA")).status).toBe(404);
  const held = await pair(code);
  expect([held.status, held.headers.get("retry-after")]).toEqual([429, "6"]);
  expect((await problemOf(held)).data).toEqual({ retryAfterSeconds: 6 });
});

test("a full device makes codes for others; the secret stands in the fragment", async () => {
  const app = await runningApp();
  const made = await app.read("POST /api/pair/codes", PairingCodeView, { body: {} });
  expect(made.url).toBe(`${origin}/pair#${made.code}`);
  const paired = await app.request("POST /api/pair", {
    token: null,
    body: { code: made.code, name: "tablet" },
  });
  expect(paired.status).toBe(200);
});

test("devices are listed without secrets, renamed, limited and signed out", async () => {
  const app = await runningApp();
  const { device, token } = await app.parts.devices.add({ name: "phone", rights: "full" });
  const limited = await app.request(`PATCH /api/devices/${device.id}`, {
    body: { name: "old phone", rights: "read" },
  });
  expect(await limited.json()).toEqual({ ...device, name: "old phone", rights: "read" });
  const { devices } = await app.read("GET /api/devices", DeviceList);
  expect(devices.map((entry) => entry.name)).toEqual(["a full device", "old phone"]);
  expect(JSON.stringify(devices)).not.toMatch(/[0-9a-f]{64}/);
  expect((await app.request("POST /api/sessions", { token, body: { project: app.project } })).status).toBe(
    403,
  );
  expect((await app.request(`DELETE /api/devices/${device.id}`)).status).toBe(204);
  expect(await problemOf(await app.request("GET /api/device", { token }))).toMatchObject({
    status: 401,
    code: "device_revoked",
    data: { by: "a full device", at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
  });
  expect((await app.request(`DELETE /api/devices/${device.id}`)).status).toBe(404);
});

test("NET-21: signing a device out ends its open stream", async () => {
  const app = await runningApp();
  const { device, token } = await app.parts.devices.add({ name: "phone", rights: "read" });
  const stream = await app.request("GET /api/events", { token });
  const seen: string[] = [];
  for await (const { event } of eventsOf(stream)) {
    seen.push(event);
    await app.parts.devices.revoke(device.id, null);
  }
  expect(seen).toEqual(["snapshot"]);
});
