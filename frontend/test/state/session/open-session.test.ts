// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionSummary } from "../../support/summary.ts";

const lastSeq = 1000;
const summary = sessionSummary("s1", { title: "A long one", lastSeq, seenSeq: 0 });

const prompt = (seq: number) => ({
  seq,
  at: "2026-01-05T10:00:00.000Z",
  update: {
    sessionUpdate: "user_message_chunk",
    messageId: `m${seq}`,
    content: { type: "text", text: `${seq}` },
  },
});

/** As the server pages: with `before` the newest events before it, without it the oldest of all. */
function pageOf(query: URLSearchParams) {
  const limit = Number(query.get("limit"));
  const before = Number(query.get("before") ?? limit + 1);
  const first = Math.max(1, before - limit);
  const events = Array.from({ length: before - first }, (_, index) => prompt(first + index));
  return { events, lastSeq, hasMore: first > 1 };
}

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json(pathname === "/api/sessions/s1" ? summary : pageOf(searchParams));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function open() {
  const { OpenSession } = await import("../../../src/state/session/open-session.ts");
  const session = new OpenSession("s1");
  await session.open();
  return session;
}
const seqsOf = ({ transcript }: Awaited<ReturnType<typeof open>>) =>
  transcript.value.entries.map((entry) => entry.seq);

test("a long session opens with its newest page", async () => {
  const session = await open();
  expect(seqsOf(session).slice(0, 2)).toEqual([801, 802]);
  expect(session.transcript.value.lastSeq).toBe(lastSeq);
  expect(session.hasOlder.value).toBe(true);
});

test("the page before the first entry is put in above it", async () => {
  const session = await open();
  const put = await session.fetchOlder();
  put?.();
  expect(seqsOf(session)).toHaveLength(400);
  expect(seqsOf(session)[0]).toBe(601);
  expect(session.transcript.value.lastSeq).toBe(lastSeq);
});
