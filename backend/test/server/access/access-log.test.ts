/** One line for each request, without a secret. */
import { expect, test } from "vitest";
import { logRequests } from "../../../src/server/callers/access-log.ts";
import { servedApp } from "../../support/served-app.ts";

test("NET-27: each request gives one line: peer, device, method, route, status", async () => {
  const { app, lines, status } = await servedApp();
  const { device, token } = await app.parts.devices.add({ name: "laptop", rights: "full", pairedBy: "code" });
  const bearer = `Authorization: Bearer ${token}`;
  const requests = [
    { call: "GET /api/health?secret=1" },
    { call: "GET /api/sessions", headers: [bearer] },
    {
      call: "GET /api/sessions/secret-id/events/7?token=secret",
      headers: [bearer, "Accept: application/json"],
    },
    { call: "GET /pair/secret" },
    {
      call: "POST /api/pair",
      headers: ["Content-Type: application/json"],
      body: '{"code":"SECRET77","name":"secret"}',
    },
    { call: "GET /api/sessions" },
    { call: "GET /api/unknown/secret", headers: [bearer] },
    { call: "GET /", host: "secret.example" },
    { call: "DELETE /api/pair", headers: ["Origin: https://secret.example"] },
    { call: "PROPFIND /api/health" },
  ];
  for (const request of requests) await status(request);
  const told = lines.filter(({ message }) => message === "request");
  expect(told.every(({ facts }) => facts.peer === "127.0.0.1")).toBe(true);
  const { id } = device;
  expect(told.map(({ facts }) => [facts.device, facts.method, facts.route, facts.status])).toEqual([
    [null, "GET", "/api/health", 200],
    [id, "GET", "/api/sessions", 200],
    [id, "GET", "/api/sessions/{id}/events/{seq}", 404],
    [null, "GET", "/*", 404],
    [null, "POST", "/api/pair", 404],
    [null, "GET", "/api/sessions", 401],
    [id, "GET", "/api/*", 404],
    [null, "GET", "/*", 421],
    [null, "DELETE", "/*", 403],
    [null, "other", "/api/*", 401],
  ]);
  expect(JSON.stringify(told)).not.toMatch(/secret|SECRET/);
  expect(told.filter(({ level }) => level === "info").map(({ facts }) => facts.status)).toEqual([421, 403]);
});

test("NET-19: the line names whom a trusted proxy names, and nobody whom a stranger names", async () => {
  const headers = ["X-Forwarded-For: 203.0.113.9"];
  for (const [trustedProxies, peer] of [
    [["127.0.0.1"], "203.0.113.9"],
    [[], "127.0.0.1"],
    [["10.0.0.0/8"], "127.0.0.1"],
  ] as const) {
    const { lines, status } = await servedApp({ trustedProxies });
    await status({ call: "GET /api/health", headers });
    expect(lines.map(({ facts }) => facts.peer)).toEqual([peer]);
  }
});

test("NET-27: many refusals in a minute are told of at info twenty times, and in the next minute again", async () => {
  let clock = 0;
  const { app } = await servedApp();
  const told: string[] = [];
  const note = (level: string) => () => void told.push(level);
  const logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  const { Hono } = await import("hono");
  const flooded = new Hono();
  flooded.use(logRequests({ ...app.parts, logger }, () => clock));
  flooded.get("*", (context) => context.text("no", 403));
  for (let tries = 0; tries < 50; tries += 1) await flooded.request("/");
  expect(told.filter((level) => level === "info")).toHaveLength(20);
  expect(told).toHaveLength(50);
  clock += 60_000;
  await flooded.request("/");
  expect(told.at(-1)).toBe("info");
});
