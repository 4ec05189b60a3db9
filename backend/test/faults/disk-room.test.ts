/** Little room on the disk, before it is full; and a disk that takes nothing at all. */
import { mkdir, readdir } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { ThisDevice } from "../../src/protocol/device.ts";
import { SessionSummary } from "../../src/protocol/session.ts";
import { FreeSpace } from "../../src/workspace/free-space.ts";
import { tellNotRun, timeLimitMs } from "../support/long-form.ts";
import { problemOf, runningApp } from "../support/running-app.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { addDevice, bundledProgram, makeHome, startDriven, wordyModel } from "./driven-server.ts";
import { systemError, watchCalls } from "./played-calls.ts";
import { mountSmallDisk } from "./small-disk.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);
vi.mock("node:fs", async (original) => (await import("./played-calls.ts")).playedWrites(await original()));
vi.mock("../../src/workspace/quick-write.ts", async (original) =>
  (await import("./played-calls.ts")).playedQuickWrite(await original()),
);

const bundle = bundledProgram();

const sessionId = "session-1";
const promptOf = (id: string) => ({ id, content: [{ type: "text", text: "hello" }] });

test("RES-07: under 500 MB devices are told; under 50 MB new turns are refused with the fix, until there is room", async () => {
  let freeBytes = 499_999_999;
  const app = await runningApp({ freeBytes: async () => freeBytes });
  const post = (id: string) => app.request(`POST /api/sessions/${sessionId}/prompts`, { body: promptOf(id) });
  const room = async () => {
    await app.parts.freeSpace.look();
    return (await app.read("GET /api/device", ThisDevice)).server.disk;
  };
  await app.request("POST /api/sessions", { body: { id: sessionId, project: app.project } });
  expect(await room()).toBe("low");
  expect((await post("prompt-0001")).status).toBe(202);
  freeBytes = 49_999_999;
  const refused = await post("prompt-0002");
  expect(refused.status).toBe(507);
  expect(await problemOf(refused)).toMatchObject({
    code: "disk_full",
    detail: "Less than 50 MB are free on this machine. Make room, then try again.",
  });
  // What was accepted before has its answer, whatever the disk says now.
  expect([(await post("prompt-0001")).status, await room()]).toEqual([202, "full"]);
  freeBytes = 500_000_000;
  expect([(await post("prompt-0002")).status, await room()]).toEqual([202, "enough"]);
});

test("RES-07: under 50 MB no session is made, forked or imported; one that was made before is answered as ever", async () => {
  let freeBytes = 50_000_000;
  const app = await runningApp({ freeBytes: async () => freeBytes });
  const create = { id: sessionId, project: app.project };
  expect((await app.request("POST /api/sessions", { body: create })).status).toBe(201);
  freeBytes = 49_999_999;
  const session = { format: "voxpilot-session", version: 1, session: {}, events: [] };
  for (const [call, body] of [
    ["POST /api/sessions", { ...create, id: "session-2" }],
    [`POST /api/sessions/${sessionId}/fork`, { id: "session-3", turnId: "t1" }],
    ["POST /api/sessions/import", { id: "session-4", project: app.project, session }],
  ] as const) {
    const refused = await app.request(call, { body });
    expect([call, refused.status, (await problemOf(refused)).code]).toEqual([call, 507, "disk_full"]);
  }
  expect((await app.request("POST /api/sessions", { body: create })).status).toBe(201);
  expect((await app.parts.sessions.list()).map(({ id }) => id)).toEqual([sessionId]);
});

test("RES-07: a change of the room is told once, and what cannot be measured stays what it was", async () => {
  const told: unknown[] = [];
  let answer: number | null = 1;
  const freeSpace = new FreeSpace({
    directory: "/",
    freeBytes: async () => answer ?? Promise.reject(systemError("ENOSYS")),
    onChange: (room, freeBytes) => told.push([room, freeBytes]),
  });
  expect([await freeSpace.look(), await freeSpace.look()]).toEqual(["full", "full"]);
  answer = null;
  expect(await freeSpace.look()).toBe("full");
  answer = 10 ** 12;
  expect(await freeSpace.look()).toBe("enough");
  expect(told).toEqual([
    ["full", 1],
    ["enough", 10 ** 12],
  ]);
});

