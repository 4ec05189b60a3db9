/** Hosts, origins, targets and upgrades as only a socket can send them. */
import { describe, expect, test } from "vitest";
import { host, origin } from "../support/running-app.ts";
import { rawRequest, servedApp } from "../support/served-app.ts";

const absolute = (authority: string) => ({ call: `GET http://${authority}/api/health` });

describe("NET-09: Host", () => {
  test("an absolute target must name this host and nothing beside it", async () => {
    const { app, status } = await servedApp();
    const targets = [
      "evil.example",
      `user@${host}`,
      `user:word@${host}`,
      `${host}.evil`,
      "localhost:8000",
      host,
    ];
    const statuses = await Promise.all(targets.map((authority) => status(absolute(authority))));
    expect(statuses).toEqual([421, 421, 421, 400, 421, 200]);
    expect(app.errors).toEqual([]);
  });

  test.each(["/", "/pair", "/api/health", "/api/events", "/nothing", "/trust", "/trust/ca.crt"])(
    "a foreign, doubled, empty or missing one is refused for %s",
    async (path) => {
      const { status } = await servedApp();
      const ask = (named: string | null, headers: readonly string[] = []) =>
        status({ call: `GET ${path}`, host: named, headers });
      const statuses = await Promise.all([
        ask("evil.example"),
        ask(`${host}.evil.example`),
        ask("127.0.0.1:1"),
        ask(""),
        ask(null),
        ask(host, [`Host: ${host}`]),
        ask(host, ["Host: evil.example"]),
        ask("evil.example", [`Host: ${host}`]),
        ask("evil.example", [`X-Forwarded-Host: ${host}`]),
        ask(host, ["X-Forwarded-Host: evil.example"]),
      ]);
      const own = path === "/nothing" || path === "/trust/ca.crt" ? 404 : path === "/api/events" ? 401 : 200;
      // 400: Node's own server or the adapter has no address for it, and no route is asked.
      expect(statuses).toEqual([421, 400, 421, 400, 400, 421, 421, 421, 421, own]);
    },
  );

  test("HTTP/1.0 without a Host is refused, a Host with a tab or a line break too", async () => {
    const { send } = await servedApp();
    const answers = await Promise.all([
      send("GET /api/health HTTP/1.0\r\n\r\n"),
      send(`GET /api/health HTTP/1.1\r\nHost: ${host}\tx\r\nConnection: close\r\n\r\n`),
      send(`GET /api/health HTTP/1.1\r\nHost: evil.example\r\n ${host}\r\nConnection: close\r\n\r\n`),
      send(`GET /api/health HTTP/1.1\r\nHost : ${host}\r\nConnection: close\r\n\r\n`),
      send(`GET /api/health HTTP/1.1\r\nHOST: ${host}\r\nConnection: close\r\n\r\n`),
    ]);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(["400", "400", "400", "400", "200"]);
  });

  test("NET-18: no link, redirect or cookie is made from a header", async () => {
    const { app, send } = await servedApp();
    const { code } = await app.parts.pairing.create({ rights: "full", madeBy: null });
    const forged = [
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Proto: https",
      "Forwarded: host=evil.example;proto=https",
    ];
    const answer = await send(
      rawRequest({
        call: "POST /api/pair",
        headers: ["Content-Type: application/json", ...forged],
        body: JSON.stringify({ code, name: "test" }),
      }),
    );
    expect(answer).not.toContain("evil.example");
    expect(answer).toMatch(
      /\r\nset-cookie: voxpilot_device=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax\r\n/i,
    );
  });
});

describe("NET-10, NET-11: Origin", () => {
  test("a foreign one is refused, in every spelling, and nothing is stored", async () => {
    const { app, status } = await servedApp();
    const { code } = await app.parts.pairing.create({ rights: "full", madeBy: null });
    const before = app.parts.devices.list();
    const foreign = [
      "https://evil",
      "null",
      `${origin}.evil`,
      "http://127.0.0.1:1",
      `${origin}/path`,
      `${origin}%0a`,
      "HTTP://127.0.0.1:8000",
      "https://127.0.0.1:8000",
      "http://127.0.0.1:3000",
      `${origin}, ${origin}`,
      `${origin}\tx`,
      "",
    ];
    const body = JSON.stringify({ code, name: "test" });
    const ask = (headers: readonly string[]) =>
      status({ call: "POST /api/pair", headers: ["Content-Type: application/json", ...headers], body });
    const statuses = await Promise.all(foreign.map((value) => ask([`Origin: ${value}`])));
    expect(statuses).toEqual(foreign.map(() => 403));
    expect(await ask(["Sec-Fetch-Site: cross-site"])).toBe(403);
    expect(await ask([`Origin: ${origin}`, `Origin: https://evil`])).toBe(403);
    expect(app.parts.devices.list()).toEqual(before);
    expect(await ask([`Origin: ${origin}`])).toBe(200);
  });
});

test("NET-12: an upgrade is refused before 101, with and without cookie and Origin", async () => {
  const { app, status } = await servedApp();
  const { token } = await app.parts.devices.add({ name: "browser", rights: "full", pairedBy: "code" });
  const upgrade = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const [cookie, own] = [`Cookie: voxpilot_device=${token}`, `Origin: ${origin}`];
  const tries = [[], [cookie], [own], [cookie, own]];
  for (const path of ["/api/events", "/", "/api/sessions/abcdefgh/terminal"]) {
    const call = `GET ${path}`;
    const statuses = await Promise.all(tries.map((more) => status({ call, headers: [...upgrade, ...more] })));
    expect([path, statuses]).toEqual([path, [403, 403, 403, 403]]);
  }
});

test("NET-13: nobody is granted anything across origins", async () => {
  const { send } = await servedApp();
  const asks = ["OPTIONS /api/sessions", "OPTIONS /api/pair", "GET /api/health", "GET /", "GET /api/trust"];
  for (const call of asks) {
    const preflight = ["Origin: https://evil", "Access-Control-Request-Method: POST"];
    const answer = await send(rawRequest({ call, headers: preflight }));
    expect([call, /access-control-allow/i.test(answer), answer.slice(9, 12)]).toEqual([call, false, "403"]);
  }
});

test("refusals are in the audit record, as few lines", async () => {
  const { app, status } = await servedApp();
  for (let tries = 0; tries < 5; tries += 1) await status({ call: "GET /", host: "evil.example" });
  await status({ call: "POST /api/pair", headers: ["Origin: https://evil"] });
  await app.parts.audit.close();
  const { entries } = await app.parts.audit.page({ limit: 10 });
  const refused = entries.flatMap(({ actor, record }) =>
    record.kind === "refused" ? [[actor.kind, actor.address, record.what, record.reason, record.count]] : [],
  );
  const count = (what: string) =>
    refused.filter((entry) => entry[2] === what).reduce((sum, entry) => sum + Number(entry[4]), 0);
  expect([count("host"), count("origin")]).toEqual([5, 1]);
  expect(refused.length).toBeLessThanOrEqual(4);
  expect(new Set(refused.map(([kind, address]) => `${kind} ${address}`))).toEqual(
    new Set(["stranger 127.0.0.1"]),
  );
});
