/**
 * A GitHub on loopback with the real one's wire: errors with HTTP 200, form encoding unless JSON is asked for, scopes
 * with commas, codes that count once, PKCE, at most ten tokens for a user. What it cannot be talked into is scripted.
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeUser {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly avatar_url: string;
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer in place of the fake's own; a string body goes out as it is, `cut` closes the connection. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly cut?: boolean;
}

export interface FakeGitHub {
  /** For `VOXPILOT_GITHUB_URL`; the API is under `/api/v3`, as at GitHub Enterprise. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Accounts; the first is `octocat`, id 1. */
  readonly users: FakeUser[];
  /** Every request so far. */
  readonly requests: FakeRequest[];
  /** Who sits before GitHub's pages in the browser: a login, or null for one who presses Cancel. */
  signedIn: string | null;
  /** Told to new device flows; seconds. */
  interval: number;
  expiresIn: number;
  /** Whether the app may use the device flow. */
  isDeviceFlowEnabled: boolean;
  /** When it is down every connection is cut. */
  isDown: boolean;
  /** Answers the next request to a path (`/login/oauth/access_token`) so; several wait in line. */
  answerNext(path: string, answer: ScriptedAnswer): void;
  /** The person types the code and agrees, as `login`, by default as `signedIn`. */
  approve(userCode: string, login?: string): void;
  deny(userCode: string): void;
  /** A new token of a user, as made on GitHub's settings page. */
  issueToken(login: string, prefix?: string): string;
  revokeToken(token: string): void;
  isLive(token: string): boolean;
  close(): Promise<void>;
}

interface DeviceFlow {
  readonly userCode: string;
  readonly expiresAt: number;
  answer: "pending" | "denied" | { readonly login: string };
}

interface WebCode {
  readonly login: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
}

const scopes = "read:user,user:email";
const maxTokens = 10;
const cancelled = "The user has denied your application access.";

/** Starts it on a free port. */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const fake = new Fake();
  await fake.listen();
  return fake;
}

