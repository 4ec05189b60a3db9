/** Two servers that start at once on one state folder, also on the lock of one that is gone. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Random, rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { addDevice, bundledProgram, type Launch, makeHome, startDriven } from "./driven-server.ts";

const bundle = bundledProgram();

/** State folders beside each other: in one of them a start may be waiting for a holder that never answers. */
const lanes = 2;

test("DUR-06: of two programs that start at once exactly one wins, the other names its pid; a stale lock keeps nobody out", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-06");
  const all = Array.from({ length: rounds({ short: 10, long: 200 }) }, (_, round) => round);
  const lane = async (own: readonly number[]) => {
    const home = await makeHome(await temporaryFolder());
    const launch = { entry: bundle.entry, home };
    const token = await addDevice(launch);
    for (const round of own) await startTwo({ launch, token, round, random });
  };
  await Promise.all(
    Array.from({ length: lanes }, (_, at) => lane(all.filter((round) => round % lanes === at))),
  );
});

interface Round {
  readonly launch: Launch;
  readonly token: string;
  readonly round: number;
  readonly random: Random;
}

async function startTwo({ launch, token, round, random }: Round): Promise<void> {
  const lock = join(launch.home.state, "server.lock");
  // No such process; this very process, which is no server; a torn lock; and what the kill of the last round left.
  const stale = [
    JSON.stringify({ pid: 2 ** 30, id: "dead" }),
    JSON.stringify({ pid: process.pid, id: "reused" }),
    "",
  ];
  const found =
    round < stale.length ? stale[round] : random.oneOf([...stale.filter((_, at) => at !== 1), null]);
  if (found !== null && found !== undefined) await writeFile(lock, found);
  const outcomes = await Promise.allSettled([startDriven(launch, token), startDriven(launch, token)]);
  const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
  expect([round, won.length, lost.length]).toEqual([round, 1, 1]);
  expect(lost[0]).toContain(`Another VoxPilot (pid ${won[0]?.child.pid}) uses`);
  await won[0]?.kill();
}
