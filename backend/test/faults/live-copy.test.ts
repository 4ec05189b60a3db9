/** A backup that somebody takes of the state folder while people work. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startStore } from "../sessions/session-fixture.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { addDevice, bundledProgram, makeHome, startDriven, wordyModel } from "./driven-server.ts";
import { PromptLoad } from "./prompt-load.ts";

const run = promisify(execFile);
const bundle = bundledProgram();

const sessions = 2;

/** Its sockets cannot be copied, and nobody needs them; git's locks, half-written files and texts for the search, made from the logs, come and go while it is copied. */
function complaints(error: { readonly stderr?: string }): readonly string[] {
  const lines = (error.stderr ?? String(error)).split("\n").filter(Boolean);
  return lines.filter(
    (line) => !/control\.sock|(?:\.(?:lock|tmp)|\/search\/[^/]+\.txt)'?: No such file/.test(line),
  );
}

test("DUR-21: a copy of the state folder that is taken under load has all that was acknowledged before it", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const random = seededRandom("DUR-21");
  const [folder, copies] = [await temporaryFolder(), await temporaryFolder()];
  const home = await makeHome(folder);
  const model = await wordyModel();
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
  const server = await startDriven(launch, await addDevice(launch));
  const load = new PromptLoad(home, random);
  await load.openSessions(server, sessions);
  const running = load.run(server, { sessions, promptsEach: Number.POSITIVE_INFINITY });
  for (let copy = 0; copy < rounds({ short: 5, long: 50 }); copy += 1) {
    await wait(random.below(100));
    const before = load.acknowledgedIds();
    const state = join(copies, `${copy}`);
    await run("cp", ["-r", home.state, state]).catch((error) => expect(complaints(error)).toEqual([]));
    const store = startStore({ state, project: home.project });
    const summaries = await store.list();
    expect(summaries).toHaveLength(sessions);
    const found = new Set<string>();
    for (const { id } of summaries) {
      const session = await store.find(id);
      const { events } = (await session?.readEvents({})) ?? { events: [] };
      for (const { update } of events)
        if (update.sessionUpdate === "prompt_queued") found.add(update.promptId);
      const notices = events.filter(
        ({ update }) => update.sessionUpdate === "notice" && update.code === "damaged_lines",
      );
      expect(notices).toEqual([]);
    }
    expect(before.filter((id) => !found.has(id))).toEqual([]);
    await store.close();
  }
  await server.kill();
  await running;
});
