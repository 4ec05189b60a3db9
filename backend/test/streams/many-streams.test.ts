/** Many streams at once: how many a device may hold, and that ten open sessions leave room for everything else. */

import { Agent, request } from "undici";
import { expect, test } from "vitest";
import { SessionSummary } from "../../src/protocol/session.ts";
import { eventsOf, host, runningApp } from "../support/running-app.ts";
import { servedApp } from "../support/served-app.ts";

test("RES-03: the seventeenth stream of a device ends its oldest; those of other devices go on", async () => {
  const app = await runningApp();
  const other = await app.tokenOf("read");
  const open = async (token?: string) =>
    (await app.request("GET /api/events", token === undefined ? {} : { token })).body?.getReader();
  const readers = [];
  const others = await open(other);
  for (let count = 0; count < 17; count++) readers.push(await open());
  const isOver = async (reader: Awaited<ReturnType<typeof open>>) => {
    // The snapshot comes first, if it was sent before the end.
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      if (Buffer.from(part.value).includes("event: snapshot")) return false;
    return true;
  };
  expect(await Promise.all(readers.map(isOver))).toEqual(readers.map((_, index) => index === 0));
  expect(await isOver(others)).toBe(false);
  await Promise.all([...readers, others].map((reader) => reader?.cancel()));
});

test("RES-03: the stream that is ended for one too many is told so, that its page does not come back by itself", async () => {
  const app = await runningApp();
  const oldest = eventsOf(await app.request("GET /api/events"));
  expect((await oldest.next()).value?.event).toBe("snapshot");
  const others = [];
  for (let count = 0; count < 16; count++) others.push(await app.request("GET /api/events"));
  const last: unknown[] = [];
  for await (const message of oldest) last.push(message);
  expect(last).toEqual([{ event: "crowded", id: null, data: { maxStreams: 16 } }]);
  await Promise.all(others.map((other) => other.body?.cancel()));
});

test("RES-03: a stream that ended makes room for another one", async () => {
  const app = await runningApp();
  const first = (await app.request("GET /api/events")).body?.getReader();
  for (let count = 0; count < 30; count++) await (await app.request("GET /api/events")).body?.cancel();
  const { value } = (await first?.read()) ?? {};
  expect(Buffer.from(value ?? []).toString()).toContain("event: snapshot");
  await first?.cancel();
});

test("RES-03: with ten sessions open over one stream, the API answers on the connections that are left", async () => {
  const { app, port } = await servedApp();
  // As many as a browser opens to one address.
  const agent = new Agent({ connections: 6, pipelining: 1 });
  const ask = (path: string) =>
    request(`http://127.0.0.1:${port}${path}`, {
      dispatcher: agent,
      headers: { host, authorization: `Bearer ${token}` },
    });
  const token = await app.tokenOf("full");
  const body = { project: app.project };
  const ids: string[] = [];
  for (let count = 0; count < 10; count++)
    ids.push((await app.read("POST /api/sessions", SessionSummary, { body })).id);
  const stream = await ask(`/api/events?${ids.map((id) => `session=${id}:0`).join("&")}`);
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const answer = await ask(`/api/sessions/${ids[index % ids.length]}`);
      await answer.body.dump();
      return answer.statusCode;
    }),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  stream.body.destroy();
  stream.body.on("error", () => undefined);
  await agent.close();
});
