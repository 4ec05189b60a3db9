/** Every system call of a session's life fails once, in every way that a system knows. */
import { expect, test, vi } from "vitest";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import type { Call } from "./played-calls.ts";
import { afterPowerCut, live, named, systemCodes } from "./played-life.ts";
import { expectRecovered } from "./session-scenario.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);
vi.mock("node:fs", async (original) => (await import("./played-calls.ts")).playedWrites(await original()));
vi.mock("../../src/workspace/quick-write.ts", async (original) =>
  (await import("./played-calls.ts")).playedQuickWrite(await original()),
);

test("without faults everything is acknowledged, and there after a restart and after the power is cut", async () => {
  const { disk, acknowledged, machine } = await live(() => null);
  expect(acknowledged).toMatchObject({
    isCreated: true,
    prompts: ["prompt-1", "prompt-2"],
    titles: ["renamed"],
    seen: [3, 3],
    refused: [],
  });
  expect(acknowledged.decisions).toHaveLength(2);
  await expectRecovered(await afterPowerCut(disk, machine), acknowledged);
  await expectRecovered(machine, acknowledged);
});

test("DUR-05: whichever system call fails once, all that was acknowledged is there after a restart, and after the power is cut", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-05 once");
  const { calls } = await live(() => null);
  // What is owed to a log is tried again after two seconds: the short form takes every fifth call, from one that is drawn.
  const step = rounds({ short: 5, long: 1 });
  for (let number = random.below(step); number < calls.length; number += step) {
    const chosen =
      rounds({ short: 1, long: systemCodes.length }) === 1 ? [random.oneOf(systemCodes)] : systemCodes;
    for (const code of chosen) {
      const lived = await live((at) => (at === number ? code : null));
      await named(`call ${number} (${lived.calls[number]?.type}) fails with ${code}`, async () => {
        await expectRecovered(await afterPowerCut(lived.disk, lived.machine), lived.acknowledged);
        await expectRecovered(lived.machine, lived.acknowledged);
      });
    }
  }
});

test("DUR-05: from whichever system call on all changes fail, the rest is refused and what was acknowledged is there", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-05 from then on");
  const { calls } = await live(() => null);
  const numbers = calls.map((_, number) => number);
  const step = rounds({ short: 4, long: 1 });
  for (const number of numbers.filter((at) => at % step === 0)) {
    const code = random.oneOf(systemCodes);
    const isChange = (call: Call) => !["read", "look", "close"].includes(call.type);
    const lived = await live((at, call) => (at >= number && isChange(call) ? code : null));
    await named(`from call ${number} on: ${code}`, async () => {
      await expectRecovered(await afterPowerCut(lived.disk, lived.machine), lived.acknowledged);
      await expectRecovered(lived.machine, lived.acknowledged);
    });
  }
});
