/** Work that must not overlap. */
import { expect, test } from "vitest";
import { OneByOne } from "../../src/workspace/one-by-one.ts";

test("work begins when the one before it is over, also when that failed, and each hears of its own failure", async () => {
  const order: string[] = [];
  const line = new OneByOne();
  const step = (name: string, outcome: () => string) =>
    line.run(async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      return outcome();
    });
  const results = Promise.allSettled([
    step("one", () => "first"),
    step("two", () => {
      throw new Error("second");
    }),
    step("three", () => "third"),
  ]);
  await line.settled();
  expect(order).toEqual(["one begins", "one ends", "two begins", "two ends", "three begins", "three ends"]);
  expect(await results).toEqual([
    { status: "fulfilled", value: "first" },
    { status: "rejected", reason: new Error("second") },
    { status: "fulfilled", value: "third" },
  ]);
});
