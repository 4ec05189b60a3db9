/** GitHub's web flow over HTTP. */
import { describe, expect, test } from "vitest";
import { ThisDevice } from "../../../src/protocol/device.ts";
import { host, problemOf, runningApp } from "../../support/running-app.ts";
import { auditOf, Browser, devicesOf, gitHubForTest, settingsOf, stage } from "./auth-browser.ts";

const asPage = { accept: "text/html,application/xhtml+xml" };

test("an allowed login becomes a new full device, and both cookies are set", async () => {
  const { app, browser } = await stage();
  const agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36";
  const callback = await browser.goToGitHub("?next=/settings/github");
  const answer = await browser.visit(callback, { headers: { "user-agent": agent } });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "/settings/github"]);
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^gh_token=v1\.[\w-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/),
    expect.stringMatching(/^voxpilot_device=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/),
    "voxpilot_github_state=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Lax",
  ]);
  const own = ThisDevice.parse(await (await browser.visit("GET /api/device")).json());
  expect(own).toMatchObject({ name: "Chrome on Android", rights: "full", login: "octocat" });
  expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual({
    login: "octocat",
    name: "The Octocat",
    avatar_url: "https://avatars.example/u/1",
  });
  expect(await auditOf(app)).toEqual([
    {
      actor: "device",
      kind: "device_paired",
      device: own.id,
      name: "Chrome on Android",
      rights: "full",
      how: "github",
    },
    { actor: "device", kind: "signed_in", login: "octocat", githubId: 1, how: "web" },
  ]);
});

test("the device takes the name that the page gave", async () => {
  const { browser } = await stage();
  await browser.signInByWeb("?name=Pixel%209");
  expect(await (await browser.visit("GET /api/device")).json()).toMatchObject({ name: "Pixel 9" });
});

describe("NET-05: a callback is refused, and sets no cookie,", () => {
  test("without its state cookie", async () => {
    const { app, browser } = await stage();
    const callback = await browser.goToGitHub();
    await expectStateRefused(await new Browser(app).visit(callback));
  });

  test("with the state cookie of another browser", async () => {
    const { app, browser } = await stage();
    const victim = new Browser(app);
    await victim.goToGitHub();
    await expectStateRefused(await victim.visit(await browser.goToGitHub()));
  });

  test("with a wrong, an empty or no state", async () => {
    const { browser } = await stage();
    const callback = await browser.goToGitHub();
    const [path, query] = callback.split("?");
    for (const state of ["wrong", "", null]) {
      const changed = new URLSearchParams(query);
      if (state === null) changed.delete("state");
      else changed.set("state", state);
      await expectStateRefused(await browser.visit(`${path}?${changed}`));
    }
    const twice = new URLSearchParams(query);
    twice.append("state", "wrong");
    await expectStateRefused(await browser.visit(`${path}?${twice}`));
  });

  test("with a state that was used", async () => {
    const { browser } = await stage();
    const callback = await browser.goToGitHub();
    const cookie = browser.cookie("voxpilot_github_state") ?? "";
    expect((await browser.visit(callback)).status).toBe(302);
    browser.plant("voxpilot_github_state", cookie);
    await expectStateRefused(await browser.visit(callback));
  });

  test("with a state older than ten minutes", async () => {
    const { browser, clock } = await stage();
    const callback = await browser.goToGitHub();
    clock.advance(10 * 60_000);
    await expectStateRefused(await browser.visit(callback));
  });

  test("L2: that another browser began, on a device that somebody's cookie was put into", async () => {
    const { app, browser } = await stage();
    const { device, token } = await app.parts.devices.add({
      name: "owner",
      rights: "full",
      pairedBy: "code",
    });
    const callback = await new Browser(app).goToGitHub();
    const thief = new Browser(app);
    const tossed = await thief.goToGitHub();
    browser.plant("voxpilot_device", token);
    browser.plant("voxpilot_github_state", thief.cookie("voxpilot_github_state") ?? "");
    for (const path of [callback, tossed]) await expectStateRefused(await browser.visit(path));
    expect(app.parts.devices.find(device.id)?.login).toBeNull();
  });

  test("with a valid state and no code", async () => {
    const { browser } = await stage();
    const callback = await browser.goToGitHub();
    await expectStateRefused(await browser.visit(callback.replace(/code=[^&]*&?/, "")));
  });
});

