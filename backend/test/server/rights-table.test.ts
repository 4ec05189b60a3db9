/** Every route × everybody who may ask: the exact status, written down. A route that stands in no row fails the first test. */
import { expect, test } from "vitest";
import { allRoutes } from "../../src/server/routes/all-routes.ts";
import {
  type Caller,
  callers,
  onlyOne,
  type Statuses,
  serverWithCallers,
  statusesOf,
} from "./rights-callers.ts";

interface Row {
  /** As the route is declared, or, in the rows behind the routes, any call. */
  readonly call: string;
  /** What is asked exactly, when braces stand in the call or the body says more than the right. */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of HEAD, where a full device does not get what GET gives. */
  readonly head?: number;
  /** Each caller asks a server that nobody has asked before. */
  readonly isAlone?: boolean;
  readonly status: Statuses;
}

/** Foreign pages and hosts get nowhere with anything, whoever they are. */
const foreign = { otherOrigin: 403, wrongHost: 421 } as const;
const outside = { nobody: 401, revoked: 401, expired: 401, gitHubAlone: 401, ...foreign } as const;

/** Only for devices: what each gets by its rights. */
function devices(read: number, approve: number, full: number): Statuses {
  return { ...outside, read, approve, full };
}

/** For whoever asks. */
function everybody(status: number): Statuses {
  return {
    nobody: status,
    read: status,
    approve: status,
    full: status,
    revoked: status,
    expired: status,
    gitHubAlone: status,
    ...foreign,
  };
}

const fullOnly = (status: number) => devices(403, 403, status);
const approveUp = (status: number) => devices(403, status, status);
const anyDevice = (status: number) => devices(status, status, status);

const prompt = { id: "prompt-0001", content: [{ type: "text", text: "Go." }] };

