/** Where a stream begins for a position: right behind it, after a restart too, and at the start of the log for one that it never had. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { SessionSummary } from "../../src/protocol/session.ts";
import { rounds, timeLimitMs } from "../support/long-form.ts";
import { eventsOf, type RunningApp, runningApp } from "../support/running-app.ts";
import { type RunningProgram, runProgram, startProgram } from "../support/running-program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { StreamClient, type StreamKind, type StreamTarget } from "./stream-client.ts";
import { mixedUpdates, writeSession } from "./written-session.ts";

const sessionId = "written-session";
const atOnce = 8;

interface Place {
  readonly home: string;
  readonly token: string;
}

async function makePlace(events: number): Promise<Place> {
  const home = await temporaryFolder();
  const project = join(home, "project");
  await mkdir(project);
  await writeSession(join(home, "state"), { id: sessionId, project, updates: mixedUpdates(events - 1) });
  const added = await runProgram(["devices", "add", "--name", "reader", "--json"], { home });
  const { token } = z.object({ token: z.string() }).parse(JSON.parse(added.output));
  return { home, token };
}

function targetOf(server: RunningProgram, { token }: Place): StreamTarget {
  const port = Number(new URL(server.address).port);
  return { port, sessionId, headers: { authorization: `Bearer ${token}` } };
}

/** Reads from every position of 0 to `last` - 1 to the end; rejects at a gap, a double, or an end before the end. */
async function readFromEvery(target: StreamTarget, last: number, kind: StreamKind): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let position = next++; position < last; position = next++) {
      const client = new StreamClient(target, position);
      const encoding = position % 2 === 0 ? "gzip" : "identity";
      const resumeBy = position % 3 === 0 ? "query" : "header";
      await client.read({ kind, encoding, resumeBy, isEnough: () => client.position >= last });
      expect([position, client.position, client.resets]).toEqual([position, last, 0]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

test("DUR-09: Last-Event-ID and after give exactly what follows, for every position of a log, also after a restart", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const events = rounds({ short: 150, long: 2_000 });
  const place = await makePlace(events);
  for (const kind of ["session", "device"] as const) {
    // A start for each: what the first one knew, the second has only from the disk.
    const server = await startProgram([join(place.home, "project")], { home: place.home });
    await readFromEvery(targetOf(server, place), events, kind);
    await server.stop(kind === "session" ? "SIGKILL" : "SIGTERM");
  }
});

/** The first messages of a stream. */
async function firstMessages(response: Response, count: number) {
  const messages: { event: string; id: string | null; data: unknown }[] = [];
  for await (const message of eventsOf(response)) {
    if (message.event === "snapshot" || message.event === "summary") continue;
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

const logLength = 40;

async function appWithLog(): Promise<RunningApp> {
  const app = await runningApp();
  const updates = mixedUpdates(logLength - 1);
  await writeSession(app.state, { id: sessionId, project: app.project, updates });
  return app;
}

test.for([
  ["a position beyond the end of the log", "41"],
  ["an id of another log", "another-session:3"],
  ["an id that no log ever gave", "never"],
])("DUR-09: %s is answered with a reset, and the log from its first event", async ([, lastEventId = ""]) => {
  const app = await appWithLog();
  const headers = { "last-event-id": lastEventId };
  const [reset, first] = await firstMessages(
    await app.request(`GET /api/sessions/${sessionId}/events`, { headers }),
    2,
  );
  expect(reset).toEqual({ event: "reset", id: null, data: { lastSeq: logLength } });
  expect(first).toMatchObject({ event: "message", id: "1", data: { seq: 1 } });
});

test("DUR-09: the stream of a device resets the one session whose position is not in its log", async () => {
  const app = await appWithLog();
  const other = await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const address = `GET /api/events?session=${sessionId}:${logLength + 1}&session=${other.id}:0`;
  const ofSession: unknown[] = [];
  const otherIds: (string | null)[] = [];
  for await (const { event, id, data } of eventsOf(await app.request(address))) {
    if (JSON.stringify(data).includes(`"${sessionId}"`) && event !== "snapshot")
      ofSession.push({ event, id, data });
    if (id?.startsWith(other.id)) otherIds.push(id);
    if (ofSession.length > 1 && otherIds.length > 0) break;
  }
  expect(ofSession[0]).toEqual({ event: "reset", id: null, data: { sessionId, lastSeq: logLength } });
  expect(ofSession[1]).toMatchObject({ event: "update", id: `${sessionId}:1` });
  expect(otherIds).toEqual([`${other.id}:1`]);
});

test("DUR-09: a session that is named twice is followed once, from the lower position, and Last-Event-ID wins", async () => {
  const app = await appWithLog();
  const address = `GET /api/events?session=${sessionId}:39&session=${sessionId}:20`;
  const [lower] = await firstMessages(await app.request(address), 1);
  expect(lower?.data).toMatchObject({ sessionId, seq: 21 });
  const headers = { "last-event-id": `${sessionId}:34` };
  const [later] = await firstMessages(await app.request(address, { headers }), 1);
  expect(later?.data).toMatchObject({ sessionId, seq: 35 });
});