async function expectStateRefused(response: Response): Promise<void> {
  expect([response.status, response.headers.getSetCookie()]).toEqual([400, []]);
  expect((await problemOf(response)).code).toBe("github_state");
}

test("NET-14: a look at the callback with HEAD signs nobody in, and leaves the state good", async () => {
  const { app, browser } = await stage();
  const callback = await browser.goToGitHub();
  const looked = await browser.visit(callback.replace("GET", "HEAD"));
  expect([looked.status, looked.headers.getSetCookie()]).toEqual([400, []]);
  expect((await devicesOf(app)).length).toBe(1);
  expect((await browser.visit(callback)).status).toBe(302);
});

test("NET-05: the authorise address has a fresh state and an S256 challenge, and the cookie is for signing in alone", async () => {
  const { browser } = await stage();
  const [one, other] = [
    await browser.visit("GET /api/auth/login"),
    await browser.visit("GET /api/auth/login"),
  ];
  const [first, second] = [one, other].map((answer) => new URL(answer.headers.get("location") ?? ""));
  expect(first?.searchParams.get("code_challenge_method")).toBe("S256");
  expect(first?.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  expect(first?.searchParams.get("state")).not.toBe(second?.searchParams.get("state"));
  expect(one.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^voxpilot_github_state=v1\.[\w-]+; Path=\/api\/auth; Max-Age=600; HttpOnly; SameSite=Lax$/,
    ),
  ]);
});

test("SEC-08: no more than read:user is asked for", async () => {
  const { browser } = await stage();
  const { headers } = await browser.visit("GET /api/auth/login");
  expect(new URL(headers.get("location") ?? "").searchParams.get("scope")).toBe("read:user");
});

test("NET-06: a session id that was planted before signing in is replaced, and stays worthless", async () => {
  const { app, browser } = await stage();
  const planted = "A".repeat(43);
  browser.plant("voxpilot_device", planted);
  expect((await browser.signInByWeb()).status).toBe(302);
  expect(browser.cookie("voxpilot_device")).toMatch(/^[\w-]{43}$/);
  expect(browser.cookie("voxpilot_device")).not.toBe(planted);
  const attacker = new Browser(app);
  attacker.plant("voxpilot_device", planted);
  expect((await attacker.visit("GET /api/sessions")).status).toBe(401);
});

test("NET-06: each sign-in of a browser without a device makes another one", async () => {
  const { app } = await stage();
  const [one, other] = [new Browser(app), new Browser(app)];
  await one.signInByWeb();
  await other.signInByWeb();
  expect(one.cookie("voxpilot_device")).not.toBe(other.cookie("voxpilot_device"));
  expect((await devicesOf(app)).map(({ login }) => login)).toEqual([null, "octocat", "octocat"]);
});