const small =
  "RES-07: on a real disk of 64 MB the program refuses prompts when 50 are not free, and takes them again by itself";

test(small, { timeout: timeLimitMs(30_000) }, async ({ skip }) => {
  const home = await makeHome(await temporaryFolder());
  await mkdir(home.state, { mode: 0o700 });
  const disk = await mountSmallDisk(home.state, 64);
  if (disk === null) {
    tellNotRun(small, "this machine lets nobody mount a file system here");
    return skip();
  }
  const { chmod } = await import("node:fs/promises");
  await chmod(home.state, 0o700);
  const model = await wordyModel();
  const launch = { entry: bundle.entry, home, environment: { VOXPILOT_MODELS_BASE_URL: model.baseUrl } };
  const server = await startDriven(launch, await addDevice(launch));
  const post = async (id: string) => {
    const answer = await server.request(`POST /api/sessions/${sessionId}/prompts`, promptOf(id));
    return answer?.status;
  };
  await server.request("POST /api/sessions", { id: sessionId, project: home.project });
  expect(await post("prompt-0001")).toBe(202);
  await disk.leaveFree(40_000_000);
  expect(await post("prompt-0002")).toBe(507);
  await disk.leaveFree(Number.POSITIVE_INFINITY);
  expect(await post("prompt-0002")).toBe(202);
  expect(await server.stop("SIGTERM", 5_000)).toBe(0);
  // Whatever happens is told on standard error: nothing of ours grows without end, there is no log of the server to rotate.
  expect((await readdir(home.state)).filter((name) => name.endsWith(".log"))).toEqual([]);
});

test("DUR-22: while nothing can be written no change is answered with success, and the session says so", async () => {
  const app = await runningApp();
  await app.request("POST /api/sessions", { body: { id: sessionId, project: app.project } });
  onTestFinished(() => watchCalls(null));
  watchCalls({
    folder: app.state,
    before: async (call) => {
      if (!["read", "look", "close"].includes(call.type)) throw systemError("ENOSPC");
    },
    after: () => undefined,
    failed: () => undefined,
  });
  const changes: [string, unknown][] = [
    ["POST /api/sessions", { id: "session-2", project: app.project }],
    [`POST /api/sessions/${sessionId}/prompts`, promptOf("prompt-0001")],
    [`PATCH /api/sessions/${sessionId}`, { title: "renamed" }],
    [`PATCH /api/sessions/${sessionId}`, { mode: "plan" }],
    [`PUT /api/sessions/${sessionId}/seen`, { seq: 1 }],
    ["POST /api/pair/codes", { rights: "read" }],
    ["PATCH /api/devices/nobody", { name: "x" }],
  ];
  const statuses: [string, number][] = [];
  for (const [call, body] of changes) {
    const { status } = await app.request(call, { body });
    statuses.push([call, status]);
  }
  expect(statuses.filter(([, status]) => status < 400)).toEqual([]);
  expect(statuses.slice(0, -1).map(([, status]) => status)).toEqual(statuses.slice(0, -1).map(() => 507));
  const summary = await app.read(`GET /api/sessions/${sessionId}`, SessionSummary);
  expect(summary).toMatchObject({ notSaving: true, queue: [], mode: "ask" });
  watchCalls(null);
  const again = await app.request(`POST /api/sessions/${sessionId}/prompts`, {
    body: promptOf("prompt-0001"),
  });
  expect(again.status).toBe(202);
  expect((await app.read(`GET /api/sessions/${sessionId}`, SessionSummary)).notSaving).toBe(false);
});
