/** Every route, one by one: who gets in. The list is the router's own table, so that no route can be forgotten. */
import { describe, expect, test } from "vitest";
import { createToken } from "../../src/access/secret.ts";
import { allRoutes } from "../../src/server/routes/all-routes.ts";
import { problemOf, runningApp } from "../support/running-app.ts";

const calls = allRoutes.map((route) => ({
  call: `${route.method.toUpperCase()} ${route.path.replaceAll(/\{\w+\}/g, "abcdefgh")}`,
  right: route.right,
}));
const closed = calls.filter(({ right }) => right !== "public");
const requestBody = (call: string) =>
  call.startsWith("GET") || call.startsWith("DELETE") ? {} : { body: {} };

describe("NET-02: without a device", () => {
  test("only health, pairing, signing in with GitHub and the authority to trust are public", () => {
    expect(calls.filter(({ right }) => right === "public").map(({ call }) => call)).toEqual([
      "GET /api/health",
      "POST /api/pair",
      "GET /api/auth",
      "GET /api/auth/login",
      "GET /api/auth/callback",
      "POST /api/auth/device",
      "GET /api/auth/device/abcdefgh",
      "POST /api/auth/token",
      "GET /api/auth/me",
      "POST /api/auth/logout",
      "GET /api/trust",
      "GET /trust/ca.crt",
      "GET /trust/ca.mobileconfig",
    ]);
  });

  test("each other route answers 401 and says why", async () => {
    const app = await runningApp();
    for (const { call } of closed) {
      const response = await app.request(call, { token: null, ...requestBody(call) });
      expect([call, response.status, (await problemOf(response)).code]).toEqual([call, 401, "not_paired"]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("an unknown call answers 401, and 404 with a device", async () => {
    const app = await runningApp();
    for (const call of ["GET /api/none", "POST /api/none", "GET /api/", "DELETE /api/sessions/x/y/z"]) {
      expect((await app.request(call, { token: null })).status).toBe(401);
      const known = await app.request(call);
      expect([call, known.status, (await problemOf(known)).code]).toEqual([call, 404, "not_found"]);
    }
  });

  test("NET-03: a token that merely exists is no device", async () => {
    const app = await runningApp();
    const good = await app.tokenOf("full");
    const cookies = [
      "gh_token=x",
      "voxpilot_device=x",
      `voxpilot_device=${good.slice(1)}`,
      `voxpilot_device_demo=${good}`,
      `__Host-voxpilot_device=${good}`,
      `voxpilot_device=${good}; voxpilot_device=${good}`,
      `voxpilot_device=${"x".repeat(1_000_000)}`,
      "gh_token=gho_0123456789abcdef0123456789abcdef0123",
      `other=${good}`,
    ];
    for (const cookie of cookies) {
      const response = await app.request("GET /api/sessions", { token: null, headers: { cookie } });
      expect([cookie, response.status]).toEqual([cookie, 401]);
    }
    const paired = await app.request("GET /api/sessions", {
      token: null,
      headers: { cookie: `voxpilot_device=${good}` },
    });
    expect(paired.status).toBe(200);
  });

  test("NET-03: of 10,000 random tokens none is a device", async () => {
    const app = await runningApp();
    for (let count = 0; count < 10_000; count++)
      expect(app.parts.devices.authenticate(createToken())).toEqual({ type: "unknown" });
    for (let count = 0; count < 200; count++) {
      const cookie = `voxpilot_device=${createToken()}`;
      const { status } = await app.request("GET /api/sessions", { token: null, headers: { cookie } });
      expect([count, status]).toEqual([count, count < 60 ? 401 : 429]);
    }
  });
});

test("NET-21: a revoked device is told so on each route", async () => {
  const app = await runningApp();
  const { device, token } = await app.parts.devices.add({ name: "phone", rights: "full" });
  await app.parts.devices.revoke(device.id, null);
  for (const { call } of closed) {
    const response = await app.request(call, { token, ...requestBody(call) });
    expect([call, response.status, (await problemOf(response)).code]).toEqual([call, 401, "device_revoked"]);
  }
});

test("a device with too weak a right is refused by each route that needs more", async () => {
  const app = await runningApp();
  const tokens = { read: await app.tokenOf("read"), approve: await app.tokenOf("approve") };
  const refused = { read: ["approve", "full"], approve: ["full"] };
  for (const rights of ["read", "approve"] as const) {
    for (const { call } of closed.filter(({ right }) => refused[rights].includes(right))) {
      const response = await app.request(call, { token: tokens[rights], ...requestBody(call) });
      expect([rights, call, response.status, (await problemOf(response)).code]).toEqual([
        rights,
        call,
        403,
        "forbidden",
      ]);
    }
  }
});

test("NET-09, NET-10: each route refuses a foreign host and a foreign page, device or not", async () => {
  const app = await runningApp();
  for (const { call } of calls) {
    const elsewhere = await app.request(call, { headers: { host: "evil.example" }, ...requestBody(call) });
    expect([call, elsewhere.status, (await problemOf(elsewhere)).code]).toEqual([call, 421, "foreign_host"]);
    const foreign = await app.request(call, {
      headers: { origin: "https://evil.example" },
      ...requestBody(call),
    });
    expect([call, foreign.status, (await problemOf(foreign)).code]).toEqual([call, 403, "foreign_origin"]);
    const rebound = await app.request(call, {
      headers: { "sec-fetch-site": "cross-site" },
      ...requestBody(call),
    });
    expect([call, rebound.status]).toEqual([call, 403]);
  }
});

test("NET-12: each route refuses to become a WebSocket", async () => {
  const app = await runningApp();
  for (const { call } of calls) {
    const response = await app.request(call, {
      headers: { upgrade: "websocket", connection: "upgrade" },
      ...requestBody(call),
    });
    expect([call, response.status, (await problemOf(response)).code]).toEqual([call, 403, "upgrade_refused"]);
  }
});

test("NET-13: no answer grants another origin anything", async () => {
  const app = await runningApp();
  for (const { call } of calls) {
    const path = call.split(" ")[1];
    const preflight = await app.request(`OPTIONS ${path}`, {
      token: null,
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect([call, preflight.status]).toEqual([call, 403]);
    for (const name of preflight.headers.keys()) expect(name).not.toMatch(/^access-control-/);
  }
});

test("NET-15: a change needs JSON", async () => {
  const app = await runningApp();
  const changes = calls.filter(({ call }) => /^(POST|PUT|PATCH)/.test(call));
  for (const { call } of changes) {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "",
    ]) {
      const response = await app.request(call, { body: "{}", headers: { "content-type": type } });
      expect([call, type, response.status, (await problemOf(response)).code]).toEqual([
        call,
        type,
        415,
        "unsupported_media_type",
      ]);
    }
    const empty = await app.request(call);
    expect([call, empty.status]).toEqual([call, 415]);
  }
});

test("a known path under another method answers 405 and names the right ones", async () => {
  const app = await runningApp();
  const response = await app.request("DELETE /api/sessions");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"]);
});
