/** GitHub's wire, against a fake that has GitHub's own shapes. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/access/github/github-client.ts";
import { GitHubError } from "../../../src/access/github/github-error.ts";
import { rateLimited, type ScriptedAnswer } from "../../support/fake-github.ts";
import { fakeGitHub, neverAborted, settingsFor } from "./fixture.ts";

const tokenPath = "/login/oauth/access_token";
const exchange = { code: "x", verifier: "v", redirectUri: "http://127.0.0.1:8000/api/auth/callback" };

/** What a promise is rejected with, in the parts that matter. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const { reason, detail, retryAfterSeconds } = error;
    return { reason, detail, retryAfterSeconds };
  }
}

describe("errors arrive with HTTP 200", () => {
  const named: readonly (readonly [string, string])[] = [
    ["bad_verification_code", "expired"],
    ["expired_token", "expired"],
    ["token_expired", "expired"],
    ["access_denied", "denied"],
    ["device_flow_disabled", "device_flow_disabled"],
    ["incorrect_client_credentials", "misconfigured"],
    ["incorrect_device_code", "misconfigured"],
    ["unsupported_grant_type", "misconfigured"],
    ["redirect_uri_mismatch", "misconfigured"],
    ["application_suspended", "misconfigured"],
    ["unverified_user_email", "failed"],
    ["something_new", "failed"],
  ];
  for (const [error, reason] of named) {
    test(`${error} is ${reason}, for the web flow and the device flow`, async () => {
      const fake = await fakeGitHub();
      const client = createGitHubClient(settingsFor(fake));
      const answer = { body: { error, error_description: "A sentence.", error_uri: "https://docs.example" } };
      fake.answerNext(tokenPath, answer);
      fake.answerNext(tokenPath, answer);
      const expected = { reason, detail: error, retryAfterSeconds: undefined };
      expect(await failureOf(client.exchangeCode(exchange, neverAborted))).toEqual(expected);
      expect(await failureOf(client.pollDeviceFlow("code", neverAborted))).toEqual(expected);
    });
  }

  test("an error that is no name is not repeated", async () => {
    const fake = await fakeGitHub();
    fake.answerNext(tokenPath, { body: { error: "<script>\n" } });
    expect(
      await failureOf(createGitHubClient(settingsFor(fake)).exchangeCode(exchange, neverAborted)),
    ).toEqual({
      reason: "failed",
      detail: undefined,
      retryAfterSeconds: undefined,
    });
  });
});

describe("an answer that is none", () => {
  const answers: readonly (readonly [string, ScriptedAnswer, string])[] = [
    ["a page", { body: "<!doctype html>", headers: { "content-type": "text/html" } }, "failed"],
    ["nothing", { body: "" }, "failed"],
    ["form encoding", { body: "access_token=gho_x&token_type=bearer" }, "failed"],
    ["a token with a line's end", { body: { access_token: "gho_x\r\nx: y" } }, "failed"],
    ["a list", { body: [] }, "failed"],
    ["more than 256 kB", { body: { access_token: "gho_x", padding: "x".repeat(300_000) } }, "failed"],
    ["a 403 without a reason", { status: 403, body: { message: "SAML" } }, "failed"],
    ["a 403 with nothing remaining", rateLimited, "rate_limited"],
    ["a 429", { status: 429, body: { message: "slow" } }, "rate_limited"],
    ["a 502 page", { status: 502, body: "<html>" }, "unreachable"],
    ["a cut connection", { cut: true }, "unreachable"],
    ["a redirect", { status: 302, headers: { location: "https://evil.example/" } }, "failed"],
  ];
  for (const [name, answer, reason] of answers) {
    test(`${name} is ${reason}`, async () => {
      const fake = await fakeGitHub();
      const client = createGitHubClient(settingsFor(fake));
      fake.answerNext(tokenPath, answer);
      expect(await failureOf(client.exchangeCode(exchange, neverAborted))).toMatchObject({ reason });
    });
  }

  test("how long to wait is taken from GitHub, within an hour", async () => {
    const fake = await fakeGitHub();
    const client = createGitHubClient(settingsFor(fake));
    const waits: unknown[] = [];
    for (const retryAfter of ["30", "-5", "999999999", "tomorrow"]) {
      fake.answerNext(tokenPath, { status: 429, headers: { "retry-after": retryAfter } });
      waits.push(await failureOf(client.exchangeCode(exchange, neverAborted)));
    }
    expect(waits).toMatchObject([30, 1, 3_600, 60].map((retryAfterSeconds) => ({ retryAfterSeconds })));
  });

  test("silence ends after the time-out", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const app = { clientId: "id", clientSecret: "secret", url, apiUrl: url };
    const client = createGitHubClient(app, { timeoutMs: 50, revokeTimeoutMs: 50 });
    expect(await failureOf(client.accountOf("gho_x", neverAborted))).toMatchObject({ reason: "unreachable" });
    const stop = new AbortController();
    const stopped = client.accountOf("gho_x", stop.signal);
    stop.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
  });
});

test("a redirect does not take the token along", async () => {
  const [fake, elsewhere] = [await fakeGitHub(), await fakeGitHub()];
  const client = createGitHubClient(settingsFor(fake));
  for (const status of [301, 302, 303, 307, 308]) {
    fake.answerNext("/api/v3/user", { status, headers: { location: `${elsewhere.baseUrl}/api/v3/user` } });
    expect(await failureOf(client.accountOf("gho_canary", neverAborted))).toMatchObject({ reason: "failed" });
  }
  expect(elsewhere.requests).toEqual([]);
});

test("a code is exchanged with the secret, the verifier and the address, as JSON", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake));
  fake.answerNext(tokenPath, {
    body: { access_token: "gho_1", scope: "read:user,gist", token_type: "bearer" },
  });
  expect(await client.exchangeCode(exchange, neverAborted)).toBe("gho_1");
  expect(fake.requests[0]).toMatchObject({
    method: "POST",
    path: tokenPath,
    headers: { accept: "application/json", "content-type": "application/json", "user-agent": "VoxPilot" },
    body: {
      client_id: fake.clientId,
      client_secret: fake.clientSecret,
      code: "x",
      redirect_uri: exchange.redirectUri,
      code_verifier: "v",
    },
  });
});

test("a token's account comes without what is not ours to know; a revoked token has none", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake));
  const token = fake.issueToken("octocat");
  expect(await client.accountOf(token, neverAborted)).toEqual(fake.users[0]);
  fake.revokeToken(token);
  expect(await client.accountOf(token, neverAborted)).toBeNull();
});

test("an account that is none is refused", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake));
  const good = { id: 1, login: "octocat", name: null, avatar_url: "https://avatars.example/1" };
  const bad = [{ id: 0 }, { id: "1" }, { id: 1.5 }, { login: "a\nb" }, { login: "" }, { avatar_url: 7 }];
  for (const change of bad) {
    fake.answerNext("/api/v3/user", { body: { ...good, ...change } });
    expect(await failureOf(client.accountOf("gho_x", neverAborted))).toMatchObject({ reason: "failed" });
  }
  fake.answerNext("/api/v3/user", { body: { ...good, name: undefined, plan: {} } });
  expect(await client.accountOf("gho_x", neverAborted)).toEqual(good);
});

test("a device flow begins only with an address that is safe to open", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake));
  const grant = { device_code: "d", user_code: "WDJB-MJHT", expires_in: 900 };
  for (const verification_uri of ["http://evil.example/", "javascript:alert(1)", "file:///etc", "no"]) {
    fake.answerNext("/login/device/code", { body: { ...grant, verification_uri } });
    expect(await failureOf(client.startDeviceFlow(neverAborted))).toMatchObject({ reason: "failed" });
  }
  const verification_uri = "https://github.com/login/device";
  fake.answerNext("/login/device/code", { body: { ...grant, verification_uri } });
  expect(await client.startDeviceFlow(neverAborted)).toEqual({ ...grant, verification_uri, interval: 5 });
  expect((await client.startDeviceFlow(neverAborted)).verification_uri).toBe(`${fake.baseUrl}/login/device`);
});

test("a client id that GitHub does not know is a wrong setting", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake, { clientId: "mistyped" }));
  expect(await failureOf(client.startDeviceFlow(neverAborted))).toMatchObject({
    reason: "misconfigured",
    detail: "unknown_client_id",
  });
});

test("a token is revoked with the app's own credentials; one that is dead already is no failure", async () => {
  const fake = await fakeGitHub();
  const client = createGitHubClient(settingsFor(fake));
  const token = fake.issueToken("octocat");
  await client.revoke(token, neverAborted);
  expect(fake.isLive(token)).toBe(false);
  await client.revoke(token, neverAborted);
  const secretless = createGitHubClient(settingsFor(fake, { clientSecret: null }));
  await secretless.revoke(token, neverAborted);
  expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `DELETE /api/v3/applications/${fake.clientId}/token`,
    `DELETE /api/v3/applications/${fake.clientId}/token`,
  ]);
});
