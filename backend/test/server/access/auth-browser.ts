/** A browser before the app without a port: it keeps cookies, follows GitHub's redirects when told to, and forgets nothing that it was sent. */
import { onTestFinished } from "vitest";
import type { Device } from "../../../src/protocol/device.ts";
import { DeviceList } from "../../../src/server/routes/access/devices.ts";
import { ManualClock } from "../../access/github/manual-clock.ts";
import { type FakeGitHub, startFakeGitHub } from "../../support/fake-github.ts";
import { type RunningApp, runningApp } from "../../support/running-app.ts";

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export interface Visit {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A GitHub for one test. */
export async function gitHubForTest(): Promise<FakeGitHub> {
  const fake = await startFakeGitHub();
  onTestFinished(() => fake.close());
  return fake;
}

/** The settings of a server whose app is registered at the fake; `octocat` is on the list. */
export function settingsOf(fake: FakeGitHub, allowedLogins: readonly string[] = ["octocat"]) {
  const { clientId, clientSecret, baseUrl } = fake;
  return { clientId, clientSecret, allowedLogins, url: baseUrl, apiUrl: `${baseUrl}/api/v3` };
}

/** An app with a GitHub beside it, a browser before it, and time that the test moves. */
export async function stage(allowedLogins?: readonly string[]) {
  const fake = await gitHubForTest();
  const clock = new ManualClock();
  const settings = settingsOf(fake, allowedLogins);
  const app = await runningApp({ gitHub: { settings, clock }, now: () => new Date(clock.now()) });
  return { fake, clock, app, browser: new Browser(app) };
}

/** All that are paired, the test's own first. */
export async function devicesOf(app: RunningApp): Promise<readonly Device[]> {
  return (await app.read("GET /api/devices", DeviceList)).devices;
}

/** What was written down, oldest first; what is still gathered too. Nothing is written down after it. */
export async function auditOf(app: RunningApp) {
  await app.parts.audit.close();
  const { entries } = await app.parts.audit.page({ limit: 100 });
  return entries.reverse().map(({ actor, record }) => ({ actor: actor.kind, ...record }));
}

export class Browser {
  readonly #app: Pick<RunningApp, "request">;
  readonly #host: string | undefined;
  readonly #cookies = new Map<string, Cookie>();
  /** Each `Set-Cookie` line, oldest first. */
  readonly setCookies: string[] = [];

  constructor(app: Pick<RunningApp, "request">, host?: string) {
    this.#app = app;
    this.#host = host;
  }

  /** Puts a cookie in place, as somebody else might have. */
  plant(name: string, value: string): void {
    this.#cookies.set(name, { value, path: "/" });
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value;
  }

  /** `"GET /api/auth/me"`. A change comes from the page itself. */
  async visit(call: string, { body, headers = {} }: Visit = {}): Promise<Response> {
    const path = call.split(" ")[1] ?? "/";
    const cookies = [...this.#cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    const response = await this.#app.request(call, {
      token: null,
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(this.#host === undefined ? {} : { host: this.#host }),
        cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join("; "),
        ...headers,
      },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  /** The whole web flow, up to the answer of the callback. */
  async signInByWeb(query = ""): Promise<Response> {
    return this.visit(await this.goToGitHub(query));
  }

  /** The first half: to GitHub, which sends the browser back to what is returned. */
  async goToGitHub(query = ""): Promise<string> {
    const begun = await this.visit(`GET /api/auth/login${query}`);
    const authorised = await fetch(begun.headers.get("location") ?? "", { redirect: "manual" });
    const { pathname, search } = new URL(authorised.headers.get("location") ?? "");
    return `GET ${pathname}${search}`;
  }

  #keep(line: string): void {
    this.setCookies.push(line);
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const [, path = "/"] = /; Path=([^;]+)/.exec(line) ?? [];
    if (/; Max-Age=0(?:;|$)/.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}
