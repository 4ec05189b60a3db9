// @vitest-environment happy-dom
/** The device flow as the page follows it: one poller, through sleep and a page that was thrown away. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const user = { login: "octocat", name: null, avatar_url: "" };
const device = { id: "d1", name: "Pixel 9", rights: "full", server: { machine: "studio" } };
const start = Date.parse("2026-11-22T14:00:00Z");

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ now: start });
  localStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Plays GitHub's part: the state that every question about the flow is answered with. */
function server() {
  const state: { answer: () => Response; calls: string[]; started: number } = {
    answer: () => Response.json({ status: "pending", interval: 5 }),
    calls: [],
    started: 0,
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    state.calls.push(call);
    if (call === "POST /api/auth/device")
      return Response.json(
        {
          flow: "f1",
          user_code: "WDJB-MJHT",
          verification_uri: "https://github.com/login/device",
          expires_at: new Date(start + 900_000).toISOString(),
        },
        { status: 201 },
      );
    if (call.startsWith("GET /api/auth/device/")) return state.answer();
    return Response.json(call === "GET /api/device" ? device : user);
  });
  return state;
}

async function page() {
  return await import("../../../src/state/access/device-flow.ts");
}

const waiting = {
  phase: "waiting",
  userCode: "WDJB-MJHT",
  verificationUri: "https://github.com/login/device",
  expiresAt: start + 900_000,
  isHeard: true,
};

test("it is asked about every two seconds until somebody is signed in, and then no more", async () => {
  const github = server();
  const { deviceFlow, startDeviceFlow } = await page();
  await startDeviceFlow();
  expect(deviceFlow.value).toEqual(waiting);
  await vi.advanceTimersByTimeAsync(4_100);
  github.answer = () => Response.json({ status: "done", user });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(github.calls.filter((call) => call.endsWith("/f1"))).toHaveLength(3);
  expect(github.calls).toContain("GET /api/device");
  expect(deviceFlow.value).toEqual({ phase: "done" });
  expect(Object.keys(localStorage)).toEqual(["voxpilot.machine"]);
});

test("a phone that wakes asks at once, and only once at a time", async () => {
  const github = server();
  const { startDeviceFlow } = await page();
  await startDeviceFlow();
  for (let times = 0; times < 3; times++) document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(100);
  expect(github.calls.filter((call) => call.endsWith("/f1"))).toHaveLength(1);
});

test("while the machine is away the code stays, and the flow goes on when it is back", async () => {
  const github = server();
  const { deviceFlow, startDeviceFlow } = await page();
  await startDeviceFlow();
  github.answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await vi.advanceTimersByTimeAsync(2_100);
  expect(deviceFlow.value).toEqual({ ...waiting, isHeard: false });
  github.answer = () => Response.json({ status: "pending", interval: 5 });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(deviceFlow.value).toEqual(waiting);
});

test("its end is told with GitHub's reason, and nothing is asked afterwards", async () => {
  const github = server();
  const { deviceFlow, startDeviceFlow } = await page();
  await startDeviceFlow();
  github.answer = () => Response.json({ status: "failed", reason: "not_allowed", detail: "octocat" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(deviceFlow.value).toEqual({
    phase: "failed",
    problem: { code: "not_allowed", detail: "octocat", retryAfterSeconds: null },
  });
  expect(github.calls.filter((call) => call.endsWith("/f1"))).toHaveLength(1);
});

test("a code is over when its time is, whatever the machine says", async () => {
  server();
  const { deviceFlow, startDeviceFlow } = await page();
  await startDeviceFlow();
  await vi.advanceTimersByTimeAsync(905_000);
  expect(deviceFlow.value).toEqual({
    phase: "failed",
    problem: { code: "expired", detail: null, retryAfterSeconds: null },
  });
});

test("a page that the phone threw away takes the flow up again; an old one is forgotten", async () => {
  server();
  await (await page()).startDeviceFlow();
  vi.resetModules();
  const again = await page();
  again.resumeDeviceFlow();
  await vi.advanceTimersByTimeAsync(10);
  expect(again.deviceFlow.value).toEqual(waiting);
  vi.resetModules();
  vi.setSystemTime(start + 901_000);
  const late = await page();
  late.resumeDeviceFlow();
  expect(late.deviceFlow.value).toEqual({ phase: "none" });
});

test("NET-07: what is stored of a flow opens nothing by itself", async () => {
  server();
  await (await page()).startDeviceFlow();
  expect(localStorage.getItem("voxpilot.signIn")).toBe(
    JSON.stringify({ id: "f1", expiresAt: start + 900_000 }),
  );
});
