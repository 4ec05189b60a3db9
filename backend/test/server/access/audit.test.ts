/** The audit log over HTTP: what routes write down, how it is read, and who may. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { verifyAudit } from "../../../src/access/audit/verify-audit.ts";
import type { AgentTurn } from "../../../src/engines/engine.ts";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { AuditPage } from "../../../src/server/routes/access/audit.ts";
import { problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const question: PermissionRequest = {
  requestId: "r1",
  toolCallId: "c1",
  subject: { type: "command", command: "npm test", cwd: "." },
  content: [],
  reach: [],
  dangerous: false,
  options: [
    { optionId: "allow_once", name: "Allow once", kind: "allow_once" },
    { optionId: "allow_always", name: "Allow", kind: "allow_always" },
  ],
  digest: "digest-of-npm-test",
};

/** Asks once and ends. */
async function askOnce(turn: AgentTurn): Promise<{ stopReason: "end_turn" }> {
  await turn.requestPermission(question);
  return { stopReason: "end_turn" };
}

async function recordsOf(app: RunningApp, query = "") {
  const { entries } = await app.read(`GET /api/audit${query}`, AuditPage);
  return entries.map(({ actor, record }) => ({ by: actor.name, ...record }));
}

/** A session that waits for an answer. */
async function askingSession(app: RunningApp): Promise<string> {
  const made = await app.request("POST /api/sessions", { body: { project: app.project } });
  const { id } = SessionSummary.parse(await made.json());
  const session = await app.parts.sessions.find(id);
  const asked = new Promise<void>((resolve) =>
    session?.subscribe(({ update }) => update.sessionUpdate === "request_permission" && resolve()),
  );
  const content = [{ type: "text", text: "go" }];
  await app.request(`POST /api/sessions/${id}/prompts`, { body: { id: "prompt-0001", content } });
  await asked;
  return id;
}

test("a decision is written down with its session, digest, option and device before it is answered", async () => {
  const app = await runningApp({ runTurn: askOnce });
  const id = await askingSession(app);
  const body = { optionId: "allow_always", digest: question.digest, grant: { scope: "session" } };
  const decided = await app.request(`POST /api/sessions/${id}/permissions/r1`, { body });
  expect(decided.status).toBe(200);
  const [line = ""] = (await readFile(join(app.state, "audit.jsonl"), "utf8")).trim().split("\n").slice(-1);
  expect(JSON.parse(line)).toMatchObject({
    actor: { kind: "device", name: "a full device", address: "in-process" },
    record: {
      kind: "decision",
      session: id,
      requestId: "r1",
      digest: "digest-of-npm-test",
      option: "allow_always",
      grant: "session",
    },
  });
  expect((await app.request(`DELETE /api/sessions/${id}/grants/r1`)).status).toBe(204);
  expect((await recordsOf(app, "?kind=grant_ended")).map(({ kind }) => kind)).toEqual(["grant_ended"]);
});

test("a decision that came too late, or saw something else, is not written down as one", async () => {
  const app = await runningApp({ runTurn: askOnce });
  const id = await askingSession(app);
  const decide = (digest: string) =>
    app.request(`POST /api/sessions/${id}/permissions/r1`, { body: { optionId: "allow_once", digest } });
  expect([(await decide("other")).status, (await decide(question.digest)).status]).toEqual([409, 200]);
  expect((await decide(question.digest)).status).toBe(409);
  expect(await recordsOf(app, "?kind=decision")).toHaveLength(1);
});

test("modes are written down, also that of a new session, with their end", async () => {
  const app = await runningApp();
  const made = await app.request("POST /api/sessions", { body: { project: app.project, mode: "edit" } });
  const { id } = SessionSummary.parse(await made.json());
  await app.request(`PATCH /api/sessions/${id}`, { body: { title: "not a mode" } });
  const auto = await app.request(`PATCH /api/sessions/${id}`, { body: { mode: "auto" } });
  const { modeEndsAt } = SessionSummary.parse(await auto.json());
  expect(await recordsOf(app, "?kind=mode_changed")).toEqual([
    { by: "a full device", kind: "mode_changed", session: id, mode: "auto", endsAt: modeEndsAt },
    { by: "a full device", kind: "mode_changed", session: id, mode: "edit", endsAt: null },
  ]);
});

test("a deleted session is written down with who deleted it, and one that could not be deleted is not", async () => {
  const app = await runningApp();
  const made = await app.request("POST /api/sessions", { body: { project: app.project } });
  const { id } = SessionSummary.parse(await made.json());
  expect((await app.request(`DELETE /api/sessions/${id}`)).status).toBe(204);
  expect((await app.request(`DELETE /api/sessions/${id}`)).status).toBe(404);
  expect(await recordsOf(app, "?kind=session_deleted")).toEqual([
    { by: "a full device", kind: "session_deleted", session: id },
  ]);
});

