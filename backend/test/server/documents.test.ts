/** What the API hands out is data: nothing of a project, a session or a model is ever a document of our origin. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionSummary } from "../../src/protocol/session.ts";
import { allRoutes } from "../../src/server/routes/all-routes.ts";
import { problemOf, runningApp } from "../support/running-app.ts";

/** What a browser shows as text or saves, whatever stands in it. */
const harmless =
  /^(application\/(problem\+)?json|text\/event-stream|application\/octet-stream|application\/x-(x509-ca-cert|apple-aspen-config))\b/;
const markup = "<html><body><script>alert(1)</script><svg onload=alert(1)>";

test("WEB-05: no GET of the API, with hostile names, files and titles behind it, answers with a document", async () => {
  const app = await runningApp();
  await writeFile(join(app.project, "page.html"), markup);
  await writeFile(join(app.project, "picture.svg"), markup);
  const made = await app.request("POST /api/sessions", { body: { project: app.project, title: markup } });
  const { id } = SessionSummary.parse(await made.json());
  const gets = allRoutes.filter(({ method, path }) => method === "get" && path.startsWith("/api/"));
  expect(gets.length).toBeGreaterThan(10);
  for (const { path } of gets) {
    const address = path
      .replace("{seq}", "1")
      .replace(/^(\/api\/sessions\/)\{id\}/, `$1${id}`)
      .replaceAll(/\{\w+\}/g, encodeURIComponent(markup));
    for (const accept of ["application/json", "*/*"]) {
      const response = await app.request(`GET ${address}?turn=${encodeURIComponent(markup)}`, {
        headers: { accept },
      });
      const type = response.headers.get("content-type") ?? "";
      await response.body?.cancel();
      // The way back from GitHub is a redirect without a body.
      const isEmpty = response.status >= 300 && response.status < 400;
      const isFile = /^attachment(?:;|$)/.test(response.headers.get("content-disposition") ?? "");
      expect([path, accept, isEmpty || isFile || harmless.test(type), type.includes("html")]).toEqual([
        path,
        accept,
        true,
        false,
      ]);
      expect([path, response.headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
    }
  }
});

test("WEB-05: a problem that repeats what was sent is no document either", async () => {
  const app = await runningApp();
  for (const call of [
    `GET /api/${encodeURIComponent(markup)}`,
    `GET /api/sessions/${encodeURIComponent(markup)}`,
  ]) {
    const response = await app.request(call, { headers: { accept: "text/html" } });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json",
    ]);
  }
});

test("WEB-05: what lies in a project has no address on our origin", async () => {
  const app = await runningApp();
  await writeFile(join(app.project, "page.html"), markup);
  for (const path of [
    "/page.html",
    `${app.project}/page.html`,
    "/..%2fproject%2fpage.html",
    "/assets/..%2f..%2fproject%2fpage.html",
  ]) {
    const response = await app.request(`GET ${path}`, { headers: { accept: "text/html" } });
    expect([path, (await response.text()).includes("alert(1)")]).toEqual([path, false]);
  }
});

test("SEC-05: thirty requests that fail tell no path, no stack and nothing of the environment", async () => {
  const app = await runningApp({
    startDemo: () => Promise.reject(new Error(`ENOENT: ${process.cwd()}/secret`)),
  });
  const calls: readonly (readonly [string, unknown?])[] = [
    ...[
      "/api/none",
      "/api/sessions/none",
      "/api/sessions/none/events",
      "/api/sessions/none/events/1",
      "/api/sessions/none/changes?turn=x",
    ].map((path) => [`GET ${path}`] as const),
    ...[
      "/api/sessions?limit=x",
      "/api/sessions?before=x",
      "/api/audit?limit=-1",
      "/api/sessions/none/events/x",
      "/api/auth/me",
    ].map((path) => [`GET ${path}`] as const),
    ...["prompts", "cancel", "permissions/r", "fork", "rewind"].map(
      (path) =>
        [`POST /api/sessions/none/${path}`, { id: "x", optionId: "x", digest: "x", content: [] }] as const,
    ),
    ...[
      {},
      { project: 1 },
      { project: "/root" },
      { project: "none" },
      { project: app.project, mode: "x" },
    ].map((body) => ["POST /api/sessions", body] as const),
    ...["{", "[]", '"x"', "null", '{"code":1}'].map((body) => ["POST /api/pair", body] as const),
    ["POST /api/demo", {}],
    ["POST /api/chat", { messages: [] }],
    ["POST /api/chat", { messages: [{ role: "user", content: "x" }] }],
    ["PATCH /api/devices/none", { name: "x" }],
    ["DELETE /api/devices/none"],
  ];
  expect(calls).toHaveLength(30);
  for (const [call, body] of calls) {
    const response = await app.request(call, body === undefined ? {} : { body });
    expect([call, response.status >= 400]).toEqual([call, true]);
    const text = JSON.stringify(await problemOf(response));
    for (const leak of [
      process.cwd(),
      app.state,
      "node_modules",
      ".ts:",
      "    at ",
      process.env.PATH ?? "no path",
    ])
      expect([call, text.includes(leak), text]).toEqual([call, false, text]);
  }
});
