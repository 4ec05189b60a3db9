/** A pasted token, the cookie that a sign-in leaves, and signing out. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { rateLimited } from "../../support/fake-github.ts";
import { problemOf, runningApp } from "../../support/running-app.ts";
import { auditOf, Browser, devicesOf, gitHubForTest, settingsOf, stage } from "./auth-browser.ts";

const minutes = 60_000;
const octocat = { login: "octocat", name: "The Octocat", avatar_url: "https://avatars.example/u/1" };

function paste(browser: Browser, token: string): Promise<Response> {
  return browser.visit("POST /api/auth/token", { body: { token } });
}

describe("a pasted token", () => {
  for (const prefix of ["ghp_", "gho_", "ghu_", "github_pat_", ""]) {
    test(`of the shape ${prefix || "of an older GitHub"} lets an allowed login in`, async () => {
      const { app, browser, fake } = await stage();
      const answer = await paste(browser, ` ${fake.issueToken("octocat", prefix)}\n`);
      expect([answer.status, await answer.json()]).toEqual([200, octocat]);
      expect((await browser.visit("GET /api/device")).status).toBe(200);
      expect((await auditOf(app)).at(-1)).toEqual({
        actor: "device",
        kind: "signed_in",
        login: "octocat",
        githubId: 1,
        how: "token",
      });
    });
  }

  test("that GitHub does not accept is refused, and sets no cookie", async () => {
    const { browser, fake } = await stage();
    const revoked = fake.issueToken("octocat");
    fake.revokeToken(revoked);
    for (const token of ["ghp_wrong", revoked, "with space", "gho_\u00e9", ""]) {
      const answer = await paste(browser, token);
      expect([token, answer.status, answer.headers.getSetCookie()]).toEqual([token, 400, []]);
      expect((await problemOf(answer)).data).toEqual({ reason: "failed", detail: "bad_credentials" });
    }
  });

  test("of more than 255 characters is not looked at, and not repeated", async () => {
    const { browser, fake } = await stage();
    const answer = await paste(browser, `ghp_${"canary".repeat(50)}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.not.stringContaining("canary")]);
    expect(fake.requests).toEqual([]);
  });

  test("NET-04: of a stranger is refused, and stays the stranger's own", async () => {
    const { app, browser, fake } = await stage(["somebody-else"]);
    const token = fake.issueToken("octocat");
    const answer = await paste(browser, token);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    expect((await problemOf(answer)).code).toBe("login_not_allowed");
    expect([fake.isLive(token), (await devicesOf(app)).length]).toEqual([true, 1]);
    expect(await auditOf(app)).toMatchObject([
      { kind: "refused", what: "token", login: "octocat", count: 1 },
    ]);
  });

  test("H1: is known to redaction once GitHub has accepted it and it let somebody in, until it ends", async () => {
    const { app, browser, fake } = await stage();
    const seen = (text: string) => app.parts.redaction.text(text) === text;
    const words = "the-answer-is-in-these-words";
    expect((await paste(browser, words)).status).toBe(400);
    fake.users.push({ id: 2, login: "mallory", name: null, avatar_url: "" });
    const strange = fake.issueToken("mallory", "");
    expect((await paste(browser, strange)).status).toBe(403);
    const token = fake.issueToken("octocat", "");
    expect((await paste(browser, token)).status).toBe(200);
    expect([words, strange, token].map(seen)).toEqual([true, true, false]);
    await browser.visit("POST /api/auth/logout", { body: {} });
    expect(seen(token)).toBe(true);
  });

  test("SEC-09: of a stranger does not even reach GitHub when nobody is on the list", async () => {
    const { browser, fake } = await stage([]);
    const answer = await paste(browser, fake.issueToken("octocat"));
    expect([answer.status, (await problemOf(answer)).code]).toEqual([403, "login_not_allowed"]);
    expect(fake.requests).toEqual([]);
  });

  test("signs in on a paired device without any app or list", async () => {
    const fake = await gitHubForTest();
    const settings = { ...settingsOf(fake, []), clientId: null, clientSecret: null };
    const app = await runningApp({ gitHub: { settings } });
    const browser = new Browser(app);
    browser.plant("voxpilot_device", await app.tokenOf("full"));
    expect((await paste(browser, fake.issueToken("octocat"))).status).toBe(200);
    expect(await (await browser.visit("GET /api/device")).json()).toMatchObject({ login: "octocat" });
  });

  test("replaces the token of the cookie before it, which is ended at GitHub", async () => {
    const { browser, fake } = await stage();
    await browser.signInByWeb();
    const [first] = fake.requests.filter(({ path }) => path === "/api/v3/user");
    const old = String(first?.headers.authorization).slice("Bearer ".length);
    await paste(browser, fake.issueToken("octocat"));
    expect(fake.isLive(old)).toBe(false);
    expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual(octocat);
  });
});

describe("NET-20:", () => {
  test("thirty wrong tokens in a minute: ten are tried, then 429 with the time to wait", async () => {
    const { browser, clock, fake } = await stage();
    const statuses: number[] = [];
    for (let tries = 0; tries < 30; tries++) statuses.push((await paste(browser, `ghp_${tries}`)).status);
    expect(statuses).toEqual([...Array(10).fill(400), ...Array(20).fill(429)]);
    const held = await paste(browser, fake.issueToken("octocat"));
    expect([held.status, held.headers.get("retry-after")]).toEqual([429, "6"]);
    expect((await problemOf(held)).data).toEqual({ retryAfterSeconds: 6 });
    clock.advance(6_000);
    expect((await paste(browser, fake.issueToken("octocat"))).status).toBe(200);
    expect(fake.requests.filter(({ path }) => path === "/api/v3/user").length).toBe(11);
  });

  test("wrong tokens that come at once do not slip through together", async () => {
    const { app, fake } = await stage();
    await Promise.all(Array.from({ length: 50 }, (_, index) => paste(new Browser(app), `ghp_${index}`)));
    expect(fake.requests.length).toBe(10);
  });

  test("wrong states count as well, and good sign-ins do not", async () => {
    const { app } = await stage();
    for (let times = 0; times < 12; times++) {
      expect((await new Browser(app).signInByWeb()).status).toBe(302);
    }
    const wrong = () => new Browser(app).visit("GET /api/auth/callback?code=x&state=y");
    for (let times = 0; times < 10; times++) expect((await wrong()).status).toBe(400);
    expect((await wrong()).status).toBe(429);
  });

  test("a paired device is not locked out by strangers", async () => {
    const { app, browser, fake } = await stage();
    for (let tries = 0; tries < 11; tries++) await paste(new Browser(app), "ghp_wrong");
    browser.plant("voxpilot_device", await app.tokenOf("full"));
    expect((await paste(browser, fake.issueToken("octocat"))).status).toBe(200);
  });

  test("H1: wrong tokens of a paired device are counted for that device, and for no other", async () => {
    const { app, browser, clock, fake } = await stage();
    browser.plant("voxpilot_device", await app.tokenOf("read"));
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries++) statuses.push((await paste(browser, `ghp_${tries}`)).status);
    expect(statuses).toEqual([...Array(10).fill(400), 429, 429]);
    const other = new Browser(app);
    other.plant("voxpilot_device", await app.tokenOf("full"));
    expect((await paste(other, fake.issueToken("octocat"))).status).toBe(200);
    clock.advance(30_000);
    expect((await paste(browser, fake.issueToken("octocat"))).status).toBe(200);
  });

  test("M3: a device that signs in again and again writes ten lines, and is held up", async () => {
    const { app, browser, fake } = await stage([]);
    browser.plant("voxpilot_device", await app.tokenOf("read"));
    const token = fake.issueToken("octocat");
    const answers = await Promise.all(Array.from({ length: 50 }, () => paste(browser, token)));
    for (let times = 0; times < 20; times++) await paste(browser, token);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);
    const lines = (await auditOf(app)).filter(({ kind }) => kind === "signed_in");
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  test("an outage of GitHub is held against nobody", async () => {
    const { browser, fake } = await stage();
    fake.isDown = true;
    for (let tries = 0; tries < 12; tries++) expect((await paste(browser, "ghp_x")).status).toBe(503);
    fake.isDown = false;
    expect((await paste(browser, fake.issueToken("octocat"))).status).toBe(200);
  });
});

describe("NET-03: a gh_token that merely exists is nobody:", () => {
  const tokens = async () => {
    const { app, browser, fake } = await stage();
    await paste(browser, fake.issueToken("octocat"));
    return { app, fake, sealed: browser.cookie("gh_token") ?? "", plain: fake.issueToken("octocat") };
  };

  test("a real token, a cut or changed cookie, a megabyte, anything", async () => {
    const { app, fake, sealed, plain } = await tokens();
    const asked = fake.requests.length;
    const values = [
      plain,
      "x",
      "",
      "null",
      "{}",
      sealed.slice(0, -1),
      sealed.slice(4),
      `${sealed}A`,
      sealed.replace("v1.", "v2."),
      "A".repeat(1_000_000),
      `v1.${"A".repeat(1_000_000)}`,
    ];
    for (const value of values) {
      const browser = new Browser(app);
      browser.plant("gh_token", value);
      const me = await browser.visit("GET /api/auth/me");
      expect([value.slice(0, 20), me.status, (await problemOf(me)).code]).toEqual([
        value.slice(0, 20),
        401,
        "github_not_signed_in",
      ]);
      const chat = await browser.visit("POST /api/chat", { body: { messages: [], model: "x" } });
      expect([value.slice(0, 20), chat.status]).toEqual([value.slice(0, 20), 401]);
    }
    expect(fake.requests.length).toBe(asked);
  });

  test("ten thousand random ones", async () => {
    const { app, fake } = await tokens();
    const asked = fake.requests.length;
    const answers = new Set<string | undefined>();
    for (let times = 0; times < 10_000; times++) {
      const random = `v1.${randomBytes(1 + (times % 200)).toString("base64url")}`;
      answers.add((await app.parts.gitHub?.identify(random))?.type);
    }
    expect([[...answers], fake.requests.length]).toEqual([["unknown"], asked]);
  });

  test("NET-21: one whose device was signed out elsewhere", async () => {
    const { app, sealed } = await tokens();
    const [, device] = await devicesOf(app);
    const browser = new Browser(app);
    browser.plant("gh_token", sealed);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(200);
    expect((await app.request(`DELETE /api/devices/${device?.id}`)).status).toBe(204);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(401);
    const chat = await browser.visit("POST /api/chat", { body: { messages: [], model: "x" } });
    expect(chat.status).toBe(401);
  });

  test("one that stands there twice", async () => {
    const { app, sealed } = await tokens();
    const answer = await new Browser(app).visit("GET /api/auth/me", {
      headers: { cookie: `gh_token=${sealed}; gh_token=${sealed}` },
    });
    expect(answer.status).toBe(401);
  });

  test("and a good one opens nothing that asks for a device", async () => {
    const { app, sealed } = await tokens();
    const browser = new Browser(app);
    browser.plant("gh_token", sealed);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(200);
    for (const call of ["GET /api/sessions", "GET /api/devices", "GET /api/device", "GET /api/models"]) {
      expect([call, (await browser.visit(call)).status]).toEqual([call, 401]);
    }
  });

  test("but the chat, when its login is on the list", async () => {
    const { app, sealed } = await tokens();
    const browser = new Browser(app);
    browser.plant("gh_token", sealed);
    const chat = await browser.visit("POST /api/chat", {
      body: { messages: [{ role: "user", content: "Hello" }], model: "x" },
    });
    expect((await problemOf(chat)).code).toBe("model_missing");
  });

  test("of a login that is not on the list opens no chat", async () => {
    const { app, browser, fake } = await stage([]);
    browser.plant("voxpilot_device", await app.tokenOf("full"));
    await paste(browser, fake.issueToken("octocat"));
    const alone = new Browser(app);
    alone.plant("gh_token", browser.cookie("gh_token") ?? "");
    expect((await alone.visit("GET /api/auth/me")).status).toBe(200);
    const chat = await alone.visit("POST /api/chat", { body: { messages: [], model: "x" } });
    expect(chat.status).toBe(401);
  });
});

describe("who is signed in", () => {
  test("is asked of GitHub every five minutes; what GitHub ends is over at once", async () => {
    const { browser, clock, fake } = await stage();
    const token = fake.issueToken("octocat");
    await paste(browser, token);
    fake.revokeToken(token);
    clock.advance(5 * minutes - 1);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(200);
    clock.advance(1);
    const ended = await browser.visit("GET /api/auth/me");
    expect([ended.status, (await problemOf(ended)).code]).toEqual([401, "github_not_signed_in"]);
    expect((await browser.visit("GET /api/device")).status).toBe(200);
  });

  test("NET-25: an outage signs nobody out; 401 and 503 stay distinct", async () => {
    const { app, browser, clock, fake } = await stage();
    await paste(browser, fake.issueToken("octocat"));
    fake.isDown = true;
    clock.advance(23 * 60 * minutes);
    expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual(octocat);
    expect((await browser.visit("GET /api/sessions")).status).toBe(200);
    clock.advance(60 * minutes);
    const unknown = await browser.visit("GET /api/auth/me");
    expect([unknown.status, (await problemOf(unknown)).code]).toEqual([503, "github_unreachable"]);
    expect((await new Browser(app).visit("GET /api/auth/me")).status).toBe(401);
    const anew = await paste(new Browser(app), "ghp_x");
    expect([anew.status, (await problemOf(anew)).code]).toEqual([503, "github_unreachable"]);
    fake.isDown = false;
    clock.advance(minutes);
    expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual(octocat);
  });

  test("NET-25: GitHub's rate limit signs nobody out either", async () => {
    const { browser, clock, fake } = await stage();
    await paste(browser, fake.issueToken("octocat"));
    clock.advance(60 * minutes);
    fake.answerNext("/api/v3/user", rateLimited);
    expect(await (await browser.visit("GET /api/auth/me")).json()).toEqual(octocat);
  });
});

describe("signing out", () => {
  test("ends the token at GitHub, and the device that GitHub let in", async () => {
    const { app, browser, fake } = await stage();
    const token = fake.issueToken("octocat");
    await paste(browser, token);
    const [sealed, device] = [browser.cookie("gh_token") ?? "", browser.cookie("voxpilot_device") ?? ""];
    const answer = await browser.visit("POST /api/auth/logout", { body: {} });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([
      204,
      [
        "gh_token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
        "voxpilot_device=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
      ],
    ]);
    expect(fake.isLive(token)).toBe(false);
    browser.plant("gh_token", sealed);
    browser.plant("voxpilot_device", device);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(401);
    expect((await problemOf(await browser.visit("GET /api/sessions"))).code).toBe("device_revoked");
    const kinds = (await auditOf(app)).map(({ kind }) => kind).filter((kind) => kind !== "refused");
    expect(kinds).toEqual(["device_paired", "signed_in", "device_revoked", "signed_out"]);
  });

  test("leaves a device that was paired with a code, without its login", async () => {
    const { app, browser, fake } = await stage();
    browser.plant("voxpilot_device", await app.tokenOf("full"));
    await paste(browser, fake.issueToken("octocat"));
    expect((await browser.visit("POST /api/auth/logout", { body: {} })).status).toBe(204);
    expect(await (await browser.visit("GET /api/device")).json()).toMatchObject({ login: null });
    expect((await auditOf(app)).at(-1)).toMatchObject({ kind: "signed_out", login: "octocat" });
  });

  test("M3: the cookie of a device that was revoked signs nobody out, and asks GitHub nothing", async () => {
    const { app, browser, fake } = await stage([]);
    const { device, token } = await app.parts.devices.add({
      name: "guest",
      rights: "read",
      pairedBy: "code",
    });
    browser.plant("voxpilot_device", token);
    await paste(browser, fake.issueToken("octocat"));
    await app.parts.devices.revoke(device.id, null);
    const asked = fake.requests.length;
    const alone = new Browser(app);
    for (let times = 0; times < 20; times++) {
      alone.plant("gh_token", browser.cookie("gh_token") ?? "");
      expect((await alone.visit("POST /api/auth/logout", { body: {} })).status).toBe(204);
    }
    expect(fake.requests.length).toBe(asked);
    expect((await auditOf(app)).map(({ kind }) => kind)).toEqual(["signed_in"]);
  });

  test("M3: of many sign-outs of one device, at once and after another, one is told and written down", async () => {
    const { app, browser, fake } = await stage([]);
    const { token } = await app.parts.devices.add({ name: "guest", rights: "read", pairedBy: "code" });
    browser.plant("voxpilot_device", token);
    await paste(browser, fake.issueToken("octocat"));
    const cookie = `voxpilot_device=${token}; gh_token=${browser.cookie("gh_token")}`;
    const asked = fake.requests.length;
    const signOut = () => browser.visit("POST /api/auth/logout", { body: {}, headers: { cookie } });
    await Promise.all(Array.from({ length: 30 }, signOut));
    for (let times = 0; times < 10; times++) expect((await signOut()).status).toBe(204);
    expect(fake.requests.length).toBe(asked + 1);
    expect((await auditOf(app)).map(({ kind }) => kind)).toEqual(["signed_in", "signed_out"]);
  });

  test("works while GitHub is down, and for somebody who is not in", async () => {
    const { app, browser, fake } = await stage();
    await paste(browser, fake.issueToken("octocat"));
    fake.isDown = true;
    expect((await browser.visit("POST /api/auth/logout", { body: {} })).status).toBe(204);
    expect((await browser.visit("GET /api/auth/me")).status).toBe(401);
    expect((await new Browser(app).visit("POST /api/auth/logout", { body: {} })).status).toBe(204);
  });
});
