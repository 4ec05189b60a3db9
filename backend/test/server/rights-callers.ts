/** A server, everybody who may ask of it, and what each of them gets. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll } from "vitest";
import { startFakeGitHub } from "../support/fake-github.ts";
import { origin, type RunningApp, runningApp } from "../support/running-app.ts";

/** Everybody who may ask. */
export const callers = [
  "nobody",
  "otherOrigin",
  "wrongHost",
  "read",
  "approve",
  "full",
  "revoked",
  "expired",
  "gitHubAlone",
] as const;
export type Caller = (typeof callers)[number];
/** What each of them gets. */
export type Statuses = Readonly<Record<Caller, number>>;

const soon = () => new Date(Date.now() + 60_000).toISOString();

/** One request. */
export interface Asked {
  readonly method: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** With `:session`, `:own` and `:other` for ids that exist. */
  readonly path: string;
}

type ServerWithCallers = Awaited<ReturnType<typeof serverWithCallers>>;

/** The same server for all. */
export async function onlyOne(
  make: () => Promise<ServerWithCallers>,
): Promise<() => Promise<ServerWithCallers>> {
  const made = await make();
  return async () => made;
}

/** What each caller gets; the full device asks last, since it may change the most. */
export async function statusesOf(
  { method, path, body, headers = {} }: Asked,
  makeServer: () => Promise<ServerWithCallers>,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const order = [...callers.filter((caller) => caller !== "full"), "full"] as const;
  for (const caller of order) {
    const { app, places, credentials } = await makeServer();
    const known = { ...places, ":own": credentials[caller].id };
    const response = await app.request(`${method} ${filled(path, known)}`, {
      token: credentials[caller].token,
      headers: { ...headers, ...credentials[caller].headers },
      ...(body === undefined ? {} : { body: filled(JSON.stringify(body), known) }),
    });
    found[caller] = response.status;
    await response.body?.cancel();
  }
  return found;
}

function filled(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((before, [name, value]) => before.replaceAll(name, value), text);
}

interface Credential {
  readonly id: string;
  readonly token: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server with a session, and everybody who may ask of it. */
export async function serverWithCallers() {
  const clock = { now: new Date("2026-01-01T12:00:00Z") };
  const gitHub = await sharedGitHub();
  const app = await runningApp({
    now: () => clock.now,
    gitHub: {
      settings: {
        clientId: gitHub.clientId,
        clientSecret: gitHub.clientSecret,
        allowedLogins: ["octocat"],
        url: gitHub.baseUrl,
        apiUrl: `${gitHub.baseUrl}/api/v3`,
      },
    },
    startDemo: async () => ({ projectPath: app.project, model: "demo/script" }),
  });
  const add = async (name: string, rights: "read" | "approve" | "full") => {
    const { device, token } = await app.parts.devices.add({ name, rights });
    return { id: device.id, token, headers: {} };
  };
  const expired = await add("expired", "full");
  clock.now = new Date("2026-02-10T12:00:00Z");
  const [full, approve, read, revoked, other] = [
    await add("full", "full"),
    await add("approve", "approve"),
    await add("read", "read"),
    await add("revoked", "full"),
    await add("other", "read"),
  ];
  await app.parts.devices.revoke(revoked.id, "full");
  const credentials: Record<Caller, Credential> = {
    nobody: { id: "nobody", token: null, headers: {} },
    otherOrigin: { ...full, headers: { origin: "https://evil.example" } },
    wrongHost: { ...full, headers: { host: "evil.example" } },
    read,
    approve,
    full,
    revoked,
    expired,
    gitHubAlone: { id: "nobody", token: null, headers: { cookie: await gitHubCookie(app), origin } },
  };
  return { app, credentials, places: { ...(await placesOf(app)), ":other": other.id, ":soon": soon() } };
}

async function placesOf(app: RunningApp): Promise<Record<string, string>> {
  const folder = join(app.state, "..", "another-project");
  await mkdir(folder);
  await writeFile(join(app.project, "..", "page", "icon.svg"), "<svg/>");
  const actor = { kind: "device", id: "d", name: "Desk" } as const;
  const session = await app.parts.sessions.create({ project: app.project }, actor);
  return { ":session": session.id, ":folder": folder, ":project": app.project };
}

/** The GitHub cookie of a paired browser, without its device cookie. */
async function gitHubCookie(app: RunningApp): Promise<string> {
  const gitHub = await sharedGitHub();
  const token = gitHub.issueToken("octocat");
  const account = await app.parts.gitHub?.verify(token);
  if (account === null || account === undefined) throw new Error("The fake knows its own user.");
  const [device] = app.parts.devices.list();
  return `gh_token=${await app.parts.gitHub?.sealToken(token, account, device?.id ?? "")}`;
}

afterAll(async () => {
  await (await gitHubServer)?.close();
});
let gitHubServer: ReturnType<typeof startFakeGitHub> | null = null;

function sharedGitHub(): ReturnType<typeof startFakeGitHub> {
  gitHubServer ??= startFakeGitHub();
  return gitHubServer;
}
