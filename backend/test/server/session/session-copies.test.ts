/** Sessions as a whole over HTTP: pinned, put away, deleted, forked, exported, imported, found. */
import { expect, test } from "vitest";
import * as z from "zod";
import { SearchResults } from "../../../src/protocol/search.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { EventPage } from "../../../src/server/routes/session/events.ts";
import { SessionPage } from "../../../src/server/routes/session/sessions.ts";
import { longestQuery } from "../../../src/sessions/search/search-lines.ts";
import { writeSession } from "../../streams/written-session.ts";
import { bodyOf, eventsOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const prompt = { id: "prompt-0001", content: [{ type: "text", text: "Tidy the cellar" }] };

async function newSession(app: RunningApp, body: object = {}): Promise<string> {
  const response = await app.request("POST /api/sessions", { body: { project: app.project, ...body } });
  return (await bodyOf(response, SessionSummary)).id;
}

async function idsOf(app: RunningApp, query: string): Promise<string[]> {
  const { sessions } = await app.read(`GET /api/sessions${query}`, SessionPage);
  return sessions.map(({ id }) => id);
}

/** Sends the prompt and resolves with the turn's id at its end. */
async function oneTurn(app: RunningApp, id: string): Promise<string> {
  await app.request(`POST /api/sessions/${id}/prompts`, { body: prompt });
  for await (const { data } of eventsOf(await app.request(`GET /api/sessions/${id}/events`))) {
    const { update, turnId = "" } = data as SessionEvent;
    if (update.sessionUpdate === "state_update" && update.state === "idle") return turnId;
  }
  throw new Error("The stream ended before the turn.");
}

test("a session is pinned and put away without moving in the list; a prompt takes it out again", async () => {
  const app = await runningApp();
  const [older, newer] = [await newSession(app), await newSession(app)];
  const patched = await app.read(`PATCH /api/sessions/${older}`, SessionSummary, {
    body: { pinned: true, archived: true, title: "Kept" },
  });
  expect(patched).toMatchObject({ title: "Kept", pinned: true, archived: true });
  const renamed = await app.read(`PATCH /api/sessions/${older}`, SessionSummary, {
    body: { archived: true },
  });
  expect(renamed).toMatchObject({ title: "Kept", pinned: true, archived: true });
  expect(await idsOf(app, "")).toEqual([newer, older]);
  expect(await idsOf(app, "?archived=true")).toEqual([older]);
  expect(await idsOf(app, "?archived=false")).toEqual([newer]);
  expect(await idsOf(app, "?pinned=true")).toEqual([older]);
  expect((await app.request("GET /api/sessions?pinned=1")).status).toBe(400);

  await oneTurn(app, older);
  expect(await app.read(`GET /api/sessions/${older}`, SessionSummary)).toMatchObject({
    title: "Kept",
    pinned: true,
    archived: false,
  });
  expect(await idsOf(app, "")).toEqual([older, newer]);
});

test("who deletes a session ends its stream, and every device hears that it is gone", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  const seen: unknown[] = [];
  const followed = (async () => {
    for await (const { data } of eventsOf(await app.request(`GET /api/sessions/${id}/events`)))
      seen.push(data);
  })();
  const device = eventsOf(await app.request(`GET /api/events?session=${id}:0`));
  // The snapshot, and the session's first event: the device follows.
  await device.next();
  await device.next();

  expect((await app.request(`DELETE /api/sessions/${id}`)).status).toBe(204);

  await followed;
  expect(seen).toHaveLength(1);
  const removed: unknown[] = [];
  for await (const message of device) {
    removed.push(message);
    if (message.event === "removed") break;
  }
  expect(removed.at(-1)).toEqual({ event: "removed", id: null, data: { sessionId: id } });
  for (const call of [
    `GET /api/sessions/${id}`,
    `GET /api/sessions/${id}/export`,
    `DELETE /api/sessions/${id}`,
  ]) {
    const response = await app.request(call);
    expect([call, response.status, (await problemOf(response)).code]).toEqual([
      call,
      404,
      "session_not_found",
    ]);
  }
});

test("a fork is made once over HTTP, and refused with what is wrong", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  const turnId = await oneTurn(app, id);
  const body = { id: "fork-0001", turnId };
  const fork = await app.request(`POST /api/sessions/${id}/fork`, { body });
  expect(fork.status).toBe(201);
  const summary = await bodyOf(fork, SessionSummary);
  expect(summary.forkedFrom).toEqual({ sessionId: id, turnId, title: "Tidy the cellar" });
  expect(await app.read(`POST /api/sessions/${id}/fork`, SessionSummary, { body })).toEqual(summary);

  const other = await app.request(`POST /api/sessions/${id}/fork`, { body: { ...body, turnId: "other" } });
  expect([other.status, (await problemOf(other)).code]).toEqual([422, "id_reused"]);
  const unknown = await app.request(`POST /api/sessions/${id}/fork`, {
    body: { id: "fork-0002", turnId: "x" },
  });
  expect([unknown.status, (await problemOf(unknown)).code]).toEqual([404, "not_found"]);
});

