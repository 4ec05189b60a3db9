/** The device flow: how often GitHub is asked, by whom, until when, and who hears of its end. */
import { setMaxListeners } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { DeviceFlows, type FlowRequest } from "../../../src/access/github/device-flows.ts";
import { createGitHubClient } from "../../../src/access/github/github-client.ts";
import type { FakeGitHub } from "../../support/fake-github.ts";
import { fakeGitHub, settingsFor } from "./fixture.ts";
import { ManualClock } from "./manual-clock.ts";

const tokenPath = "/login/oauth/access_token";

interface Stage {
  readonly fake: FakeGitHub;
  readonly clock: ManualClock;
  readonly flows: DeviceFlows<string>;
  readonly tokens: readonly string[];
  readonly unexpected: readonly unknown[];
  readonly stop: AbortController;
  /** Begins a flow; resolves to its id, its browser's secret and its code. */
  begin(request?: Partial<FlowRequest<string>>): Promise<{ id: string; browser: string; userCode: string }>;
  /** Polls so far. */
  polls(): number;
}

async function stage(): Promise<Stage> {
  const fake = await fakeGitHub();
  const clock = new ManualClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  setMaxListeners(0, stop.signal);
  const tokens: string[] = [];
  const unexpected: unknown[] = [];
  const flows = new DeviceFlows<string>({
    client: createGitHubClient(settingsFor(fake)),
    clock,
    stopping: stop.signal,
    onUnexpected: (error) => unexpected.push(error),
  });
  return {
    fake,
    clock,
    flows,
    tokens,
    unexpected,
    stop,
    async begin(request = {}) {
      const begun = await flows.begin({
        browser: null,
        client: "10.0.0.1",
        owner: null,
        complete: async (token) => {
          tokens.push(token);
          return { status: "done", result: "in" };
        },
        ...request,
      });
      if (begun.type !== "begun") throw new Error("There was no room.");
      return { id: begun.start.flow, browser: begun.browser, userCode: begun.start.user_code };
    },
    polls: () => fake.requests.filter(({ path }) => path === tokenPath).length,
  };
}

/** Resolves once the flow has ended; the poller then waits no more. */
async function endOf({ flows }: Stage, { id, browser }: { id: string; browser: string }) {
  for (;;) {
    const state = flows.stateOf(id, browser);
    if (state?.status !== "pending") return state;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function askFor({ flows }: Stage, client: string, owner: string | null = null) {
  return flows.begin({ browser: null, client, owner, complete: () => Promise.reject(new Error()) });
}

test("one interval goes by before GitHub is asked first, and between any two", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  expect(await scene.clock.nextWait()).toBe(5_000);
  expect(scene.polls()).toBe(0);
  scene.clock.advance(5_000);
  expect(await scene.clock.nextWait()).toBe(5_000);
  expect(scene.polls()).toBe(1);
  expect(scene.flows.stateOf(flow.id, flow.browser)).toEqual({ status: "pending", intervalSeconds: 5 });
  scene.fake.approve(flow.userCode);
  scene.clock.advance(5_000);
  expect(await endOf(scene, flow)).toEqual({ status: "done", result: "in" });
  expect(scene.tokens.length).toBe(1);
  expect(scene.polls()).toBe(2);
});

test("slow_down is adopted and kept: GitHub's interval, or five seconds more", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  const waits = [await scene.clock.nextWait()];
  const answers = [
    { error: "slow_down", interval: 12 },
    { error: "authorization_pending" },
    { error: "slow_down" },
    { error: "authorization_pending" },
    { error: "slow_down", interval: 1 },
    { error: "authorization_pending" },
  ];
  for (const body of answers) {
    scene.fake.answerNext(tokenPath, { body });
    scene.clock.advance(waits.at(-1) ?? 0);
    waits.push(await scene.clock.nextWait());
  }
  expect(waits).toEqual([5, 12, 12, 17, 17, 17, 17].map((seconds) => seconds * 1_000));
  expect(scene.flows.stateOf(flow.id, flow.browser)).toEqual({ status: "pending", intervalSeconds: 17 });
});

describe("each error ends the flow with its own reason", () => {
  const ends: readonly (readonly [string, string])[] = [
    ["expired_token", "expired"],
    ["token_expired", "expired"],
    ["access_denied", "denied"],
    ["device_flow_disabled", "device_flow_disabled"],
    ["incorrect_device_code", "misconfigured"],
    ["incorrect_client_credentials", "misconfigured"],
    ["unsupported_grant_type", "misconfigured"],
    ["something_new", "failed"],
  ];
  for (const [error, reason] of ends) {
    test(`${error} is ${reason}`, async () => {
      const scene = await stage();
      const flow = await scene.begin();
      scene.fake.answerNext(tokenPath, { body: { error } });
      scene.clock.advance(await scene.clock.nextWait());
      expect(await endOf(scene, flow)).toEqual({ status: "failed", reason, detail: error });
      expect([scene.polls(), scene.tokens.length]).toEqual([1, 0]);
    });
  }

  test("a page instead of an answer is failed", async () => {
    const scene = await stage();
    const flow = await scene.begin();
    scene.fake.answerNext(tokenPath, { body: "<html>" });
    scene.clock.advance(await scene.clock.nextWait());
    expect(await endOf(scene, flow)).toEqual({ status: "failed", reason: "failed", detail: undefined });
  });
});