class Fake implements FakeGitHub {
  readonly clientId = "Iv1.fake";
  readonly clientSecret = "fake-client-secret";
  readonly users: FakeUser[] = [
    { id: 1, login: "octocat", name: "The Octocat", avatar_url: "https://avatars.example/u/1" },
  ];
  readonly requests: FakeRequest[] = [];
  signedIn: string | null = "octocat";
  interval = 5;
  expiresIn = 900;
  isDeviceFlowEnabled = true;
  isDown = false;
  readonly #scripted = new Map<string, ScriptedAnswer[]>();
  readonly #codes = new Map<string, WebCode>();
  readonly #flows = new Map<string, DeviceFlow>();
  /** Live tokens and whose they are, oldest first. */
  readonly #tokens = new Map<string, string>();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get baseUrl(): string {
    // Listening on a port, it has an address of this kind.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answerNext(path: string, answer: ScriptedAnswer): void {
    this.#scripted.set(path, [...(this.#scripted.get(path) ?? []), answer]);
  }

  approve(userCode: string, login = this.signedIn ?? "octocat"): void {
    this.#flowOf(userCode).answer = { login };
  }

  deny(userCode: string): void {
    this.#flowOf(userCode).answer = "denied";
  }

  issueToken(login: string, prefix = "gho_"): string {
    const token = `${prefix}${randomBytes(18).toString("hex")}`;
    this.#tokens.set(token, login);
    const own = [...this.#tokens].filter(([, owner]) => owner === login).map(([known]) => known);
    for (const oldest of own.slice(0, -maxTokens)) this.#tokens.delete(oldest);
    return token;
  }

  revokeToken(token: string): void {
    this.#tokens.delete(token);
  }

  isLive(token: string): boolean {
    return this.#tokens.has(token);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #flowOf(userCode: string): DeviceFlow {
    const found = [...this.#flows.values()].find((flow) => flow.userCode === userCode);
    if (found === undefined) throw new Error(`There is no device flow with the code ${userCode}.`);
    return found;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    if (this.isDown) return void response.destroy();
    const scripted = this.#scripted.get(request.path)?.shift();
    if (scripted !== undefined) return playScripted(response, scripted);
    switch (`${request.method} ${request.path}`) {
      case "GET /login/oauth/authorize":
        return this.#authorize(request, response);
      case "POST /login/oauth/access_token":
        return answerToken(request, response, this.#exchange(request.body));
      case "POST /login/device/code":
        return this.#beginDeviceFlow(request, response);
      case "GET /login/device":
        return sendText(response, 200, "Enter the code");
      case "GET /api/v3/user":
        return this.#user(request, response);
      case `DELETE /api/v3/applications/${this.clientId}/token`:
        return this.#revoke(request, response);
      default:
        return sendJson(response, 404, { message: "Not Found" });
    }
  }

  /** The page that asks the person, who has always decided already. */
  #authorize({ query }: FakeRequest, response: ServerResponse): void {
    if (query.client_id !== this.clientId) return sendText(response, 404, "This is not the page you want");
    const back = new URL(query.redirect_uri ?? "http://127.0.0.1/");
    if (query.state !== undefined) back.searchParams.set("state", query.state);
    if (this.signedIn === null) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", cancelled);
    } else {
      const code = randomBytes(10).toString("hex");
      const challenge = query.code_challenge_method === "S256" ? (query.code_challenge ?? null) : null;
      this.#codes.set(code, { login: this.signedIn, redirectUri: query.redirect_uri ?? "", challenge });
      back.searchParams.set("code", code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  #exchange(body: FakeRequest["body"]): Record<string, unknown> {
    if (body.client_id !== this.clientId) return { error: "incorrect_client_credentials" };
    return body.grant_type === undefined ? this.#exchangeCode(body) : this.#pollDeviceFlow(body);
  }

  #exchangeCode(body: FakeRequest["body"]): Record<string, unknown> {
    const code = String(body.code);
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (body.client_secret !== this.clientSecret) return { error: "incorrect_client_credentials" };
    if (known === undefined) return { error: "bad_verification_code" };
    if (body.redirect_uri !== known.redirectUri) return { error: "redirect_uri_mismatch" };
    const challenge = createHash("sha256").update(String(body.code_verifier)).digest("base64url");
    if (known.challenge !== null && known.challenge !== challenge) return { error: "bad_verification_code" };
    return this.#tokenFor(known.login);
  }

  #pollDeviceFlow(body: FakeRequest["body"]): Record<string, unknown> {
    if (body.grant_type !== "urn:ietf:params:oauth:grant-type:device_code") {
      return { error: "unsupported_grant_type" };
    }
    const flow = this.#flows.get(String(body.device_code));
    if (flow === undefined) return { error: "incorrect_device_code" };
    if (flow.expiresAt <= Date.now()) return { error: "expired_token" };
    if (flow.answer === "pending") return { error: "authorization_pending" };
    if (flow.answer === "denied") return { error: "access_denied", error_description: cancelled };
    this.#flows.delete(String(body.device_code));
    return this.#tokenFor(flow.answer.login);
  }

  #tokenFor(login: string): Record<string, unknown> {
    return { access_token: this.issueToken(login), scope: scopes, token_type: "bearer" };
  }

  #beginDeviceFlow(request: FakeRequest, response: ServerResponse): void {
    if (request.body.client_id !== this.clientId) return sendJson(response, 404, { error: "Not Found" });
    if (!this.isDeviceFlowEnabled) return answerToken(request, response, { error: "device_flow_disabled" });
    const deviceCode = randomBytes(20).toString("hex");
    const letters = randomBytes(4).toString("hex").toUpperCase();
    const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`;
    const expiresAt = Date.now() + this.expiresIn * 1_000;
    this.#flows.set(deviceCode, { userCode, expiresAt, answer: "pending" });
    answerToken(request, response, {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: `${this.baseUrl}/login/device`,
      expires_in: this.expiresIn,
      interval: this.interval,
    });
  }

  #user({ headers }: FakeRequest, response: ServerResponse): void {
    const [, token = ""] = /^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? "") ?? [];
    const user = this.users.find(({ login }) => login === this.#tokens.get(token));
    if (user === undefined) return sendJson(response, 401, { message: "Bad credentials", status: "401" });
    response.setHeader("x-oauth-scopes", "read:user, user:email");
    sendJson(response, 200, { ...user, node_id: "MDQ6VXNlcjE=", type: "User", site_admin: false });
  }

  #revoke({ headers, body }: FakeRequest, response: ServerResponse): void {
    const expected = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString("base64");
    if (headers.authorization !== `Basic ${expected}`) {
      return sendJson(response, 404, { message: "Not Found" });
    }
    if (!this.#tokens.delete(String(body.access_token))) {
      return sendJson(response, 422, { message: "Validation Failed" });
    }
    response.writeHead(204).end();
  }
}

/** A request that is limited, as GitHub says it. */
export const rateLimited: ScriptedAnswer = {
  status: 403,
  headers: { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "retry-after": "30" },
  body: { message: "API rate limit exceeded" },
};

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers,
    body: parseBody(Buffer.concat(parts).toString("utf8"), incoming.headers["content-type"] ?? ""),
  };
}

function parseBody(text: string, type: string): Record<string, unknown> {
  if (text === "") return {};
  return type.includes("json") ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
}

/** Form encoding is what GitHub answers to whoever does not ask for JSON; errors have HTTP 200. */
function answerToken(request: FakeRequest, response: ServerResponse, content: Record<string, unknown>): void {
  if (request.headers.accept?.includes("json")) return sendJson(response, 200, content);
  const form = Object.entries(content).map(([name, value]): [string, string] => [name, String(value)]);
  sendText(response, 200, new URLSearchParams(form).toString(), "application/x-www-form-urlencoded");
}

function sendJson(response: ServerResponse, status: number, content: unknown): void {
  sendText(response, status, JSON.stringify(content), "application/json; charset=utf-8");
}

function sendText(response: ServerResponse, ...[status, text, type = "text/plain"]: SentText): void {
  response.writeHead(status, { "content-type": type }).end(text);
}
type SentText = readonly [status: number, text: string, type?: string];

function playScripted(
  response: ServerResponse,
  { status = 200, headers = {}, body, cut }: ScriptedAnswer,
): void {
  if (cut === true) return void response.destroy();
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
}
