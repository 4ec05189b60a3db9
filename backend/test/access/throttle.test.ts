/** NET-20: guessing is slowed down, for each client and for all together, in a bounded table. */
import { expect, test } from "vitest";
import { Throttle } from "../../src/access/throttle.ts";

function throttleAt(start: { now: number }): Throttle {
  return new Throttle({ perClient: 10, total: 40, windowMs: 60_000, maxClients: 100, now: () => start.now });
}

test("NET-20: a client waits after its tries are spent, for exactly as long as one takes to grow back", () => {
  const clock = { now: 1_000 };
  const throttle = throttleAt(clock);
  for (let tries = 0; tries < 10; tries++) {
    expect(throttle.waitMs("a")).toBe(0);
    throttle.fail("a");
  }
  expect(throttle.waitMs("a")).toBe(6_000);
  clock.now += 5_999;
  expect(throttle.waitMs("a")).toBeGreaterThan(0);
  clock.now += 1;
  expect(throttle.waitMs("a")).toBe(0);
});

test("NET-20: another client is not held up", () => {
  const throttle = throttleAt({ now: 0 });
  for (let tries = 0; tries < 10; tries++) throttle.fail("a");
  expect(throttle.waitMs("a")).toBeGreaterThan(0);
  expect(throttle.waitMs("b")).toBe(0);
});

test("NET-20: many clients together are held up too", () => {
  const throttle = throttleAt({ now: 0 });
  for (let client = 0; client < 40; client++) throttle.fail(`client ${client}`);
  expect(throttle.waitMs("a newcomer")).toBe(1_500);
});

test("NET-20: the table stays bounded under 100,000 clients", () => {
  const throttle = throttleAt({ now: 0 });
  for (let client = 0; client < 100_000; client++) throttle.fail(`client ${client}`);
  expect(throttle.size).toBe(100);
});
