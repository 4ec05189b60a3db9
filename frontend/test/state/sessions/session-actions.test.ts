// @vitest-environment happy-dom

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  changeSession,
  deleteSession,
  exportAddress,
  forkSession,
  lastTurnOf,
} from "../../../src/state/sessions/session-actions.ts";
import { summaryOf } from "../../../src/state/sessions/session-list.ts";
import { sessionSummary } from "../../support/summary.ts";

interface Call {
  readonly does: string;
  readonly body: unknown;
}

let calls: Call[] = [];
let answer: (call: Call) => Response;

beforeEach(() => {
  calls = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const said = await request.text();
    const { pathname, search } = new URL(request.url);
    const call = {
      does: `${request.method} ${pathname}${search}`,
      body: said === "" ? null : JSON.parse(said),
    };
    calls.push(call);
    return answer(call);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const refused = (status: number, code: string) =>
  Response.json({ code, detail: "" }, { status, headers: { "content-type": "application/problem+json" } });

test("pinning is asked of the machine, and the row is as it answers", async () => {
  answer = () => Response.json(sessionSummary("s1", { pinned: true }));
  expect(await changeSession("s1", { pinned: true })).toBe(null);
  expect(calls).toEqual([{ does: "PATCH /api/sessions/s1", body: { pinned: true } }]);
  expect(summaryOf("s1")).toMatchObject({ id: "s1", pinned: true });
});

test("a deleted session is forgotten, also when it was gone already; a refusal leaves it", async () => {
  answer = () => Response.json(sessionSummary("s2"));
  await changeSession("s2", { archived: true });
  answer = () => refused(507, "not_saving");
  expect(await deleteSession("s2")).toMatchObject({ code: "not_saving" });
  expect(summaryOf("s2")).not.toBe(null);
  answer = () => refused(404, "session_not_found");
  expect(await deleteSession("s2")).toBe(null);
  expect(summaryOf("s2")).toBe(null);
});

test("a fork that got no answer is tried under the same id, and another fork has another", async () => {
  answer = () => {
    throw new TypeError("no answer");
  };
  expect(await forkSession("s3", "t1")).toEqual({ failure: "unreachable" });
  answer = () => Response.json(sessionSummary("f1"), { status: 201 });
  expect(await forkSession("s3", "t1")).toMatchObject({ session: { id: "f1" } });
  await forkSession("s3", "t1");
  const ids = calls.map(({ body }) => Reflect.get(Object(body), "id"));
  expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
  expect(calls[0]).toMatchObject({ does: "POST /api/sessions/s3/fork", body: { turnId: "t1" } });
});

test("the turn that ended last is looked for page by page", async () => {
  const end = { seq: 20, at: "", turnId: "t7", update: { sessionUpdate: "state_update", state: "idle" } };
  const text = { seq: 250, at: "", turnId: "t8", update: { sessionUpdate: "agent_message_chunk" } };
  answer = ({ does }) =>
    Response.json(
      does.endsWith("before=301") ? { events: [text], hasMore: true } : { events: [end], hasMore: true },
    );
  expect(await lastTurnOf("s4", 300)).toEqual({ turnId: "t7" });
  expect(calls.map(({ does }) => does)).toEqual([
    "GET /api/sessions/s4/events?limit=200&before=301",
    "GET /api/sessions/s4/events?limit=200&before=250",
  ]);
});

test("an export has an address of its own in each form", () => {
  expect([exportAddress("s5", "markdown"), exportAddress("s5", "json")]).toEqual([
    "/api/sessions/s5/export?format=markdown",
    "/api/sessions/s5/export?format=json",
  ]);
});
