/** Every system call of a session's life fails once, in every way that a system knows; and the power is cut at every one. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeMachine } from "../sessions/session-fixture.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { type Call, systemError, watchCalls } from "./played-calls.ts";
import { PlayedDisk } from "./played-disk.ts";
import { type Acknowledged, expectRecovered, liveThrough, nothingAcknowledged } from "./session-scenario.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);

const codes = ["EIO", "ENOSPC", "EROFS", "EMFILE", "EACCES"] as const;
type Code = (typeof codes)[number];

interface Lived {
  readonly disk: PlayedDisk;
  readonly acknowledged: Acknowledged;
  readonly calls: readonly Call[];
  readonly machine: Awaited<ReturnType<typeof makeMachine>>;
}

/** Lives through the scenario; `fails` says which call fails, by its number. */
async function live(
  fails: (number: number, call: Call) => Code | null,
  onCall: (disk: PlayedDisk, acknowledged: Acknowledged) => void = () => undefined,
): Promise<Lived> {
  const machine = await makeMachine();
  const disk = new PlayedDisk(machine.state);
  const acknowledged = nothingAcknowledged();
  const calls: Call[] = [];
  watchCalls({
    folder: machine.state,
    before: async (call) => {
      const code = fails(calls.length, call);
      calls.push(call);
      if (code !== null) throw systemError(code);
    },
    after: (call, handle) => {
      disk.after(call, handle);
      onCall(disk, acknowledged);
    },
    failed: (call) => disk.failed(call),
  });
  try {
    await liveThrough(machine, acknowledged);
  } finally {
    watchCalls(null);
  }
  return { disk, acknowledged, calls, machine };
}

async function afterPowerCut(disk: PlayedDisk, machine: Lived["machine"]): Promise<Lived["machine"]> {
  const state = join(machine.state, "..", `after-${afterPowerCut.count++}`);
  await mkdir(state);
  await disk.layOut(state);
  return { ...machine, state };
}
afterPowerCut.count = 0;

test("without faults everything is acknowledged, and there after a restart and after the power is cut", async () => {
  const { disk, acknowledged, machine } = await live(() => null);
  expect(acknowledged).toMatchObject({
    isCreated: true,
    prompts: ["prompt-1", "prompt-2"],
    titles: ["renamed"],
    seen: [3],
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
    const chosen = rounds({ short: 1, long: codes.length }) === 1 ? [random.oneOf(codes)] : codes;
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
    const code = random.oneOf(codes);
    const isChange = (call: Call) => !["read", "look", "close"].includes(call.type);
    const lived = await live((at, call) => (at >= number && isChange(call) ? code : null));
    await named(`from call ${number} on: ${code}`, async () => {
      await expectRecovered(await afterPowerCut(lived.disk, lived.machine), lived.acknowledged);
      await expectRecovered(lived.machine, lived.acknowledged);
    });
  }
});

test("DUR-20: the power is cut after every system call: what was not synced is gone, what was acknowledged is not", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const pictures: { disk: PlayedDisk; acknowledged: Acknowledged }[] = [];
  const { machine } = await live(
    () => null,
    (disk, acknowledged) => pictures.push({ disk: disk.copy(), acknowledged: structuredClone(acknowledged) }),
  );
  for (const [number, { disk, acknowledged }] of pictures.entries())
    await named(`after call ${number}`, async () =>
      expectRecovered(await afterPowerCut(disk, machine), acknowledged),
    );
});

async function named(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
