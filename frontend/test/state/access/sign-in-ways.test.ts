// @vitest-environment happy-dom
/** Which ways to sign in there are is asked until the machine has said it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const ways = { web: true, device: true, token: false };
let answers: (() => Response)[] = [];
let calls = 0;

const lost = () => {
  throw new TypeError("Failed to fetch");
};

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  calls = 0;
  vi.stubGlobal("fetch", async () => {
    calls += 1;
    return (answers.shift() ?? (() => Response.json(ways)))();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a lost question is asked again after 1, 2 and 4 s, and no more once it is answered", async () => {
  answers = [lost, lost, () => new Response("", { status: 502 })];
  const { loadSignInWays, signInWays } = await import("../../../src/state/access/sign-in.ts");
  loadSignInWays();
  const seen: unknown[] = [];
  for (const ms of [900, 200, 2_000, 4_000, 60_000]) {
    await vi.advanceTimersByTimeAsync(ms);
    seen.push([calls, signInWays.value]);
  }
  expect(seen).toEqual([
    [1, null],
    [2, null],
    [3, null],
    [4, ways],
    [4, ways],
  ]);
});

test("it is asked at once when the network is back, and never after it was stopped", async () => {
  answers = [lost, lost, lost];
  const { loadSignInWays } = await import("../../../src/state/access/sign-in.ts");
  const stop = loadSignInWays();
  await vi.advanceTimersByTimeAsync(100);
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(100);
  const after = calls;
  stop();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([after, calls]).toEqual([2, 2]);
});

test("a machine that says no has none", async () => {
  answers = [() => Response.json({ code: "not_found", detail: "", status: 404 }, { status: 404 })];
  const { loadSignInWays, signInWays } = await import("../../../src/state/access/sign-in.ts");
  loadSignInWays();
  await vi.advanceTimersByTimeAsync(100);
  expect(signInWays.value).toEqual({ web: false, device: false, token: false });
});
