// @vitest-environment happy-dom
/** What a session has left running: the list, ending one, and what is said when that cannot be done. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const job = { jobId: "j1", command: "npm run dev", cwd: "/srv/shop", runningMs: 65_000, end: null };
const stopped = { ...job, end: { exitCode: null, signal: "SIGTERM", stoppedBy: "person" } };
let answers: Record<string, () => Response> = {};
let calls: string[] = [];
let rights = "full";

beforeEach(() => {
  vi.resetModules();
  calls = [];
  rights = "full";
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/device")
      return Response.json({ id: "d", name: "d", rights, server: { machine: "studio" } });
    calls.push(`${request.method} ${pathname}`);
    return (answers[pathname] ?? answers[request.method])?.() ?? Response.json([]);
  });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  const { loadDevice } = await import("../../src/state/access/device.ts");
  await loadDevice();
  const { openJobsSheet } = await import("../../src/views/session-sheets/jobs-sheet.ts");
  openJobsSheet("s1");
  await vi.waitFor(() => expect(document.querySelector("[role=status]")?.textContent).not.toBe("Loading"));
}

const commands = () => [...document.querySelectorAll(".job-command")].map((each) => each.textContent);
const line = () => document.querySelector(".job-row .option-line")?.textContent ?? null;
const stopButton = () => document.querySelector<HTMLButtonElement>(".job-row .button");

test("lists what runs with how long and where; Stop ends it, and its row stays and says so", async () => {
  let known: unknown[] = [job];
  answers = {
    GET: () => Response.json(known),
    DELETE: () => {
      known = [stopped];
      return new Response(null, { status: 204 });
    },
  };
  await open();
  await vi.waitFor(() => expect(commands()).toEqual(["npm run dev"]));
  expect(line()).toContain("/srv/shop");
  stopButton()?.click();
  await vi.waitFor(() => expect(line()).toBe("Stopped · ran 1 m 05 s"));
  expect([commands(), stopButton()]).toEqual([["npm run dev"], null]);
  expect(calls).toEqual([
    "GET /api/sessions/s1/jobs",
    "DELETE /api/sessions/s1/jobs/j1",
    "GET /api/sessions/s1/jobs",
  ]);
});

test("one that cannot be ended stays, says why, and can be tried again", async () => {
  answers = {
    GET: () => Response.json([job]),
    DELETE: () => {
      throw new TypeError("away");
    },
  };
  await open();
  await vi.waitFor(() => expect(commands()).toEqual(["npm run dev"]));
  stopButton()?.click();
  await vi.waitFor(() => expect(line()).toContain("does not answer"));
  expect(stopButton()?.disabled).toBe(false);
});

test("a device that may only read sees the list without a way to end anything", async () => {
  rights = "read";
  answers = { GET: () => Response.json([job]) };
  await open();
  await vi.waitFor(() => expect(commands()).toEqual(["npm run dev"]));
  expect(stopButton()).toBe(null);
});

test("a row opens to the latest output, and to what it says after that", async () => {
  const said = ["ready\n", "ready\nGET /\n"];
  answers = {
    "/api/sessions/s1/jobs": () => Response.json([job]),
    "/api/sessions/s1/jobs/j1": () =>
      Response.json({ ...job, output: said.length > 1 ? said.shift() : said[0], omitted: 0 }),
  };
  await open();
  await vi.waitFor(() => expect(commands()).toEqual(["npm run dev"]));
  document.querySelector<HTMLButtonElement>(".job-row .option-row")?.click();
  const output = () => document.querySelector(".job-body .output-text")?.textContent;
  await vi.waitFor(() => expect(output()).toBe("ready\n"));
  await vi.waitFor(() => expect(output()).toBe("ready\nGET /\n"), { timeout: 5_000 });
});
