/** GitHub's wire, by hand: both OAuth flows, who a token belongs to, and revoking one. Failures arrive with HTTP 200. */
import * as z from "zod";
import { GitHubError, namedError } from "./github-error.ts";
import { askGitHub, type GitHubAnswer } from "./github-request.ts";

/** The app and the GitHub that it is registered at; addresses without a slash at the end. */
export interface GitHubApp {
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly url: string;
  readonly apiUrl: string;
}

/** Least that identity needs (security requirement SEC-08). */
export const gitHubScope = "read:user";

/** A token as a header can carry it. */
export const GitHubToken = z.string().regex(/^[\x21-\x7e]{1,255}$/);

/** Whom a token belongs to. The id stays when the login is renamed. */
export const GitHubAccount = z.object({
  id: z.int().positive(),
  login: z.string().regex(/^[A-Za-z0-9_[\]-]{1,100}$/),
  name: z
    .string()
    .max(500)
    .nullish()
    .transform((name) => name ?? null),
  avatar_url: z.string().max(2_000),
});
export type GitHubAccount = z.infer<typeof GitHubAccount>;

const DeviceGrant = z.object({
  device_code: z.string().min(1).max(255),
  user_code: z.string().regex(/^[A-Za-z0-9-]{4,32}$/),
  verification_uri: z.url(),
  expires_in: z.number().positive().max(3_600),
  interval: z.number().nonnegative().max(300).default(5),
});
/** A device flow that GitHub has begun; times in seconds. */
export type DeviceGrant = z.infer<typeof DeviceGrant>;

const TokenAnswer = z.object({ access_token: GitHubToken });
const ErrorAnswer = z.object({
  error: z.string(),
  interval: z.number().nonnegative().max(300).optional().catch(undefined),
});

/** What one poll of a device flow said. With `slow_down` GitHub mostly tells the new interval. */
export type DevicePoll =
  | { readonly type: "pending" }
  | { readonly type: "slow_down"; readonly intervalSeconds: number | null }
  | { readonly type: "token"; readonly token: string };

export interface CodeExchange {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** All methods reject with `GitHubError`, or with the signal's reason when that is aborted. */
export interface GitHubClient {
  exchangeCode(exchange: CodeExchange, signal: AbortSignal): Promise<string>;
  startDeviceFlow(signal: AbortSignal): Promise<DeviceGrant>;
  pollDeviceFlow(deviceCode: string, signal: AbortSignal): Promise<DevicePoll>;
  /** Null: GitHub does not accept the token (any more). */
  accountOf(token: string, signal: AbortSignal): Promise<GitHubAccount | null>;
  /** Ends a token of this app; without a client secret nothing is asked. */
  revoke(token: string, signal: AbortSignal): Promise<void>;
}

/** Nobody should wait long for a sign-out. */
const patience = { timeoutMs: 10_000, revokeTimeoutMs: 3_000 };

/** The client of one app; `patience` is how long an answer may take. */
export function createGitHubClient(app: GitHubApp, { timeoutMs, revokeTimeoutMs } = patience): GitHubClient {
  const post = (path: string, body: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
    askGitHub(
      {
        method: "POST",
        address: `${app.url}${path}`,
        headers: { accept: "application/json" },
        body: { client_id: app.clientId, ...body },
        timeoutMs,
      },
      signal,
    );
  return {
    async exchangeCode({ code, verifier, redirectUri }, signal) {
      const body = {
        client_secret: app.clientSecret,
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      };
      return tokenIn(await post("/login/oauth/access_token", body, signal));
    },

    async startDeviceFlow(signal) {
      const answer = await post("/login/device/code", { scope: gitHubScope }, signal);
      // An unknown client id is answered so.
      if (answer.status === 404) throw new GitHubError("misconfigured", { detail: "unknown_client_id" });
      const grant = contentOf(answer, DeviceGrant);
      if (!isSafeToOpen(grant.verification_uri, app.url)) throw new GitHubError("failed");
      return grant;
    },

    async pollDeviceFlow(deviceCode, signal) {
      const grantType = "urn:ietf:params:oauth:grant-type:device_code";
      const body = { device_code: deviceCode, grant_type: grantType };
      return pollIn(await post("/login/oauth/access_token", body, signal));
    },

    async accountOf(token, signal) {
      const headers = apiHeaders(`Bearer ${token}`);
      const answer = await askGitHub(
        { method: "GET", address: `${app.apiUrl}/user`, headers, timeoutMs },
        signal,
      );
      return answer.status === 401 ? null : contentOf(answer, GitHubAccount);
    },

    async revoke(token, signal) {
      if (app.clientId === null || app.clientSecret === null) return;
      const credentials = Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64");
      const address = `${app.apiUrl}/applications/${encodeURIComponent(app.clientId)}/token`;
      const headers = apiHeaders(`Basic ${credentials}`);
      const body = { access_token: token };
      const answer = await askGitHub(
        { method: "DELETE", address, headers, body, timeoutMs: revokeTimeoutMs },
        signal,
      );
      // 404 and 422: it was dead already, or pasted and never this app's.
      if (![204, 404, 422].includes(answer.status)) throw new GitHubError("misconfigured");
    },
  };
}

function apiHeaders(authorization: string): Readonly<Record<string, string>> {
  return { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28", authorization };
}

/** The checked body of an answer that is neither an error by name nor one by status. */
function contentOf<Content>(answer: GitHubAnswer, schema: z.ZodType<Content>): Content {
  const failure = ErrorAnswer.safeParse(answer.body);
  if (failure.success) throw namedError(failure.data.error);
  const content = schema.safeParse(answer.body);
  if (answer.status !== 200 || !content.success) throw new GitHubError("failed");
  return content.data;
}

function tokenIn(answer: GitHubAnswer): string {
  return contentOf(answer, TokenAnswer).access_token;
}

function pollIn(answer: GitHubAnswer): DevicePoll {
  const failure = ErrorAnswer.safeParse(answer.body);
  if (!failure.success) return { type: "token", token: tokenIn(answer) };
  if (failure.data.error === "authorization_pending") return { type: "pending" };
  if (failure.data.error === "slow_down") {
    return { type: "slow_down", intervalSeconds: failure.data.interval ?? null };
  }
  throw namedError(failure.data.error);
}

/** People are sent there: https, or the very GitHub that was configured. */
function isSafeToOpen(address: string, gitHubUrl: string): boolean {
  const { protocol, origin } = new URL(address);
  return protocol === "https:" || origin === new URL(gitHubUrl).origin;
}