describe("NET-04: a stranger who completes OAuth honestly", () => {
  test("gets 403, no session, and one audit line", async () => {
    const { app, fake, browser } = await stage();
    fake.users.push({ id: 2, login: "mallory", name: null, avatar_url: "" });
    fake.signedIn = "mallory";
    const answer = await browser.signInByWeb();
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    expect(await problemOf(answer)).toMatchObject({ code: "login_not_allowed", data: { login: "mallory" } });
    expect((await devicesOf(app)).length).toBe(1);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(401);
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

  test("leaves no live token behind", async () => {
    const { fake, browser } = await stage(["somebody-else"]);
    await browser.signInByWeb();
    const revoked = fake.requests.filter(({ method }) => method === "DELETE");
    expect(revoked.map(({ body }) => fake.isLive(String(body.access_token)))).toEqual([false]);
  });

  test("is refused under an owner's login with another id", async () => {
    const { app, fake, browser } = await stage();
    expect((await browser.signInByWeb()).status).toBe(302);
    fake.users[0] = { id: 9, login: "octocat", name: null, avatar_url: "" };
    const answer = await new Browser(app).signInByWeb();
    expect([answer.status, (await problemOf(answer)).code]).toEqual([403, "login_not_allowed"]);
  });
});

describe("on a paired device", () => {
  test("anybody's account signs in, keeps the device's rights, and proves nothing", async () => {
    const { app, browser, clock } = await stage([]);
    const { device, token } = await app.parts.devices.add({
      name: "tablet",
      rights: "read",
      pairedBy: "code",
    });
    clock.advance(60 * 60_000);
    browser.plant("voxpilot_device", token);
    const answer = await browser.signInByWeb();
    expect(answer.status).toBe(302);
    expect(browser.cookie("voxpilot_device")).toBe(token);
    const own = ThisDevice.parse(await (await browser.visit("GET /api/device")).json());
    expect(own).toMatchObject({ id: device.id, rights: "read", login: "octocat", freshUntil: null });
    expect((await devicesOf(app)).length).toBe(2);
  });

  test("NET-23: an allowed login is fresh proof", async () => {
    const { app, browser, clock } = await stage();
    const { token } = await app.parts.devices.add({ name: "laptop", rights: "full", pairedBy: "code" });
    clock.advance(60 * 60_000);
    browser.plant("voxpilot_device", token);
    await browser.signInByWeb();
    expect(await (await browser.visit("GET /api/device")).json()).toMatchObject({
      login: "octocat",
      freshUntil: new Date(clock.now() + 5 * 60_000).toISOString(),
    });
    expect((await auditOf(app)).map(({ kind }) => kind)).toEqual(["signed_in", "proof_given"]);
  });
});

test("NET-17: wherever next points, the browser stays here", async () => {
  const { app } = await stage();
  const foreign = [
    "//evil",
    "/\\evil",
    "https:evil",
    "/%2f/evil",
    "javascript:alert(1)",
    "/\r\nSet-Cookie: x=y",
  ];
  for (const next of foreign) {
    const answer = await new Browser(app).signInByWeb(`?next=${encodeURIComponent(next)}`);
    expect([next, answer.status, answer.headers.get("location")]).toEqual([next, 302, "/"]);
  }
  expect((await new Browser(app).signInByWeb("?next=/a&next=//evil")).headers.get("location")).toBe("/");
});

test("NET-18: redirect_uri comes from configuration, whatever the request says", async () => {
  const { app } = await stage();
  const port = host.split(":")[1];
  const claims: Record<string, string>[] = [
    {},
    { "x-forwarded-host": "evil.example" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example" },
    ...[...app.parts.allowed.origins.keys()].map((allowed) => ({ host: allowed })),
  ];
  expect(claims.length).toBeGreaterThan(4);
  for (const headers of claims) {
    const { headers: answer } = await new Browser(app).visit("GET /api/auth/login", { headers });
    const { searchParams } = new URL(answer.get("location") ?? "");
    expect(searchParams.get("redirect_uri")).toBe(`http://127.0.0.1:${port}/api/auth/callback`);
  }
});

describe("what GitHub answers", () => {
  const refusals: readonly (readonly [string, number, Record<string, unknown>])[] = [
    ["bad_verification_code", 400, { reason: "expired", detail: "bad_verification_code" }],
    [
      "incorrect_client_credentials",
      502,
      { reason: "misconfigured", detail: "incorrect_client_credentials" },
    ],
    ["redirect_uri_mismatch", 502, { reason: "misconfigured", detail: "redirect_uri_mismatch" }],
    ["unverified_user_email", 502, { reason: "failed", detail: "unverified_user_email" }],
  ];
  for (const [error, status, data] of refusals) {
    test(`${error} is told by name`, async () => {
      const { fake, browser } = await stage();
      fake.answerNext("/login/oauth/access_token", { body: { error, error_description: "Words." } });
      const answer = await browser.signInByWeb();
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
      expect(await problemOf(answer)).toMatchObject({ code: "github_failed", data });
    });
  }

  test("a person who presses Cancel is told so", async () => {
    const { fake, browser } = await stage();
    fake.signedIn = null;
    const answer = await browser.signInByWeb();
    expect(answer.status).toBe(403);
    expect((await problemOf(answer)).data).toEqual({ reason: "denied", detail: "access_denied" });
  });

  test("NET-25: while it is away a new sign-in says so", async () => {
    const { fake, browser } = await stage();
    const callback = await browser.goToGitHub();
    fake.isDown = true;
    const answer = await browser.visit(callback);
    expect([answer.status, (await problemOf(answer)).code]).toEqual([503, "github_unreachable"]);
  });
});

test("a browser that comes by itself is shown on to the page, without script and without what was refused", async () => {
  const { app, fake, browser } = await stage();
  fake.signedIn = null;
  const callback = await browser.goToGitHub();
  const denied = await browser.visit(callback, { headers: asPage });
  const target = "/pair?refused=github_failed&amp;reason=denied&amp;detail=access_denied";
  expect([denied.status, denied.headers.get("content-type")]).toEqual([403, "text/html; charset=utf-8"]);
  expect(denied.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await denied.text()).toBe(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${target}"><title>VoxPilot</title></head><body><a href="${target}">VoxPilot</a></body></html>\n`,
  );
  const strange = await new Browser(app).visit(`${callback}&error="><script>alert(1)</script>`, {
    headers: asPage,
  });
  expect(await strange.text()).toContain(`content="0;url=/pair?refused=github_state"`);
});

test("without a client secret there is no web flow, and the answer says what to set", async () => {
  const fake = await gitHubForTest();
  const app = await runningApp({ gitHub: { settings: { ...settingsOf(fake), clientSecret: null } } });
  for (const call of ["GET /api/auth/login", "GET /api/auth/callback"]) {
    const answer = await new Browser(app).visit(call);
    const { code, detail } = await problemOf(answer);
    expect([answer.status, code]).toEqual([409, "github_not_configured"]);
    expect(detail).toContain("VOXPILOT_GITHUB_CLIENT_SECRET");
  }
});

describe("the ways that are offered", () => {
  const all = { web: true, device: true, token: true };
  const none = { web: false, device: false, token: false };

  test("none to a stranger when nobody is on the list; all to a paired device", async () => {
    const { app } = await stage([]);
    expect(await (await new Browser(app).visit("GET /api/auth")).json()).toEqual(none);
    expect(await (await app.request("GET /api/auth")).json()).toEqual(all);
  });

  test("the web flow only where GitHub sends the browser back to", async () => {
    const { app } = await stage();
    expect(await (await new Browser(app).visit("GET /api/auth")).json()).toEqual(all);
    const elsewhere = new Browser(app, host.replace("127.0.0.1", "localhost"));
    expect(await (await elsewhere.visit("GET /api/auth")).json()).toEqual({ ...all, web: false });
  });

  test("a token alone without an app", async () => {
    const fake = await gitHubForTest();
    const settings = { ...settingsOf(fake), clientId: null, clientSecret: null };
    const app = await runningApp({ gitHub: { settings } });
    expect(await (await new Browser(app).visit("GET /api/auth")).json()).toEqual({ ...none, token: true });
  });
});

test("GitHub's redirect comes through the guard, and no other navigation from elsewhere to the API", async () => {
  const { browser } = await stage();
  const callback = await browser.goToGitHub();
  const fromGitHub = { ...asPage, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  expect((await browser.visit("GET /api/auth/login", { headers: fromGitHub })).status).toBe(403);
  expect(
    (await browser.visit(callback, { headers: { ...fromGitHub, "sec-fetch-mode": "no-cors" } })).status,
  ).toBe(403);
  expect((await browser.visit(callback, { headers: fromGitHub })).status).toBe(302);
});

test("NET-08: on https each cookie is Secure, and those for every path have the prefix __Host-", async () => {
  const fake = await gitHubForTest();
  const app = await runningApp({ gitHub: { settings: settingsOf(fake) }, publicUrl: "https://vox.example" });
  const browser = new Browser(app, "vox.example");
  expect((await browser.signInByWeb()).status).toBe(302);
  const lifetimes = browser.setCookies.map((line) => line.replace(/=v1\.[\w-]+|=[\w-]{43}/, "=…"));
  expect(lifetimes).toEqual([
    "__Secure-voxpilot_github_state=…; Path=/api/auth; Max-Age=600; HttpOnly; SameSite=Lax; Secure",
    "__Host-gh_token=…; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure",
    "__Host-voxpilot_device=…; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure",
    "__Secure-voxpilot_github_state=; Path=/api/auth; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
  ]);
  expect((await browser.visit("GET /api/auth/me")).status).toBe(200);
  const plain = new Browser(app);
  plain.plant("__Host-gh_token", browser.cookie("__Host-gh_token") ?? "");
  expect((await plain.visit("GET /api/auth/me")).status).toBe(401);
});
