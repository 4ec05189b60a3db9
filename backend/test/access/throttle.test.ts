/** NET-20: guessing is slowed down, for each client and for all together, in a bounded table. */
import { expect, test } from "vitest";
import { clientKey, Throttle } from "../../src/access/throttle.ts";

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

test("NET-20: tries that are made at once are counted before any has an answer, and a good one is given back", () => {
  const throttle = throttleAt({ now: 0 });
  const waits = Array.from({ length: 30 }, () => throttle.take("a"));
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  expect(waits.slice(10)).toEqual(waits.slice(10).map(() => 6_000));
  expect(throttle.take("b")).toBe(0);
  throttle.giveBack("a");
  expect([throttle.take("a"), throttle.take("a")]).toEqual([0, 6_000]);
});

test("NET-20: whoever has an IPv6 network is one client, and an IPv4 address has one spelling", () => {
  const network = "2001:db8:0:7";
  expect(clientKey("2001:db8::7:0:0:0:1")).toBe(network);
  expect(clientKey("2001:0DB8:0000:0007:ffff::2")).toBe(network);
  expect(clientKey("2001:db8:0:8::1")).not.toBe(network);
  expect(clientKey("::1")).toBe("0:0:0:0");
  expect(clientKey("fe80::1%eth0")).toBe("fe80:0:0:0");
  expect(clientKey("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(clientKey("192.0.2.7")).toBe("192.0.2.7");
  expect(clientKey("in-process")).toBe("in-process");
});

test("NET-20: without a total nobody pays for what others try", () => {
  const throttle = new Throttle({
    perClient: 2,
    total: null,
    windowMs: 60_000,
    maxClients: 100,
    now: () => 0,
  });
  for (let client = 0; client < 1_000; client++) throttle.fail(`client ${client}`);
  expect([throttle.take("phone"), throttle.take("phone"), throttle.take("phone")]).toEqual([0, 0, 30_000]);
});
