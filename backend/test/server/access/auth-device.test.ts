/** GitHub's device flow over HTTP. */
import { describe, expect, test } from "vitest";
import { DeviceFlowStart, DeviceFlowState } from "../../../src/protocol/github.ts";
import { bodyOf, problemOf, runningApp } from "../../support/running-app.ts";
import { auditOf, Browser, devicesOf, gitHubForTest, settingsOf, stage } from "./auth-browser.ts";

const octocat = { login: "octocat", name: "The Octocat", avatar_url: "https://avatars.example/u/1" };
const tokenPath = "/login/oauth/access_token";

async function begin(browser: Browser, body: object = {}): Promise<DeviceFlowStart> {
  const begun = await browser.visit("POST /api/auth/device", { body });
  expect(begun.status).toBe(201);
  return bodyOf(begun, DeviceFlowStart);
}

async function stateOf(browser: Browser, { flow }: DeviceFlowStart): Promise<DeviceFlowState> {
  const answer = await browser.visit(`GET /api/auth/device/${flow}`);
  expect(answer.status).toBe(200);
  return bodyOf(answer, DeviceFlowState);
}

/** Asks until the flow has ended. */
async function endOf(browser: Browser, start: DeviceFlowStart): Promise<DeviceFlowState> {
  for (;;) {
    const state = await stateOf(browser, start);
    if (state.status !== "pending") return state;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("the person types the code at GitHub, and the browser is in", async () => {
  const { app, browser, clock, fake } = await stage();
  const start = await begin(browser, { name: "Pixel 9" });
  expect(start).toEqual({
    flow: expect.stringMatching(/^[\w-]{24}$/),
    user_code: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/),
    verification_uri: `${fake.baseUrl}/login/device`,
    expires_at: new Date(clock.now() + 900_000).toISOString(),
  });
  expect(await stateOf(browser, start)).toEqual({ status: "pending", interval: 5 });
  fake.approve(start.user_code);
  clock.advance(await clock.nextWait());
  expect(await endOf(browser, start)).toEqual({ status: "done", user: octocat });
  expect(await (await browser.visit("GET /api/device")).json()).toMatchObject({
    name: "Pixel 9",
    rights: "full",
    login: "octocat",
  });
  expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual(octocat);
  expect((await auditOf(app)).map(({ kind }) => kind)).toEqual(["device_paired", "signed_in"]);
});

test("the end is there before anybody asks for it, and is the same however often one asks", async () => {
  const { app, browser, clock, fake } = await stage();
  const start = await begin(browser);
  fake.approve(start.user_code);
  clock.advance(await clock.nextWait());
  await endOf(browser, start);
  const before = (await devicesOf(app)).length;
  const device = browser.cookie("voxpilot_device");
  for (let times = 0; times < 3; times++) await stateOf(browser, start);
  expect([(await devicesOf(app)).length, browser.cookie("voxpilot_device")]).toEqual([before, device]);
});

test("the flow belongs to the browser that began it", async () => {
  const { app, browser, clock, fake } = await stage();
  const start = await begin(browser);
  fake.approve(start.user_code);
  clock.advance(await clock.nextWait());
  await endOf(browser, start);
  const other = new Browser(app);
  await begin(other);
  for (const stranger of [other, new Browser(app)]) {
    const answer = await stranger.visit(`GET /api/auth/device/${start.flow}`);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([404, []]);
    expect((await problemOf(answer)).code).toBe("flow_not_found");
  }
  expect(browser.setCookies[0]).toMatch(
    /^voxpilot_github_flow=[\w-]{43}; Path=\/api\/auth; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
  );
});

test("a second tab gets the same code, and GitHub is asked by one", async () => {
  const { browser, fake } = await stage();
  const [first, second] = [await begin(browser), await begin(browser)];
  expect(second).toEqual(first);
  expect(fake.requests.filter(({ path }) => path === "/login/device/code").length).toBe(1);
});

describe("a flow that fails says why", () => {
  const ends: readonly (readonly [string, object])[] = [
    ["expired_token", { reason: "expired", detail: "expired_token" }],
    ["access_denied", { reason: "denied", detail: "access_denied" }],
    ["incorrect_device_code", { reason: "misconfigured", detail: "incorrect_device_code" }],
    ["device_flow_disabled", { reason: "device_flow_disabled", detail: "device_flow_disabled" }],
  ];
  for (const [error, end] of ends) {
    test(error, async () => {
      const { browser, clock, fake } = await stage();
      const start = await begin(browser);
      fake.answerNext(tokenPath, { body: { error } });
      clock.advance(await clock.nextWait());
      expect(await endOf(browser, start)).toEqual({ status: "failed", ...end });
      expect(browser.cookie("gh_token")).toBeUndefined();
    });
  }

  test("NET-04: a stranger's account is not let in, and leaves one audit line", async () => {
    const { app, browser, clock, fake } = await stage();
    fake.users.push({ id: 2, login: "mallory", name: null, avatar_url: "" });
    const start = await begin(browser);
    fake.approve(start.user_code, "mallory");
    clock.advance(await clock.nextWait());
    expect(await endOf(browser, start)).toEqual({ status: "failed", reason: "not_allowed" });
    expect((await devicesOf(app)).length).toBe(1);
    expect(await auditOf(app)).toEqual([
      {
        actor: "stranger",
        kind: "refused",
        what: "sign_in",
        reason: "login_not_allowed",
        login: "mallory",
        count: 1,
      },
    ]);
  });

  test("GitHub says who it is no more", async () => {
    const { browser, clock, fake } = await stage();
    const start = await begin(browser);
    fake.approve(start.user_code);
    fake.answerNext("/api/v3/user", { status: 401, body: { message: "Bad credentials" } });
    clock.advance(await clock.nextWait());
    expect(await endOf(browser, start)).toEqual({
      status: "failed",
      reason: "failed",
      detail: "bad_credentials",
    });
  });

  test("the disk takes nothing", async () => {
    const { app, browser, clock, fake } = await stage();
    const start = await begin(browser);
    const broken = new Error("ENOSPC");
    app.parts.devices.add = () => Promise.reject(broken);
    fake.approve(start.user_code);
    clock.advance(await clock.nextWait());
    expect(await endOf(browser, start)).toEqual({ status: "failed", reason: "failed" });
    expect(app.errors).toEqual([broken]);
  });
});

test("a device that is paired meanwhile by a code begins a flow of its own", async () => {
  const { app, browser, clock, fake } = await stage(["somebody-else"]);
  const first = await begin(browser);
  const { device, token } = await app.parts.devices.add({ name: "phone", rights: "full", pairedBy: "code" });
  browser.plant("voxpilot_device", token);
  const second = await begin(browser);
  expect(second.flow).not.toBe(first.flow);
  fake.approve(second.user_code);
  await clock.nextWait();
  clock.advance(await clock.nextWait());
  expect(await endOf(browser, second)).toMatchObject({ status: "done" });
  expect(browser.cookie("voxpilot_device")).toBe(token);
  expect(app.parts.devices.find(device.id)?.login).toBe("octocat");
});

test("a device that is revoked while its flow is under way does not come back by it", async () => {
  const { app, browser, clock, fake } = await stage([]);
  const { device, token } = await app.parts.devices.add({ name: "phone", rights: "full", pairedBy: "code" });
  browser.plant("voxpilot_device", token);
  const start = await begin(browser);
  await app.parts.devices.revoke(device.id, null);
  fake.approve(start.user_code);
  clock.advance(await clock.nextWait());
  expect(await endOf(browser, start)).toEqual({ status: "failed", reason: "not_allowed" });
});

describe("beginning", () => {
  test("what GitHub refuses is told with its name", async () => {
    const { browser, fake } = await stage();
    fake.isDeviceFlowEnabled = false;
    const answer = await browser.visit("POST /api/auth/device", { body: {} });
    expect(answer.status).toBe(502);
    expect(await problemOf(answer)).toMatchObject({
      code: "github_failed",
      data: { reason: "device_flow_disabled", detail: "device_flow_disabled" },
    });
  });

  test("GitHub's rate limit is passed on with its time", async () => {
    const { browser, fake } = await stage();
    fake.answerNext("/login/device/code", { status: 429, headers: { "retry-after": "42" } });
    const answer = await browser.visit("POST /api/auth/device", { body: {} });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "42"]);
    expect((await problemOf(answer)).data).toEqual({ reason: "rate_limited", retryAfterSeconds: 42 });
  });

  test("without a client id the answer says what to set", async () => {
    const fake = await gitHubForTest();
    const settings = { ...settingsOf(fake), clientId: null, clientSecret: null };
    const app = await runningApp({ gitHub: { settings } });
    const answer = await new Browser(app).visit("POST /api/auth/device", { body: {} });
    const { code, detail } = await problemOf(answer);
    expect([answer.status, code]).toEqual([409, "github_not_configured"]);
    expect(detail).toContain("VOXPILOT_GITHUB_CLIENT_ID");
  });

  test("where GitHub is left out, so is every way in", async () => {
    const app = await runningApp();
    const browser = new Browser(app);
    const calls = [
      browser.visit("POST /api/auth/device", { body: {} }),
      browser.visit("POST /api/auth/token", { body: { token: "gho_x" } }),
      browser.visit("GET /api/auth/login"),
      browser.visit("GET /api/auth/callback?code=x&state=y"),
      browser.visit("GET /api/auth/device/abc"),
      browser.visit("GET /api/auth/me"),
      browser.visit("POST /api/auth/logout", { body: {} }),
    ];
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses).toEqual([409, 409, 409, 409, 404, 401, 204]);
  });

  test("M2: a stranger begins none when nobody is on the list, and GitHub is not asked", async () => {
    const { browser, fake } = await stage([]);
    const answer = await browser.visit("POST /api/auth/device", { body: {} });
    expect([answer.status, (await problemOf(answer)).code]).toEqual([403, "login_not_allowed"]);
    expect((await browser.visit("GET /api/auth/login")).status).toBe(403);
    expect(fake.requests).toEqual([]);
  });

  test("M2: strangers leave a paired device room", async () => {
    const { app, browser } = await stage();
    for (let index = 0; index < 6; index++) {
      await new Browser(app).visit("POST /api/auth/device", { body: {} });
    }
    browser.plant("voxpilot_device", await app.tokenOf("read"));
    await begin(browser);
  });

  test("NET-20: five flows at a time for one client", async () => {
    const { app } = await stage();
    for (let index = 0; index < 5; index++) await begin(new Browser(app));
    const answer = await new Browser(app).visit("POST /api/auth/device", { body: {} });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await problemOf(answer)).toMatchObject({
      code: "too_many_tries",
      data: { retryAfterSeconds: 60 },
    });
  });
});
