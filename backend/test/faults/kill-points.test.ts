/** kill -9 of the whole program, again and again, while people send prompts and decide. */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Random, rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  addDevice,
  bundledProgram,
  type Launch,
  makeHome,
  startDriven,
  wordyModel,
} from "./driven-server.ts";
import { PromptLoad } from "./prompt-load.ts";

const bundle = bundledProgram();

const sessions = 2;
/** A fresh pair of sessions after so many kills: logs stay short, and every one sees many kills. */
const killsTogether = 10;

/** Long enough for some turns, and short enough to land in the middle of a decision and its command. */
const longestFloodMs = 150;
const longestDecisionMs = 200;
/** Machines beside each other, each with a server of its own. */
const lanes = 2;

test("DUR-01: kill -9 at random points under load loses nothing acknowledged, doubles nothing, invents nothing", {
  timeout: timeLimitMs(120_000),
}, async () => {
  const random = seededRandom("DUR-01");
  const kills = rounds({ short: 50, long: 2_000 });
  const model = await wordyModel();
  const lane = async () => {
    const home = await makeHome(await temporaryFolder());
    const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
    return killAgainAndAgain(launch, new PromptLoad(home, random), { kills: kills / lanes, random });
  };
  const loads = await Promise.all(Array.from({ length: lanes }, lane));
  const sum = (count: (load: PromptLoad) => number) => loads.reduce((total, load) => total + count(load), 0);
  const [prompts, decisions] = [sum((load) => load.acknowledged), sum((load) => load.decided)];
  process.stdout.write(
    `DUR-01: ${kills} kills of the whole program; acknowledged: ${prompts} prompts, ${decisions} decisions\n`,
  );
  expect(prompts).toBeGreaterThan(kills);
});

async function killAgainAndAgain(
  launch: Launch,
  load: PromptLoad,
  { kills, random }: { kills: number; random: Random },
): Promise<PromptLoad> {
  const token = await addDevice(launch);
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await startDriven(launch, token);
    if (kill > 0) await load.check(server, sessions);
    // Now a flood of prompts, now one from each person, so that questions come soon and decisions are on their way.
    const isFlood = kill % 2 === 0;
    if (!isFlood || kill % killsTogether === 0) await load.openSessions(server, sessions);
    const running = load.run(server, { sessions, promptsEach: isFlood ? Number.POSITIVE_INFINITY : 1 });
    if (!isFlood) await load.untilDecided();
    await wait(random.below(isFlood ? longestFloodMs : longestDecisionMs));
    if (isFlood) {
      await load.untilInFlight();
      expect(load.inFlight).toBeGreaterThan(0);
    }
    await server.kill();
    await running;
  }
  const last = await startDriven(launch, token);
  await load.check(last, sessions);
  await last.kill();
  return load;
}
