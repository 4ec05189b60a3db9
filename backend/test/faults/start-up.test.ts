/** A start that is broken off at any moment, and a start with any of its files damaged. */
import { appendFile, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { encodeLine } from "../../src/sessions/log/log-line.ts";
import { makeMachine, sessionId, startStore, updates } from "../sessions/session-fixture.ts";
import { timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { addDevice, bundledProgram, makeHome, startDriven, wordyModel } from "./driven-server.ts";
import { eventsOf, everyKind } from "./every-kind.ts";
import { frozen, watchCalls } from "./played-calls.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);
vi.mock("node:fs", async (original) => (await import("./played-calls.ts")).playedWrites(await original()));
vi.mock("../../src/workspace/quick-write.ts", async (original) =>
  (await import("./played-calls.ts")).playedQuickWrite(await original()),
);

const bundle = bundledProgram();

/** A folder as a crash left it: a turn with an open call and an open question, a damaged line, a torn end, a damaged copy. */
async function crashedMachine() {
  const machine = await makeMachine();
  const directory = join(machine.state, "sessions", sessionId);
  await mkdir(directory, { recursive: true });
  const project = { id: "p1", name: "project", path: machine.project };
  const lines = eventsOf(everyKind(project)).slice(0, 16).map(encodeLine);
  lines[7] = "damaged\n";
  await writeFile(join(directory, "log.jsonl"), `${lines.join("")}{"seq":17,"at`);
  await writeFile(join(directory, "created.json"), JSON.stringify(everyKind(project)[0]));
  await writeFile(join(machine.state, "seen.json"), "damaged");
  return machine;
}

async function pictureOf(machine: Awaited<ReturnType<typeof makeMachine>>) {
  const store = startStore(machine);
  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is gone.");
  const all = await updates(session);
  const { project: _, ...summary } = session.summary();
  await store.close();
  const directory = join(machine.state, "sessions", sessionId);
  const aside = (await readFile(join(directory, "damaged.jsonl"), "utf8")).trimEnd().split("\n");
  const copies = (await readdir(machine.state)).filter((name) => name.endsWith(".damaged"));
  return { all: all.slice(1), summary, aside: [...new Set(aside)].sort(), copies: copies.length };
}

test("DUR-18: a start that is broken off before any of its calls leaves a folder that comes to the same state", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const whole = await pictureOf(await crashedMachine());
  for (let kill = 0, isOver = false; !isOver; kill += 1) {
    const machine = await crashedMachine();
    let calls = 0;
    const reached = new Promise<"killed">((resolve) => {
      watchCalls({
        folder: machine.state,
        before: async () => {
          calls += 1;
          if (calls <= kill) return;
          resolve("killed");
          await frozen();
        },
        after: () => undefined,
        failed: () => undefined,
      });
    });
    const store = startStore(machine);
    isOver = (await Promise.race([reached, store.load().then(() => "loaded" as const)])) === "loaded";
    watchCalls(null);
    expect([kill, await pictureOf(machine)]).toEqual([kill, whole]);
  }
});

test("DUR-19: whichever state file is damaged, the server starts, says so, and the damaged bytes are kept", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const model = await wordyModel();
  // What is derived from the log is made anew, and no copy of it is needed.
  const names = [...keptFiles, join("sessions", sessionId, "summary.json"), "server.lock"];
  const lanes = [0, 1].map((lane) => names.filter((_, at) => at % 2 === lane));
  await Promise.all(lanes.map((own) => startDamaged(own, model.baseUrl)));
});

/** The files that are kept aside when they are damaged. */
const keptFiles = [
  "devices.json",
  "pairing.json",
  "projects.json",
  "seen.json",
  "audit.jsonl",
  "audit-head.json",
  join("sessions", sessionId, "created.json"),
  join("sessions", sessionId, "log.jsonl"),
];

/** On a machine of its own: damages one file after the other, and starts the program each time. */
async function startDamaged(names: readonly string[], modelUrl: string): Promise<void> {
  const home = await makeHome(await temporaryFolder());
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: modelUrl } };
  const token = await addDevice(launch);
  const first = await startDriven(launch, token);
  await first.request("POST /api/sessions", { id: sessionId, project: home.project });
  await first.request(`PUT /api/sessions/${sessionId}/seen`, { seq: 1 });
  await first.stop("SIGTERM", 5_000);
  const kept = await temporaryFolder();
  for (const [number, name] of names.entries()) {
    const path = join(home.state, name);
    await copyFile(path, join(kept, "before")).catch(() => writeFile(join(kept, "before"), ""));
    const garbage = `garbage-${number}\0\n`;
    await writeFile(path, garbage);
    const server = await startDriven(launch, token);
    const health = await server.request("GET /api/health");
    await server.request("GET /api/sessions");
    await server.request("GET /api/projects");
    const told = server.errors();
    await server.stop("SIGTERM", 5_000);
    expect([name, health?.status]).toEqual([name, 200]);
    if (keptFiles.includes(name)) {
      expect([name, await standsSomewhere(home.state, garbage)]).toEqual([name, true]);
      // A session tells in its conversation; the record of `audit verify` tells of itself.
      const tellsItself = name.startsWith("sessions") || name.startsWith("audit");
      if (!tellsItself) expect([name, told.includes(name)]).toEqual([name, true]);
    }
    await copyFile(join(kept, "before"), path);
  }
}

test("DUR-19: a config file that cannot be read is named, left as it is, and nothing starts with half of it", {
  timeout: timeLimitMs(30_000),
}, async () => {
  const home = await makeHome(await temporaryFolder());
  const path = join(home.home, "config.json");
  await appendFile(path, '{"lan": tr');
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_CONFIG: path } };
  await expect(startDriven(launch, "none")).rejects.toThrow(path);
  expect(await readFile(path, "utf8")).toBe('{"lan": tr');
});

/** As it is, or in base64 in what was kept aside of a log. */
async function standsSomewhere(folder: string, text: string): Promise<boolean> {
  const base64 = Buffer.from(text.trimEnd()).toString("base64");
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name), "utf8");
    if (content.includes(text) || content.includes(base64)) return true;
  }
  return false;
}