test("foreign hosts and pages are written down, the first at once", async () => {
  const app = await runningApp();
  for (let tries = 0; tries < 3; tries += 1) {
    await app.request("GET /", { token: null, headers: { host: "evil.example" } });
    await app.request("GET /api/health", { token: null, headers: { origin: "https://evil.example" } });
  }
  const records = await recordsOf(app, "?kind=refused");
  expect(records.map((record) => [record.by, "what" in record && record.what])).toEqual([
    [null, "origin"],
    [null, "host"],
  ]);
});

test("the record is paged and filtered, and a question that makes no sense is refused", async () => {
  const app = await runningApp();
  for (let number = 0; number < 5; number += 1)
    await app.request("POST /api/pair/codes", { body: { rights: "read" } });
  const page = await app.read("GET /api/audit?limit=2", AuditPage);
  expect([page.entries.map(({ seq }) => seq), page.hasMore]).toEqual([[5, 4], true]);
  const older = await app.read("GET /api/audit?limit=2&before=3&kind=code_made", AuditPage);
  expect([older.entries.map(({ seq }) => seq), older.hasMore]).toEqual([[2, 1], false]);
  for (const query of ["limit=0", "limit=501", "before=0", "before=x", "kind=other"])
    expect((await problemOf(await app.request(`GET /api/audit?${query}`))).code).toBe("invalid_request");
});

test("WEB-05: the export is a file to be saved, with every entry as it lies on the disk", async () => {
  const app = await runningApp();
  await app.request("POST /api/pair/codes", { body: { rights: "read" } });
  const response = await app.request("GET /api/audit/export");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="voxpilot-audit.jsonl"',
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  expect(await response.text()).toBe(await readFile(join(app.state, "audit.jsonl"), "utf8"));
});

test("only a full device reads the record", async () => {
  const app = await runningApp();
  for (const rights of ["read", "approve"] as const) {
    const token = await app.tokenOf(rights);
    for (const call of ["GET /api/audit", "GET /api/audit/export"])
      expect([call, rights, (await app.request(call, { token })).status]).toEqual([call, rights, 403]);
  }
});

test("APR-20: what the routes wrote fits together", async () => {
  const app = await runningApp();
  for (let number = 0; number < 4; number += 1)
    await app.request("POST /api/pair/codes", { body: { rights: "approve" } });
  expect(await verifyAudit(app.state)).toEqual({ type: "whole", count: 4, tornBytes: 0 });
});

test("NET-14: reading the record writes nothing", async () => {
  const app = await runningApp();
  await app.request("POST /api/pair/codes", { body: { rights: "read" } });
  const before = await readFile(join(app.state, "audit.jsonl"), "utf8");
  const answers = [await app.request("GET /api/audit"), await app.request("GET /api/audit/export")];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await readFile(join(app.state, "audit.jsonl"), "utf8")).toBe(before);
  expect(z.string().safeParse(await answers[1]?.text()).success).toBe(true);
});

test("tokens that open nothing are written down: too weak, signed out, expired, unknown", async () => {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const app = await runningApp({ now: () => clock.now });
  const weak = await app.parts.devices.add({ name: "phone", rights: "read" });
  const revoked = await app.parts.devices.add({ name: "lost", rights: "full" });
  await app.parts.devices.revoke(revoked.device.id, null);
  const body = { project: app.project };
  expect((await app.request("POST /api/sessions", { token: weak.token, body })).status).toBe(403);
  expect((await app.request("GET /api/sessions", { token: revoked.token })).status).toBe(401);
  expect((await app.request("GET /api/sessions", { token: "x".repeat(43) })).status).toBe(401);
  expect((await app.request("GET /api/sessions", { token: "bent" })).status).toBe(401);
  // Nobody tried anything here.
  expect((await app.request("GET /api/sessions", { token: null })).status).toBe(401);
  clock.now = new Date("2026-03-01T12:00:00Z");
  expect((await app.request("GET /api/sessions", { token: weak.token })).status).toBe(401);
  const reader = await app.tokenOf("full");
  const { entries } = await app.read("GET /api/audit?kind=refused", AuditPage, { token: reader });
  const refused = { kind: "refused", what: "token", count: 1 };
  expect(entries.map(({ actor, record }) => [actor.name, record]).reverse()).toEqual([
    ["phone", { ...refused, reason: "right" }],
    [null, { ...refused, reason: "revoked" }],
    [null, { ...refused, reason: "unknown" }],
    // The second unknown one of that minute.
    [null, { ...refused, reason: "unknown" }],
    [null, { ...refused, reason: "expired" }],
  ]);
});

test("NET-20: whoever tries unknown tokens is held up after sixty, but neither a good token nor pairing anew is", async () => {
  const app = await runningApp();
  const statuses = [];
  for (let tries = 0; tries < 70; tries++)
    statuses.push((await app.request("GET /api/device", { token: "x".repeat(43) })).status);
  expect(statuses).toEqual([...Array(60).fill(401), ...Array(10).fill(429)]);
  expect((await app.request("GET /api/device")).status).toBe(200);
  const { code } = await app.parts.pairing.create({ rights: "full", madeBy: null });
  const headers = { cookie: `voxpilot_device=${"x".repeat(43)}` };
  const body = { code, name: "phone" };
  expect((await app.request("POST /api/pair", { token: null, headers, body })).status).toBe(200);
});