const routeRows: readonly Row[] = [
  { call: "GET /api/health", status: everybody(200) },

  { call: "POST /api/pair", body: { code: "AAAA-AAAA", name: "phone" }, status: everybody(404) },
  { call: "POST /api/pair/codes", body: { rights: "read" }, status: fullOnly(201) },
  { call: "GET /api/device", status: anyDevice(200) },
  { call: "POST /api/device/proof", body: { code: "AAAA-AAAA" }, status: fullOnly(404) },
  { call: "GET /api/devices", status: fullOnly(200) },
  {
    call: "PATCH /api/devices/{id}",
    as: "/api/devices/:other",
    body: { name: "renamed" },
    status: fullOnly(200),
  },
  { call: "DELETE /api/devices", status: fullOnly(200) },
  { call: "DELETE /api/devices/{id}", as: "/api/devices/:other", status: fullOnly(204) },
  { call: "DELETE /api/devices/{id}", as: "/api/devices/:own", status: anyDevice(204) },

  { call: "GET /api/auth", status: everybody(200) },
  { call: "GET /api/auth/login", status: everybody(302) },
  { call: "GET /api/auth/callback", status: everybody(400) },
  // A client may have few of them open, so each caller comes to a server of its own.
  { call: "POST /api/auth/device", body: {}, isAlone: true, status: everybody(201) },
  { call: "GET /api/auth/device/{flow}", as: "/api/auth/device/abcdefgh", status: everybody(404) },
  { call: "POST /api/auth/token", body: { token: "gho_nobody" }, status: everybody(400) },
  { call: "GET /api/auth/me", status: { ...everybody(401), gitHubAlone: 200 } },
  { call: "POST /api/auth/logout", body: {}, status: everybody(204) },

  { call: "GET /api/models", status: anyDevice(200) },
  {
    call: "POST /api/chat",
    body: { messages: [{ role: "user", content: "Hi" }] },
    // No model is configured: whoever may ask hears that.
    status: { ...approveUp(409), gitHubAlone: 409 },
  },

  { call: "PUT /api/models/default", body: { model: null }, status: fullOnly(204) },
  { call: "GET /api/providers", status: fullOnly(200) },
  {
    call: "PUT /api/providers/{id}",
    as: "/api/providers/mine",
    body: { preset: null, name: "Mine", baseUrl: "http://127.0.0.1:9/v1" },
    status: fullOnly(200),
  },
  { call: "DELETE /api/providers/{id}", as: "/api/providers/nobody", status: fullOnly(404) },
  {
    call: "POST /api/providers/{id}/test",
    as: "/api/providers/nobody/test",
    body: {},
    status: fullOnly(404),
  },

  { call: "GET /api/projects", status: anyDevice(200) },
  { call: "POST /api/projects", body: { path: ":folder" }, status: fullOnly(200) },

  { call: "GET /api/sessions", status: anyDevice(200) },
  { call: "POST /api/sessions", body: { project: ":project" }, status: approveUp(201) },
  { call: "POST /api/sessions", body: { project: ":project", mode: "plan" }, status: approveUp(201) },
  { call: "POST /api/sessions", body: { project: ":project", mode: "edit" }, status: fullOnly(201) },
  { call: "POST /api/sessions", body: { project: ":project", mode: "auto" }, status: fullOnly(201) },
  { call: "POST /api/sessions", body: { project: ":folder" }, status: fullOnly(201) },
  { call: "GET /api/sessions/{id}", as: "/api/sessions/:session", status: anyDevice(200) },
  {
    call: "PATCH /api/sessions/{id}",
    as: "/api/sessions/:session",
    body: { title: "Another" },
    status: approveUp(200),
  },
  {
    call: "PATCH /api/sessions/{id}",
    as: "/api/sessions/:session",
    body: { mode: "plan" },
    status: fullOnly(200),
  },
  {
    call: "PATCH /api/sessions/{id}",
    as: "/api/sessions/:session",
    body: { mode: "auto", modeEndsAt: ":soon" },
    status: fullOnly(200),
  },
  { call: "DELETE /api/sessions/{id}", as: "/api/sessions/:session", status: fullOnly(204) },
  {
    call: "POST /api/sessions/{id}/fork",
    as: "/api/sessions/:session/fork",
    body: { id: "fork-0001", turnId: "none" },
    status: approveUp(404),
  },
  { call: "GET /api/sessions/{id}/export", as: "/api/sessions/:session/export", status: anyDevice(200) },
  { call: "POST /api/sessions/import", body: { project: ":project", session: {} }, status: approveUp(400) },
  { call: "GET /api/search", as: "/api/search?q=word", status: anyDevice(200) },
  { call: "GET /api/sessions/{id}/commands", as: "/api/sessions/:session/commands", status: anyDevice(200) },
  { call: "GET /api/projects/{id}/commands", as: "/api/projects/unknown/commands", status: anyDevice(404) },
  { call: "GET /api/projects/{id}/files", as: "/api/projects/unknown/files", status: anyDevice(404) },
  {
    call: "POST /api/sessions/{id}/rewind",
    as: "/api/sessions/:session/rewind",
    body: { turnId: "none", scope: "both", preview: true },
    status: fullOnly(404),
  },
  {
    call: "POST /api/sessions/{id}/compact",
    as: "/api/sessions/:session/compact",
    body: { id: "compact-1" },
    status: approveUp(202),
  },
  {
    call: "PUT /api/sessions/{id}/seen",
    as: "/api/sessions/:session/seen",
    body: { seq: 1 },
    status: anyDevice(204),
  },

  {
    call: "POST /api/sessions/{id}/prompts",
    as: "/api/sessions/:session/prompts",
    body: prompt,
    status: approveUp(202),
  },
  {
    call: "PATCH /api/sessions/{id}/prompts/{promptId}",
    as: "/api/sessions/:session/prompts/prompt-0002",
    body: { now: "steer" },
    status: approveUp(404),
  },
  {
    call: "DELETE /api/sessions/{id}/prompts/{promptId}",
    as: "/api/sessions/:session/prompts/prompt-0002",
    status: approveUp(404),
  },
  {
    call: "POST /api/sessions/{id}/permissions/{requestId}",
    as: "/api/sessions/:session/permissions/request-1",
    body: { optionId: "allow_once", digest: "d" },
    status: approveUp(404),
  },
  {
    call: "DELETE /api/sessions/{id}/grants/{requestId}",
    as: "/api/sessions/:session/grants/request-1",
    status: approveUp(404),
  },
  {
    call: "GET /api/sessions/{id}/jobs",
    as: "/api/sessions/:session/jobs",
    status: anyDevice(200),
  },
  {
    call: "GET /api/sessions/{id}/jobs/{jobId}",
    as: "/api/sessions/:session/jobs/j1",
    status: anyDevice(404),
  },
  {
    call: "DELETE /api/sessions/{id}/jobs/{jobId}",
    as: "/api/sessions/:session/jobs/j1",
    status: approveUp(404),
  },
  {
    call: "POST /api/sessions/{id}/cancel",
    as: "/api/sessions/:session/cancel",
    body: {},
    status: approveUp(202),
  },

  {
    call: "GET /api/sessions/{id}/events",
    as: "/api/sessions/:session/events",
    head: 405,
    status: anyDevice(200),
  },
  {
    call: "GET /api/sessions/{id}/events/{seq}",
    as: "/api/sessions/:session/events/1",
    status: anyDevice(200),
  },
  { call: "GET /api/events", head: 405, status: anyDevice(200) },
  {
    call: "GET /api/sessions/{id}/changes",
    as: "/api/sessions/:session/changes?turn=none",
    status: anyDevice(404),
  },

  { call: "GET /api/audit", status: fullOnly(200) },
  { call: "GET /api/audit/export", status: fullOnly(200) },

  { call: "GET /api/reach", status: fullOnly(200) },
  // This server has no certificate of its own.
  { call: "GET /api/trust", status: everybody(404) },
  { call: "GET /trust/ca.crt", status: everybody(404) },
  { call: "GET /trust/ca.mobileconfig", status: everybody(404) },

  { call: "POST /api/demo", body: {}, status: fullOnly(200) },
];

