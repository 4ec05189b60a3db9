/** What a server with its own certificate answers on plain http, on the same port. */
import { request } from "node:https";
import { expect, test } from "vitest";
import { ServerCertificate } from "../../src/access/tls/server-certificate.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import type { RunningAppOptions } from "../support/running-app.ts";
import { rawRequest, type ServedApp, servedApp } from "../support/served-app.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function served(
  options: RunningAppOptions = {},
): Promise<ServedApp & { certificate: ServerCertificate }> {
  const certificate = await ServerCertificate.open({
    directory: await temporaryFolder(),
    files: durableFiles,
    machine: "studio",
    names: ["127.0.0.1"],
  });
  const app = await servedApp({ ...options, trust: certificate, credentials: certificate.credentials });
  return { ...app, certificate };
}

const location = (answer: string) => /\r\nlocation: (\S+)\r\n/i.exec(answer)?.[1] ?? null;

test.each([
  ["GET /trust", 200],
  ["HEAD /trust", 200],
  ["GET /trust/ca.crt", 200],
  ["GET /trust/ca.mobileconfig", 200],
  ["GET /api/trust", 200],
  ["GET /api/health", 200],
  ["GET /assets/main-ABCD2345.js", 404],
  ["GET /theme.js", 404],
  ["GET /api/sessions/main.js", 308],
  ["GET /api/none.json", 308],
  ["GET /API/none.json", 308],
  ["POST /api/pair", 403],
  ["POST /trust", 403],
  ["PUT /api/health", 403],
  ["OPTIONS /api/pair", 403],
])("%s over plain http is %i", async (call, expected) => {
  const { status } = await served();
  expect(await status({ call })).toBe(expected);
});

test.each([
  "/",
  "/pair",
  "/s/abcdefgh?x=1&y=%2F",
  "/api/device",
  "/api/events",
  "/index.html",
  "/trust/",
  "/trust/other",
  "//evil.example/",
])("GET %s over plain http is sent on to the same place on https, and nowhere else", async (path) => {
  const { send } = await served();
  const answer = await send(rawRequest({ call: `GET ${path}` }));
  const target = new URL(location(answer) ?? "");
  expect([answer.slice(9, 12), target.origin]).toEqual(["308", "https://127.0.0.1:8000"]);
  expect(answer).not.toMatch(/set-cookie|strict-transport-security/i);
});

test("the trust page's own scripts come with an origin of http, which changes nothing for all else", async () => {
  const { status } = await served();
  const ask = (call: string, from: string) => status({ call, headers: [`Origin: ${from}`] });
  expect(await ask("GET /api/trust", "http://127.0.0.1:8000")).toBe(200);
  expect(await ask("GET /theme.js", "http://127.0.0.1:8000")).toBe(404);
  expect(await ask("GET /api/trust", "https://127.0.0.1:8000")).toBe(403);
  expect(await ask("GET /api/trust", "http://evil.example")).toBe(403);
  expect(await ask("POST /api/pair", "http://127.0.0.1:8000")).toBe(403);
  expect(await ask("GET /api/device", "http://127.0.0.1:8000")).toBe(308);
});

test("the query goes along; a foreign Host is refused, not sent anywhere", async () => {
  const { send } = await served();
  expect(location(await send(rawRequest({ call: "GET /s/abcdefgh?x=1&y=%2F" })))).toBe(
    "https://127.0.0.1:8000/s/abcdefgh?x=1&y=%2F",
  );
  const foreign = await send(rawRequest({ call: "GET /", host: "evil.example" }));
  expect([foreign.slice(9, 12), location(foreign)]).toEqual(["421", null]);
});

test("an address that is none is 400, and sent nowhere", async () => {
  const { send } = await served();
  const answer = await send(rawRequest({ call: "GET /\\evil.example" }));
  expect([answer.slice(9, 12), location(answer)]).toEqual(["400", null]);
});

test("a device token does not open plain http", async () => {
  const { app, status } = await served();
  const { token } = await app.parts.devices.add({ name: "ci", rights: "full", pairedBy: "command_line" });
  const headers = [
    `Authorization: Bearer ${token}`,
    `Cookie: voxpilot_device=${token}; __Host-voxpilot_device=${token}`,
  ];
  expect(await status({ call: "GET /api/device", headers })).toBe(308);
  expect(await status({ call: "POST /api/pair/codes", headers })).toBe(403);
});

test("NET-08: over https the cookie is __Host-, Secure, HttpOnly, without Domain; the plain name is not read", async () => {
  const { app, port, certificate } = await served();
  const { code } = await app.parts.pairing.create({ rights: "full", madeBy: null });
  const ask = (path: string, more: { cookie?: string; body?: string } = {}) =>
    new Promise<{ status: number; cookie: string | undefined }>((resolve, reject) => {
      const headers = {
        host: "127.0.0.1:8000",
        ...(more.cookie === undefined ? {} : { cookie: more.cookie }),
        ...(more.body === undefined
          ? {}
          : { "content-type": "application/json", origin: "https://127.0.0.1:8000" }),
      };
      const method = more.body === undefined ? "GET" : "POST";
      const options = { ca: certificate.authorityPem, method, headers };
      request(`https://127.0.0.1:${port}${path}`, options, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, cookie: response.headers["set-cookie"]?.[0] });
      })
        .on("error", reject)
        .end(more.body);
    });
  const paired = await ask("/api/pair", { body: JSON.stringify({ code, name: "phone" }) });
  expect(paired.cookie).toMatch(
    /^__Host-voxpilot_device=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
  );
  const token = paired.cookie?.split(/[=;]/)[1] ?? "";
  expect((await ask("/api/device", { cookie: `__Host-voxpilot_device=${token}` })).status).toBe(200);
  expect((await ask("/api/device", { cookie: `voxpilot_device=${token}` })).status).toBe(401);
});

test("a trusted proxy's plain connection counts as https under the public address alone", async () => {
  const { status } = await served({ publicUrl: "https://studio.example.org", trustedProxies: ["127.0.0.1"] });
  expect(await status({ call: "GET /api/device", host: "studio.example.org" })).toBe(401);
  expect(await status({ call: "GET /api/device" })).toBe(308);
  const stranger = await served({ publicUrl: "https://studio.example.org", trustedProxies: ["10.0.0.0/8"] });
  expect(await stranger.status({ call: "GET /api/device", host: "studio.example.org" })).toBe(308);
});
