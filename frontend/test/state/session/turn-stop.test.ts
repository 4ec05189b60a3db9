// @vitest-environment happy-dom
/** A stop that somebody pressed, against a machine that is played here. */
import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Connection } from "../../../src/state/connection.ts";

const connection = signal<Connection>("open");
vi.mock("../../../src/state/connection.ts", () => ({ connection }));

const { turnStopOf } = await import("../../../src/state/session/turn-stop.ts");

let answer: () => Response | Promise<Response>;
let asked: unknown[];

beforeEach(() => {
  connection.value = "open";
  asked = [];
  answer = () => new Response(null, { status: 202 });
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(await request.json());
    return answer();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

let sessions = 0;

function ofAnySession(): ReturnType<typeof turnStopOf> {
  sessions += 1;
  return turnStopOf(`any-${sessions}`);
}

const phaseOf = (stop: ReturnType<typeof turnStopOf>) => stop.request.value?.phase ?? null;

test("a stop is on its way, then heard, and over with its turn", async () => {
  const stop = ofAnySession();
  const sent = stop.ask({ turnId: "t1", how: "stop" });
  expect(phaseOf(stop)).toBe("sent");
  expect(await sent).toBe(null);
  expect(phaseOf(stop)).toBe("heard");
  stop.settle("t1");
  expect(phaseOf(stop)).toBe("heard");
  stop.settle(null);
  expect(phaseOf(stop)).toBe(null);
  expect(asked).toEqual([{ turnId: "t1", how: "stop" }]);
});

test("a stop that did not reach the machine is kept, and sent again once it is back", async () => {
  const stop = ofAnySession();
  answer = () => Promise.reject(new TypeError("no network"));
  expect(await stop.ask({ turnId: "t1", how: "stop" })).toBe(null);
  expect(phaseOf(stop)).toBe("unreached");
  answer = () => new Response(null, { status: 202 });
  connection.value = "reconnecting";
  connection.value = "offline";
  expect(asked.length).toBe(1);
  connection.value = "open";
  await vi.waitFor(() => expect(phaseOf(stop)).toBe("heard"));
  expect(asked).toEqual(Array.from({ length: 2 }, () => ({ turnId: "t1", how: "stop" })));
  stop.close();
});

test("a stop whose turn is over when the machine is back is told, and no longer kept", async () => {
  const stop = ofAnySession();
  answer = () => Promise.reject(new TypeError("no network"));
  await stop.ask({ turnId: "t1", how: "stop" });
  answer = () => Response.json({ code: "turn_not_running", detail: "" }, { status: 409 });
  expect(await stop.ask({ turnId: "t1", how: "stop" })).toMatchObject({ code: "turn_not_running" });
  expect(phaseOf(stop)).toBe(null);
});

test("without its turn a stop is not kept: it would stop whatever runs by then", async () => {
  const stop = ofAnySession();
  answer = () => Promise.reject(new TypeError("no network"));
  expect(await stop.ask({ turnId: null, how: "stop" })).toBe("unreachable");
  expect(phaseOf(stop)).toBe(null);
});

test("a word that has not reached the machine outlives the screen that it was said on", async () => {
  const stop = turnStopOf("s2");
  answer = () => Promise.reject(new TypeError("no network"));
  await stop.ask({ turnId: "t1", how: "stop" });
  stop.close();
  answer = () => new Response(null, { status: 202 });
  connection.value = "offline";
  connection.value = "open";
  await vi.waitFor(() => expect(asked.length).toBe(2));
  await vi.waitFor(() => expect(turnStopOf("s2")).not.toBe(stop));
  connection.value = "offline";
  connection.value = "open";
  await Promise.resolve();
  expect(asked.length).toBe(2);
});