/** What no route says. */
const otherRows: readonly Row[] = [
  { call: "GET /api", status: anyDevice(404) },
  { call: "GET /api/", status: anyDevice(404) },
  { call: "GET /api/none", status: anyDevice(404) },
  { call: "POST /api/none", body: {}, status: anyDevice(404) },
  { call: "DELETE /api/sessions/a/b/c/d", status: anyDevice(404) },
  { call: "PROPFIND /api/health", status: anyDevice(405) },
  { call: "DELETE /api/health", status: anyDevice(405) },
  { call: "GET /", status: everybody(200) },
  { call: "GET /pair", status: everybody(200) },
  { call: "GET /settings/devices", status: everybody(200) },
  { call: "GET /s/abcdefgh", status: everybody(200) },
  { call: "GET /trust", status: everybody(200) },
  { call: "GET /icon.svg", status: everybody(200) },
  { call: "GET /none.js", status: everybody(404) },
  { call: "GET /devices.json", status: everybody(404) },
  { call: "POST /", body: {}, status: everybody(404) },
  { call: "OPTIONS /", status: everybody(404) },
  { call: "GET /", headers: { connection: "upgrade", upgrade: "websocket" }, status: everybody(403) },
  {
    call: "GET /api/events",
    headers: { connection: "upgrade", upgrade: "websocket" },
    status: { ...anyDevice(403), nobody: 403, revoked: 403, expired: 403, gitHubAlone: 403 },
  },
];

test("NET-02: every route stands in the table", () => {
  const declared = allRoutes.map((route) => `${route.method.toUpperCase()} ${route.path}`);
  const written = [...new Set(routeRows.map(({ call }) => call))];
  expect(written.sort()).toEqual([...declared].sort());
});

test.each([...routeRows, ...otherRows].map((row) => [nameOf(row), row] as const))(
  "NET-02, NET-03, NET-09, NET-10, NET-21: %s",
  async (_name, row) => {
    const [method = "", declared = ""] = row.call.split(" ");
    const asked = { ...row, method, path: row.as ?? declared };
    const makeServer = row.isAlone === true ? serverWithCallers : await onlyOne(serverWithCallers);
    expect(await statusesOf(asked, makeServer)).toEqual(row.status);
  },
);

test("NET-02: HEAD gets what GET gets, without its body, and of a stream nothing", async () => {
  const makeServer = await onlyOne(serverWithCallers);
  for (const row of routeRows.filter(({ call }) => call.startsWith("GET "))) {
    const path = row.as ?? row.call.slice("GET ".length);
    const expected = { ...row.status, ...(row.head === undefined ? {} : heads(row.status, row.head)) };
    const found = await statusesOf({ ...row, method: "HEAD", path }, makeServer);
    expect([row.call, found]).toEqual([row.call, expected]);
  }
});

test("NET-02, NET-13: OPTIONS on any route of the API is none of its methods", async () => {
  const makeServer = await onlyOne(serverWithCallers);
  for (const path of new Set(routeRows.map((row) => row.as ?? row.call.split(" ")[1] ?? ""))) {
    const expected = path.startsWith("/api") ? anyDevice(405) : everybody(404);
    expect([path, await statusesOf({ method: "OPTIONS", path }, makeServer)]).toEqual([path, expected]);
  }
});

function heads(status: Statuses, head: number): Partial<Record<Caller, number>> {
  return Object.fromEntries(
    callers.filter((caller) => status[caller] === 200).map((caller) => [caller, head]),
  );
}

function nameOf({ call, as, body, headers }: Row): string {
  const parts = [call, as === undefined ? "" : `as ${as}`, body === undefined ? "" : JSON.stringify(body)];
  return [...parts, headers === undefined ? "" : "as an upgrade"].filter((part) => part !== "").join(" ");
}
