/** The one stream of a device: snapshot, summaries, updates, without a gap between. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionSummary } from "../../../src/protocol/session.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { eventsOf, type RunningApp, runningApp } from "../../support/running-app.ts";

async function newSession(app: RunningApp): Promise<string> {
  return (await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } })).id;
}

const rename = (app: RunningApp, id: string, title: string) =>
  app.request(`PATCH /api/sessions/${id}`, { body: { title } });

test("it begins with a snapshot and goes on with whole summaries, without an id", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  const seen: { event: string; id: string | null; data: unknown }[] = [];
  for await (const message of eventsOf(await app.request("GET /api/events"))) {
    seen.push(message);
    if (message.event === "snapshot") await rename(app, id, "Renamed");
    if (message.event === "summary" && (message.data as SessionSummary).title === "Renamed") break;
  }
  expect(seen[0]?.event).toBe("snapshot");
  const snapshot = seen[0]?.data as { sessions: SessionSummary[] } | undefined;
  expect(snapshot?.sessions.map((session) => session.id)).toEqual([id]);
  const current = await app.read(`GET /api/sessions/${id}`, SessionSummary);
  expect(seen.at(-1)).toEqual({ event: "summary", id: null, data: current });
});

test("a session made elsewhere appears by its summary", async () => {
  const app = await runningApp();
  let made = "";
  for await (const { event, data } of eventsOf(await app.request("GET /api/events"))) {
    if (event === "snapshot") made = await newSession(app);
    if (event === "summary") {
      expect((data as SessionSummary).id).toBe(made);
      break;
    }
  }
});

test("it follows the sessions asked for, each from its own position", async () => {
  const app = await runningApp();
  const [one, two, three] = [await newSession(app), await newSession(app), await newSession(app)];
  for (const id of [one, two, three]) await rename(app, id, "a");
  const updates: string[] = [];
  const stream = await app.request(`GET /api/events?session=${one}:0&session=${two}:1&session=unknown0:5`);
  for await (const { event, id, data } of eventsOf(stream)) {
    if (event === "snapshot")
      await Promise.all([one, two, three].map((session) => rename(app, session, "b")));
    if (event !== "update") continue;
    const update = data as SessionEvent & { sessionId: string };
    expect(id).toBe(`${update.sessionId}:${update.seq}`);
    updates.push(`${update.sessionId}:${update.from ?? update.seq}-${update.seq}`);
    if (updates.length === 5) break;
  }
  expect(updates.filter((update) => update.startsWith(one))).toEqual([
    `${one}:1-1`,
    `${one}:2-2`,
    `${one}:3-3`,
  ]);
  expect(updates.filter((update) => update.startsWith(two))).toEqual([`${two}:2-2`, `${two}:3-3`]);
});

test("DUR-10: while events pour in, replay and live events meet without a gap or a double", async () => {
  const total = 1_000;
  const app = await runningApp({
    runTurn: async (turn) => {
      for (let count = 0; count < total; count++) {
        turn.emit({ sessionUpdate: "session_info_update", title: `t${count}` });
        if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return { stopReason: "end_turn" };
    },
  });
  const id = await newSession(app);
  const readers = Array.from({ length: 16 }, async (_, reader) => {
    for (let wait = 0; wait < reader; wait++) await new Promise((resolve) => setImmediate(resolve));
    const stream = await app.request(`GET /api/events?session=${id}:0`);
    let position = 0;
    for await (const { event, data } of eventsOf(stream)) {
      if (event !== "update") continue;
      const { seq, from, update } = data as SessionEvent;
      if ((from ?? seq) !== position + 1) throw new Error(`After ${position} came ${from ?? seq}.`);
      position = seq;
      if (update.sessionUpdate === "state_update" && update.state === "idle") break;
    }
    return position;
  });
  await app.request(`POST /api/sessions/${id}/prompts`, {
    body: { id: "prompt-0001", content: [{ type: "text", text: "go" }] },
  });
  const positions = await Promise.all(readers);
  expect(new Set(positions).size).toBe(1);
  expect(positions[0]).toBeGreaterThan(total);
});

test("a log that cannot be read costs only its own session's updates", async () => {
  const app = await runningApp();
  const [broken, whole] = [await newSession(app), await newSession(app)];
  await rm(join(app.state, "sessions", broken, "log.jsonl"));
  const stream = await app.request(`GET /api/events?session=${broken}:0&session=${whole}:1`);
  const ids: (string | null)[] = [];
  for await (const { event, id } of eventsOf(stream)) {
    if (event === "update") ids.push(id);
    if (ids.length === 5) break;
    if (event === "snapshot" || event === "update") await rename(app, whole, `Renamed ${ids.length}`);
  }
  expect(ids).toEqual([2, 3, 4, 5, 6].map((seq) => `${whole}:${seq}`));
});

test("positions that make no sense are refused", async () => {
  const app = await runningApp();
  for (const query of [
    "session=x",
    "session=x:-1",
    "session=:1",
    Array(21).fill("session=abcdefgh:1").join("&"),
  ]) {
    const response = await app.request(`GET /api/events?${query}`);
    expect([query, response.status]).toEqual([query, 400]);
  }
});

test("a stream has no HEAD, which nobody would ever end", async () => {
  const app = await runningApp();
  expect((await app.request("HEAD /api/events")).status).toBe(405);
});