test("nothing is asked once the code has expired", async () => {
  const scene = await stage();
  scene.fake.expiresIn = 12;
  const flow = await scene.begin();
  for (const expected of [5_000, 5_000, 2_000]) {
    expect(await scene.clock.nextWait()).toBe(expected);
    scene.clock.advance(expected);
  }
  expect(await endOf(scene, flow)).toEqual({ status: "failed", reason: "expired", detail: undefined });
  expect(scene.polls()).toBe(2);
});

test("two lost answers are borne, more slowly each time; a third in a row ends the flow", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  const cut = { cut: true };
  const pending = { body: { error: "authorization_pending" } };
  for (const answer of [cut, cut, pending, cut, cut]) {
    scene.fake.answerNext(tokenPath, answer);
    scene.clock.advance(await scene.clock.nextWait());
  }
  expect(await scene.clock.nextWait()).toBe(25_000);
  scene.fake.answerNext(tokenPath, cut);
  scene.clock.advance(25_000);
  expect(await endOf(scene, flow)).toEqual({ status: "failed", reason: "unreachable", detail: undefined });
});

test("a second tab of the same browser gets the same flow and no second poller", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  expect(await scene.begin({ browser: flow.browser })).toEqual(flow);
  expect((await scene.begin({ browser: "another" })).id).not.toBe(flow.id);
  expect((await scene.begin({ browser: flow.browser, owner: "a device" })).id).not.toBe(flow.id);
  expect(scene.fake.requests.length).toBe(3);
});

test("only the browser that began a flow is told of it", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  expect(scene.flows.stateOf(flow.id, null)).toBeNull();
  expect(scene.flows.stateOf(flow.id, "another")).toBeNull();
  expect(scene.flows.stateOf("another", flow.browser)).toBeNull();
});

test("the end is told again and again while the flow lives, and forgotten after it", async () => {
  const scene = await stage();
  const flow = await scene.begin();
  scene.fake.approve(flow.userCode);
  scene.clock.advance(await scene.clock.nextWait());
  await endOf(scene, flow);
  scene.clock.advance(894_000);
  expect(scene.flows.stateOf(flow.id, flow.browser)).toEqual({ status: "done", result: "in" });
  scene.clock.advance(1_000);
  expect(scene.flows.stateOf(flow.id, flow.browser)).toBeNull();
});

test("five flows at a time for one client, twenty for all strangers; then the time to wait is told", async () => {
  const scene = await stage();
  const first = await Promise.all(Array.from({ length: 8 }, () => askFor(scene, "10.0.0.1")));
  expect(first.map(({ type }) => type)).toEqual([...Array(5).fill("begun"), ...Array(3).fill("full")]);
  for (const client of ["a", "b", "c"]) {
    for (let index = 0; index < 5; index++) expect((await askFor(scene, client)).type).toBe("begun");
  }
  scene.clock.advance(20_000);
  expect(await askFor(scene, "d")).toEqual({ type: "full", waitMs: 40_000 });
});

test("M2: strangers fill no slot of a paired device, nor one device another's", async () => {
  const scene = await stage();
  for (const client of ["a", "b", "c", "d"]) {
    for (let index = 0; index < 5; index++) await askFor(scene, client);
  }
  expect((await askFor(scene, "d")).type).toBe("full");
  for (let index = 0; index < 5; index++) expect((await askFor(scene, "a", "phone")).type).toBe("begun");
  expect((await askFor(scene, "e", "phone")).type).toBe("full");
  expect((await askFor(scene, "a", "tablet")).type).toBe("begun");
});

test("M2: a flow that nobody asked about for a minute gives way, and lives until then", async () => {
  const scene = await stage();
  const left = await scene.begin();
  const asked = await scene.begin();
  for (let index = 0; index < 3; index++) await askFor(scene, "10.0.0.1");
  scene.clock.advance(59_000);
  scene.flows.stateOf(asked.id, asked.browser);
  expect(await askFor(scene, "10.0.0.1")).toEqual({ type: "full", waitMs: 1_000 });
  scene.clock.advance(1_000);
  expect(scene.flows.stateOf(left.id, "another")).toBeNull();
  expect((await askFor(scene, "10.0.0.1")).type).toBe("begun");
  expect(scene.flows.stateOf(left.id, left.browser)).toEqual({ status: "failed", reason: "expired" });
  expect(scene.flows.stateOf(asked.id, asked.browser)?.status).toBe("pending");
});

test("when the server stops, polling stops", async () => {
  const scene = await stage();
  await scene.begin();
  await scene.clock.nextWait();
  scene.stop.abort();
  scene.clock.advance(60_000);
  expect([scene.polls(), scene.unexpected]).toEqual([0, []]);
});

test("a sign-in that cannot be completed ends the flow and is reported", async () => {
  const scene = await stage();
  const broken = new Error("The disk is full.");
  const flow = await scene.begin({ complete: () => Promise.reject(broken) });
  scene.fake.approve(flow.userCode);
  scene.clock.advance(await scene.clock.nextWait());
  expect(await endOf(scene, flow)).toEqual({ status: "failed", reason: "failed" });
  expect(scene.unexpected).toEqual([broken]);
});
