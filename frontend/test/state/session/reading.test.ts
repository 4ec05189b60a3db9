// @vitest-environment happy-dom
/** A long session that is opened at one entry far from its end: a part of it is read, until it meets the end. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionSummary } from "../../support/summary.ts";

let lastSeq = 1000;
/** Pages that were asked for. */
let fetched = 0;
const summaryNow = () => sessionSummary("s1", { lastSeq, seenSeq: 0 });

const prompt = (seq: number) => ({
  seq,
  at: "2026-01-05T10:00:00.000Z",
  update: {
    sessionUpdate: "user_message_chunk",
    messageId: `m${seq}`,
    content: { type: "text", text: `${seq}` },
  },
});

/** As the server pages: with `before` the newest events before it, without it the oldest after `after`. */
function pageOf(query: URLSearchParams) {
  const limit = Number(query.get("limit"));
  const after = Number(query.get("after") ?? 0);
  const before = Number(query.get("before") ?? lastSeq + 1);
  const seqs = Array.from({ length: lastSeq }, (_, index) => index + 1).filter(
    (seq) => seq > after && seq < before,
  );
  const chosen = query.has("before") ? seqs.slice(-limit) : seqs.slice(0, limit);
  return { events: chosen.map(prompt), lastSeq, hasMore: seqs.length > limit };
}

beforeEach(() => {
  vi.resetModules();
  lastSeq = 1000;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/sessions/s1") return Response.json(summaryNow());
    fetched += 1;
    return Response.json(pageOf(searchParams));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function open() {
  const { OpenSession } = await import("../../../src/state/session/open-session.ts");
  const { Reading } = await import("../../../src/state/session/reading.ts");
  const session = new OpenSession("s1");
  await session.open();
  const reading = new Reading(session);
  const range = () => [reading.entries.value[0]?.seq, reading.entries.value.at(-1)?.seq];
  return { session, reading, range };
}

test("an entry of the newest page is there already, and nothing is fetched for it", async () => {
  const { reading, range } = await open();
  expect(await reading.around(900)).toBe(true);
  expect([reading.isApart.value, range()]).toEqual([false, [801, 1000]]);
});

test("an entry far back comes with what lies above and below it, and grows both ways", async () => {
  const { reading, range } = await open();
  expect(await reading.around(100)).toBe(true);
  expect([reading.isApart.value, reading.hasOlder.value, range()]).toEqual([true, true, [60, 299]]);
  (await reading.fetchOlder())?.();
  expect([reading.hasOlder.value, range()]).toEqual([false, [1, 299]]);
  (await reading.fetchNewer())?.();
  expect(range()).toEqual([1, 499]);
});

test("a part that meets the end becomes a piece of it, without a gap and without a double", async () => {
  const { reading, range, session } = await open();
  await reading.around(450);
  expect(range()).toEqual([410, 649]);
  (await reading.fetchNewer())?.();
  expect([reading.isApart.value, range(), reading.entries.value.length]).toEqual([false, [410, 1000], 591]);
  expect(session.hasOlder.value).toBe(true);
  (await reading.fetchOlder())?.();
  expect([range(), reading.entries.value.length]).toEqual([[210, 1000], 791]);
});

test("what comes live is the end's while a part far back is read, and is there on going back to the end", async () => {
  const { reading, range, session } = await open();
  await reading.around(100);
  expect(session.transcript.value.lastSeq).toBe(lastSeq);
  expect(range()).toEqual([60, 299]);
  reading.leave();
  expect([reading.isApart.value, range()]).toEqual([false, [801, 1000]]);
});

test("an entry far above the end is read apart also when all down to it is known, and pages lead back to the end", async () => {
  const { reading, range, session } = await open();
  for (let page = 0; page < 4; page += 1) (await session.fetchOlder())?.();
  expect([session.firstSeq, range()]).toEqual([1, [1, 1000]]);
  expect(await reading.around(300)).toBe(true);
  expect([reading.isApart.value, range()]).toEqual([true, [260, 499]]);
  (await reading.fetchNewer())?.();
  expect([reading.isApart.value, range()]).toEqual([false, [1, 1000]]);
});

test("every entry of a session of 5,000 is reached with two pages, and what is shown of it is less than 300 entries", async () => {
  lastSeq = 5000;
  const { reading, range } = await open();
  for (const seq of [1, 2, 200, 2500, 3999, 4780, 4801, 5000]) {
    fetched = 0;
    expect([
      seq,
      await reading.around(seq),
      reading.entries.value.some((entry) => entry.seq === seq),
    ]).toEqual([seq, true, true]);
    const [first = 0, last = 0] = range();
    expect(last - first).toBeLessThan(300);
    expect(fetched).toBeLessThanOrEqual(3);
  }
});

test("without the machine what is known is shown with all that lies beneath it", async () => {
  const { reading, session } = await open();
  for (let page = 0; page < 4; page += 1) (await session.fetchOlder())?.();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect([await reading.around(300), reading.isApart.value]).toEqual([true, false]);
});
