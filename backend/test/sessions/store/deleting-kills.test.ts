/** kill -9 of a process that deletes sessions. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Random, rounds, seededRandom, timeLimitMs } from "../../support/long-form.ts";
import { type Machine, makeMachine, phone, promptOf, startStore, turnEnd } from "../session-fixture.ts";

let folder: string;
let entry: string;
beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "voxpilot-deleting-"));
  entry = join(folder, "deleting.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("deleting-process.ts", import.meta.url))],
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    plugins: [
      {
        name: "no test runner",
        setup(bundling) {
          // The fixtures ask it only to tidy up after them, which nobody does here.
          bundling.onResolve({ filter: /^vitest$/ }, () => ({ path: "vitest", namespace: "none" }));
          bundling.onLoad({ filter: /.*/, namespace: "none" }, () => ({
            contents: "export const onTestFinished = () => undefined;",
          }));
        },
      },
    ],
    logLevel: "error",
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sessionsTogether = 5;
/** About as long as a delete takes. */
const longestStepMs = 12;

test("DUR-23: kill -9 at random points of deleting leaves each session gone or as it was, and nothing of those that are gone", {
  timeout: timeLimitMs(120_000),
}, async () => {
  const random = seededRandom("DUR-23");
  const kills = rounds({ short: 15, long: 200 });
  const machine = await makeMachine();
  let logs = new Map<string, string>();
  let [whole, gone] = [0, 0];
  for (let kill = 0; kill < kills; kill += 1) {
    if (logs.size === 0) logs = await makeSessions(machine, kill);
    const acknowledged = await killedWhileDeleting(machine, [...logs.keys()], random);
    const left = await leftOf(machine);
    for (const id of acknowledged) expect([...left.keys()]).not.toContain(id);
    for (const [id, log] of left) expect([id, log]).toEqual([id, logs.get(id)]);
    // One at a time: of those that were not acknowledged at most the one that was under way may be gone.
    const unacknowledged = [...logs.keys()].filter((id) => !left.has(id) && !acknowledged.includes(id));
    expect(unacknowledged.length).toBeLessThanOrEqual(1);
    for (const id of logs.keys()) if (!left.has(id)) expect(await pathsOf(machine, id)).toEqual([]);
    gone += logs.size - left.size;
    whole += left.size;
    logs = left;
  }
  process.stdout.write(`DUR-23: ${kills} kills; ${gone} sessions gone, ${whole} times one was found whole\n`);
});

async function makeSessions(machine: Machine, round: number): Promise<Map<string, string>> {
  const store = startStore(machine);
  for (let number = 0; number < sessionsTogether; number += 1) {
    const session = await store.create({ id: `doomed-${round}-${number}`, project: machine.project }, phone);
    await session.submitPrompt(promptOf("prompt-0001", "Say a word."), phone);
    await turnEnd(session);
    await session.markSeen("d1", 2);
  }
  await store.close();
  return leftOf(machine);
}

/** The ids that it said were gone before it was killed. */
async function killedWhileDeleting(
  machine: Machine,
  ids: readonly string[],
  random: Random,
): Promise<string[]> {
  const child = spawn(process.execPath, [entry, machine.state, machine.project, ...ids], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const deadly = random.below(ids.length);
  const delayMs = random.below(longestStepMs);
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
    if (output.split("now\n").length - 1 > deadly) void wait(delayMs).then(() => child.kill("SIGKILL"));
  });
  await closed;
  return [...output.matchAll(/^gone (.+)$/gm)].flatMap(([, id]) => (id === undefined ? [] : [id]));
}

/** What a start finds: each session's log, byte for byte. */
async function leftOf(machine: Machine): Promise<Map<string, string>> {
  const store = startStore(machine);
  const ids = (await store.list()).map(({ id }) => id);
  await store.close();
  const logs = new Map<string, string>();
  for (const id of ids)
    logs.set(id, await readFile(join(machine.state, "sessions", id, "log.jsonl"), "utf8"));
  return logs;
}

/** Everything in the state folder that names a session. */
async function pathsOf(machine: Machine, id: string): Promise<string[]> {
  const entries = await readdir(machine.state, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const each of entries) {
    const path = join(each.parentPath, each.name);
    // What a killed write of a small file left: ids at most, no words. The next process with the lock may take it away.
    if (each.parentPath === machine.state && /^\.[0-9a-f]+\.tmp$/.test(each.name)) continue;
    if (each.name.includes(id) || (each.isFile() && (await readFile(path, "utf8")).includes(id)))
      found.push(path);
  }
  return found;
}
