/** The edge as a whole: headers, limits, errors. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionSummary } from "../../src/protocol/session.ts";
import { allRoutes } from "../../src/server/routes/all-routes.ts";
import { contentSecurityPolicy } from "../../src/server/security-headers.ts";
import { problemOf, runningApp } from "../support/running-app.ts";

test("health answers everybody", async () => {
  const app = await runningApp();
  const response = await app.request("GET /api/health", { token: null });
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: "ok", app_name: "VoxPilot", version: "1.2.3" },
  ]);
});

test("WEB-01: the policy allows our own files and nothing inline", () => {
  expect(contentSecurityPolicy).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
      "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; " +
      "form-action 'self'; require-trusted-types-for 'script'; trusted-types voxpilot-worker",
  );
});

test("WEB-01, WEB-06: pages, answers, refusals and what is not there carry the same headers", async () => {
  const app = await runningApp();
  const calls = [
    "GET /",
    "GET /none",
    "GET /api/health",
    "GET /api/none",
    "GET /api/sessions",
    "POST /api/pair",
  ];
  for (const call of calls) {
    for (const headers of [{}, { host: "evil.example" }]) {
      const response = await app.request(call, { token: null, headers });
      expect(response.headers.get("content-security-policy")).toBe(contentSecurityPolicy);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(response.headers.get("permissions-policy")).toContain("camera=()");
      expect(response.headers.get("cache-control")).toBe(
        call.includes("/api/") ? "no-store" : response.headers.get("cache-control"),
      );
    }
  }
});

test("RES-04: a body over two million bytes is refused, with and without its length told", async () => {
  const app = await runningApp();
  const body = JSON.stringify({ project: "x".repeat(2 * 1024 * 1024) });
  const response = await app.request("POST /api/sessions", {
    body,
    headers: { "content-length": String(body.length) },
  });
  expect([response.status, (await problemOf(response)).code]).toEqual([413, "too_large"]);
  const unmeasured = await app.request("POST /api/sessions", { body });
  expect(unmeasured.status).toBe(413);
});

test.each([
  ["a million brackets", "[".repeat(1_000_000)],
  ["a hundred thousand closed brackets", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["brackets where a word belongs", `{"project":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["a hundred thousand keys", `{${Array.from({ length: 100_000 }, (_, key) => `"k${key}":1`).join(",")}}`],
])("RES-04: a body of %s is refused, and the next one is served", async (_name, body) => {
  const app = await runningApp();
  const refused = await app.request("POST /api/sessions", { body });
  expect([refused.status, (await problemOf(refused)).code]).toEqual([400, "invalid_request"]);
  expect((await app.request("POST /api/sessions", { body: { project: app.project } })).status).toBe(201);
});

test("a body that is not JSON, or not what the call needs, says where", async () => {
  const app = await runningApp();
  const broken = await app.request("POST /api/sessions", { body: "{" });
  expect([broken.status, (await problemOf(broken)).code]).toEqual([400, "invalid_request"]);
  const wrong = await app.request("POST /api/sessions", { body: { project: "/tmp", mode: "yolo" } });
  const problem = await problemOf(wrong);
  expect([wrong.status, problem.code]).toEqual([400, "invalid_request"]);
  expect(problem.data).toMatchObject({ target: "json", issues: [{ path: ["mode"] }] });
});

test("SUP-08: keys that would reach a prototype are ignored", async () => {
  const app = await runningApp();
  const body = `{"project":${JSON.stringify(app.project)},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  expect((await app.request("POST /api/sessions", { body })).status).toBe(201);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("SEC-05: what fails inside is logged, and tells a stranger nothing", async () => {
  const app = await runningApp({ startDemo: () => Promise.reject(new Error(`no room in ${process.cwd()}`)) });
  const response = await app.request("POST /api/demo", { body: {} });
  expect([response.status, await response.json()]).toEqual([
    500,
    {
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail: "VoxPilot failed here. The server's log says where.",
      code: "internal",
    },
  ]);
  expect(app.errors).toHaveLength(1);
});

test("NET-14: a GET changes nothing, whatever it claims to be", async () => {
  const app = await runningApp();
  const session = await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const before = await folderHash(app.state);
  const paths = allRoutes.filter((route) => route.method === "get").map((route) => route.path);
  for (const path of [...paths, "/", "/s/abcdefgh"]) {
    const address = path.replace("{id}", session.id).replace("{seq}", "1").replace("{requestId}", "r");
    for (const query of ["", "?_method=DELETE&turn=t"]) {
      const headers = { "x-http-method-override": "DELETE" };
      const response = await app.request(`GET ${address}${query}`, { headers });
      await response.body?.cancel();
      const head = await app.request(`HEAD ${address}${query}`, { headers });
      await head.body?.cancel();
    }
  }
  expect(await folderHash(app.state)).toBe(before);
});

async function folderHash(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest("hex");
}