test("an export is a file with a name, and its JSON makes the same session again", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  await oneTurn(app, id);
  const markdown = await app.request(`GET /api/sessions/${id}/export`);
  expect(markdown.headers.get("content-disposition")).toBe(
    'attachment; filename="voxpilot-tidy-the-cellar.md"',
  );
  expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(await markdown.text()).toContain("## Prompt");

  const file: unknown = await (await app.request(`GET /api/sessions/${id}/export?format=json`)).json();
  const body = { id: "imported-1", project: app.project, session: file };
  const imported = await app.request("POST /api/sessions/import", { body });
  expect(imported.status).toBe(201);
  expect(await bodyOf(imported, SessionSummary)).toMatchObject({
    id: "imported-1",
    title: "Tidy the cellar",
  });
  const page = await app.read("GET /api/sessions/imported-1/events", EventPage, {
    headers: { accept: "application/json" },
  });
  expect(page.events.filter(({ update }) => update.sessionUpdate === "user_message_chunk")).toHaveLength(1);
  expect((await app.request(`GET /api/sessions/${id}/export?format=pdf`)).status).toBe(400);
  const elsewhere = { ...body, id: "imported-2", project: app.state };
  const token = await app.tokenOf("approve");
  const refused = await app.request("POST /api/sessions/import", { body: elsewhere, token });
  expect(refused.status, "a device that may not open folders").toBe(403);
});

test("RES-04: an import that is too large is refused with the limit and a way on", async () => {
  const app = await runningApp();
  const body = { project: app.project, session: "x".repeat(33 * 1024 * 1024) };
  const response = await app.request("POST /api/sessions/import", { body });
  expect(response.status).toBe(413);
  expect(await problemOf(response)).toMatchObject({
    code: "too_large",
    detail:
      "This request holds at most 33554432 bytes. Fork the session from an earlier turn where it comes from, and export that one.",
  });
  // What other routes take stays what it was.
  const prompts = await app.request("POST /api/sessions", { body: { project: "x".repeat(3 * 1024 * 1024) } });
  expect(prompts.status).toBe(413);
});

test("a search answers with summaries and marked places, and refuses what is no query", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  await oneTurn(app, id);
  const found = await app.read("GET /api/search?q=CELLAR", SearchResults);
  expect(found).toMatchObject({
    results: [
      {
        session: { id, title: "Tidy the cellar" },
        hits: [
          { seq: 1, kind: "title", text: "Tidy the cellar", marks: [[9, 15]] },
          { seq: 4, kind: "prompt", text: "Tidy the cellar", marks: [[9, 15]] },
        ],
      },
    ],
    hasMore: false,
  });
  const statuses = z
    .array(z.number())
    .parse(
      await Promise.all(
        [
          "",
          "?q=",
          "?q=%20",
          `?q=${"x".repeat(longestQuery + 1)}`,
          "?q=a&limit=0",
          "?q=a&limit=51",
          "?q=a&q=b",
        ].map(async (query) => (await app.request(`GET /api/search${query}`)).status),
      ),
    );
  expect(new Set(statuses)).toEqual(new Set([400]));
  expect((await app.request(`GET /api/search?q=${"x".repeat(longestQuery)}`)).status).toBe(200);
});

test("pages of the list meet exactly, also where sessions share a millisecond", async () => {
  const app = await runningApp();
  const ids = Array.from({ length: 7 }, (_, index) => `session-${index}`);
  // All of one time.
  for (const id of ids) await writeSession(app.state, { id, project: app.project, updates: [] });
  await newSession(app, { id: "session-9" });
  const { sessions: all } = await app.read("GET /api/sessions", SessionPage);
  const seen: string[] = [];
  let query = "?limit=2";
  for (let hasMore = true; hasMore; ) {
    const page = await app.read(`GET /api/sessions${query}`, SessionPage);
    const last = page.sessions.at(-1);
    seen.push(...page.sessions.map(({ id }) => id));
    query = `?limit=2&before=${last?.updatedAt}&beforeId=${last?.id}`;
    hasMore = page.hasMore;
  }
  expect(seen).toEqual(all.map(({ id }) => id));
  expect(seen).toEqual(["session-9", ...ids]);
  // Without an id: strictly earlier.
  expect(await idsOf(app, `?before=${all[0]?.updatedAt}`)).toEqual(ids);
  expect(await idsOf(app, `?before=${all[1]?.updatedAt}`)).toEqual([]);
  expect((await app.request("GET /api/sessions?beforeId=session-1")).status).toBe(400);
});

test("RES-04: while one import is under way another one is told to come again, and then is taken", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  const session: unknown = await (await app.request(`GET /api/sessions/${id}/export?format=json`)).json();
  const body = JSON.stringify({ id: "imported-1", project: app.project, session });
  let send: (rest: string) => void = () => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body.slice(0, 10)));
      send = (rest) => {
        controller.enqueue(new TextEncoder().encode(rest));
        controller.close();
      };
    },
  });
  const first = app.request("POST /api/sessions/import", { stream });
  const busy = await app.request("POST /api/sessions/import", { body });
  expect([busy.status, busy.headers.get("retry-after"), (await problemOf(busy)).code]).toEqual([
    503,
    "5",
    "busy",
  ]);
  send(body.slice(10));
  expect((await first).status).toBe(201);
  // The same id and the same bytes: the same session.
  expect((await app.request("POST /api/sessions/import", { body })).status).toBe(201);
  const other = await app.request("POST /api/sessions/import", { body: `${body} ` });
  expect([other.status, (await problemOf(other)).code]).toEqual([422, "id_reused"]);
});

test("an export breaks off when its device is signed out", async () => {
  const app = await runningApp();
  const id = "long-session";
  const updates = Array.from({ length: 400 }, (_, index) => ({
    sessionUpdate: "agent_message_chunk" as const,
    messageId: `m${index}`,
    content: { type: "text" as const, text: "x".repeat(1_000) },
  }));
  await writeSession(app.state, { id, project: app.project, updates });
  const device = await app.parts.devices.add({ name: "Phone", rights: "read" });
  const response = await app.request(`GET /api/sessions/${id}/export?format=json`, { token: device.token });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await app.parts.devices.revoke(device.device.id, null);
  await expect(reader?.read()).rejects.toThrow("had to end");
});
