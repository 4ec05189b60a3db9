/** The HTTP edge with real parts in temporary folders, called without a port. Its turns are run by what the test hands in. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type * as z from "zod";
import { actorInAudit } from "../../src/access/audit/audit-actors.ts";
import { AuditLog } from "../../src/access/audit/audit-log.ts";
import { DeviceStore } from "../../src/access/devices.ts";
import { FreshProof } from "../../src/access/fresh-proof.ts";
import { GitHubSignIn, type GitHubSignInOptions } from "../../src/access/github/github-sign-in.ts";
import { PairingCodes } from "../../src/access/pairing.ts";
import { allowedFor } from "../../src/access/request-guard.ts";
import { codeLimits, proofLimits, Throttle, tokenLimits } from "../../src/access/throttle.ts";
import { TrustedProxies } from "../../src/access/trusted-proxies.ts";
import type { AgentTurn, Engine, TurnOutcome } from "../../src/engines/engine.ts";
import { ModelCatalogue } from "../../src/models/catalogue.ts";
import { LearnedLimits } from "../../src/models/facts/learned-limits.ts";
import type { LocalServer } from "../../src/models/local-servers.ts";
import { createPersonalModel } from "../../src/models/personal-model.ts";
import { ProviderStore } from "../../src/models/providers/provider-store.ts";
import type { DeviceRights } from "../../src/protocol/device.ts";
import { Problem } from "../../src/protocol/problem.ts";
import { createApp } from "../../src/server/app.ts";
import type { Logger, ServerParts, TrustAuthority } from "../../src/server/parts.ts";
import { PersonalKeys } from "../../src/server/sign-in/personal-keys.ts";
import { StaticFiles } from "../../src/server/static-files.ts";
import { OpenStreams } from "../../src/server/streams/open-streams.ts";
import { SessionStore } from "../../src/sessions/store/session-store.ts";
import { backgroundJobs } from "../../src/tools/index.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { FileNames } from "../../src/workspace/files/file-names.ts";
import { FreeSpace } from "../../src/workspace/free-space.ts";
import { Checkpoints } from "../../src/workspace/git/checkpoints.ts";
import { Jobs } from "../../src/workspace/processes/jobs.ts";
import { Projects } from "../../src/workspace/projects.ts";
import { Redaction } from "../../src/workspace/redaction/redaction.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const host = "127.0.0.1:8000";
export const origin = `http://${host}`;

export interface RunningAppOptions {
  /** The clock of those who may come in; default: the real one. */
  readonly now?: () => Date;
  /** Runs the turns; default: they end at once. */
  readonly runTurn?: (turn: AgentTurn) => Promise<TurnOutcome>;
  /** Of an OpenAI-compatible endpoint; default: none is configured, and none is looked for. */
  readonly modelsBaseUrl?: string;
  /** The key of `modelsBaseUrl`; default: none. */
  readonly modelsApiKey?: string;
  /** Default: none is looked for. */
  readonly localServers?: readonly LocalServer[];
  /** Keys of services as the environment names them; default: none. */
  readonly providerKeys?: Readonly<Record<string, string>>;
  readonly startDemo?: ServerParts["startDemo"];
  /** Default: signing in with GitHub is left out. */
  readonly gitHub?: Pick<GitHubSignInOptions, "settings" | "clock">;
  /** An origin behind a proxy. */
  readonly publicUrl?: string;
  readonly trustedProxies?: readonly string[];
  /** Commands in the background; default: none. */
  readonly jobs?: Jobs;
  /** Room on the disk; default: more than enough. */
  readonly freeBytes?: () => Promise<number>;
  /** The authority of a server that speaks https itself; default: none, and plain http. */
  readonly trust?: TrustAuthority;
}

export interface RunningApp {
  readonly parts: ServerParts;
  /** Absolute paths. */
  readonly state: string;
  readonly project: string;
  /** What was logged as an error. */
  readonly errors: readonly unknown[];
  /** A token of a new device. */
  tokenOf(rights: DeviceRights): Promise<string>;
  /** A request as a script makes it; without a token when that is null. */
  request(call: string, options?: RequestOptions): Promise<Response>;
  /** The same, for the body alone. */
  read<Body>(call: string, schema: z.ZodType<Body>, options?: RequestOptions): Promise<Body>;
}

export interface RequestOptions {
  /** Default: that of a full device. */
  readonly token?: string | null;
  readonly body?: unknown;
  /** A body that is still on its way; JSON. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly headers?: Record<string, string>;
}

/** Makes the app; everything is closed and removed when the test is over. `request` takes `"GET /api/health"`. */
export async function runningApp(options: RunningAppOptions = {}): Promise<RunningApp> {
  const folder = await temporaryFolder();
  const [state, project, page] = [join(folder, "state"), join(folder, "project"), join(folder, "page")];
  for (const path of [state, project, page]) await mkdir(path, { mode: 0o700 });
  await writeFile(join(page, "index.html"), "<!doctype html><title>VoxPilot</title>");
  const errors: unknown[] = [];
  const stopping = new AbortController();
  const parts = await createParts({ state, project, page, errors, stopping, options });
  onTestFinished(async () => {
    stopping.abort();
    await parts.sessions.close();
    await parts.devices.close();
    await parts.audit.close();
  });
  const app = createApp(parts);
  const tokenOf = async (rights: DeviceRights) =>
    (await parts.devices.add({ name: `a ${rights} device`, rights })).token;
  const fullToken = await tokenOf("full");
  const request: RunningApp["request"] = async (call, requestOptions = {}) => {
    const { token = fullToken, body, stream, headers = {} } = requestOptions;
    const [method = "GET", path = "/"] = call.split(" ");
    return app.request(path, {
      method,
      headers: {
        host,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined && stream === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      // What the Fetch standard wants with a stream, and its types do not know.
      ...(stream === undefined ? {} : { body: stream, duplex: "half" }),
    });
  };
  const read: RunningApp["read"] = async (call, schema, requestOptions) =>
    bodyOf(await request(call, requestOptions), schema);
  return { parts, state, project, errors, tokenOf, request, read };
}

interface Making {
  readonly state: string;
  readonly project: string;
  readonly page: string;
  readonly errors: unknown[];
  readonly stopping: AbortController;
  readonly options: RunningAppOptions;
}

async function createParts({
  state,
  project,
  page,
  errors,
  stopping,
  options,
}: Making): Promise<ServerParts> {
  const place = { directory: state, files: durableFiles };
  const now = options.now ?? (() => new Date());
  const redaction = new Redaction();
  const projects = new Projects({ ...place, folders: [project] });
  const checkpoints = new Checkpoints({ directory: join(state, "checkpoints") });
  const baseUrl = options.modelsBaseUrl;
  const catalogue = new ModelCatalogue({
    configured: baseUrl === undefined ? {} : { baseUrl, apiKey: options.modelsApiKey },
    localServers: options.localServers ?? [],
    keys: options.providerKeys ?? {},
    store: new ProviderStore({ ...place, onKey: (key) => redaction.remember("model key", key) }),
    learned: new LearnedLimits({ ...place, report: (error) => errors.push(error) }),
  });
  const personalKeys = new PersonalKeys();
  const engine = engineOf(options.runTurn ?? (async () => ({ stopReason: "end_turn" })));
  const devices = await DeviceStore.open({ ...place, now });
  const audit = await AuditLog.open({ ...place, now });
  const freeSpace = new FreeSpace({
    directory: state,
    freeBytes: options.freeBytes ?? (async () => Number.POSITIVE_INFINITY),
  });
  const sessions = new SessionStore({
    ...place,
    engines: new Map([[engine.id, engine]]),
    projects,
    checkpoints,
    defaultModel: async () => null,
    redaction,
    onPlanAccepted: ({ sessionId, mode, by }) =>
      void audit.record(actorInAudit(by), { kind: "mode_changed", session: sessionId, mode, endsAt: null }),
    stillCounts: (device, at) => devices.stillCounts(device, at),
    hasRoom: async () => (await freeSpace.look()) !== "full",
  });
  devices.onReduced((device) => void sessions.withdraw(device));
  return {
    server: { version: "1.2.3", machine: "studio", address: origin, isDemo: false },
    devices,
    pairing: await PairingCodes.open({ ...place, now }),
    throttle: new Throttle(codeLimits),
    proofThrottle: new Throttle(proofLimits),
    tokenThrottle: new Throttle(tokenLimits),
    freshProof: new FreshProof({ now }),
    audit,
    redaction,
    allowed: allowedFor({
      host: "127.0.0.1",
      port: 8000,
      addresses: [],
      scheme: options.trust === undefined ? "http" : "https",
      publicUrl: options.publicUrl === undefined ? null : new URL(options.publicUrl),
    }),
    proxies: new TrustedProxies(options.trustedProxies ?? []),
    reach: {
      addresses: [options.publicUrl ?? origin],
      lan: false,
      https: options.trust !== undefined,
      publicUrl: options.publicUrl ?? null,
      trustedProxies: [...(options.trustedProxies ?? [])],
      localName: null,
    },
    trust: options.trust ?? null,
    gitHub:
      options.gitHub === undefined
        ? null
        : new GitHubSignIn({
            ...options.gitHub,
            ...place,
            isPaired: (id) => devices.find(id) !== null,
            stopping: stopping.signal,
            onUnexpected: (error) => errors.push(error),
            onToken: (token) => redaction.rememberToken("GitHub token", token),
            onTokenEnded: (token) => {
              redaction.forgetToken(token);
              personalKeys.forget(token);
            },
          }),
    cookieName: "voxpilot_device",
    sessions,
    jobs: backgroundJobs(options.jobs ?? new Jobs()),
    openStreams: new OpenStreams(),
    projects,
    fileNames: new FileNames(),
    userFolder: join(state, "user"),
    checkpoints,
    catalogue,
    modelFor: (key) => createPersonalModel(catalogue, key),
    personalKeys,
    startDemo: options.startDemo ?? (() => Promise.reject(new Error("This test has no demo."))),
    staticFiles: new StaticFiles(page),
    freeSpace,
    logger: collectErrors(errors),
    stopping: stopping.signal,
  };
}

function engineOf(runTurn: (turn: AgentTurn) => Promise<TurnOutcome>): Engine {
  const nothing = () => undefined;
  return { id: "built-in", name: "VoxPilot", runTurn, forgetConversation: nothing, close: nothing };
}

function collectErrors(errors: unknown[]): Logger {
  const ignore = () => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (message, facts) => errors.push([message, facts]),
  };
}

/** Server-sent events of a response, one by one as they come. */
export async function* eventsOf(
  response: Response,
): AsyncGenerator<{ event: string; id: string | null; data: unknown }> {
  const { createParser } = await import("eventsource-parser");
  const waiting: { event: string; id: string | null; data: unknown }[] = [];
  const parser = createParser({
    onEvent: (message) =>
      waiting.push({
        event: message.event ?? "message",
        id: message.id ?? null,
        data: JSON.parse(message.data),
      }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    while (waiting.length > 0) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
    }
  }
}

/** The body, checked against what the interface promises. */
export async function bodyOf<Body>(response: Response, schema: z.ZodType<Body>): Promise<Body> {
  return schema.parse(await response.json());
}

/** The problem that a refusal carries. */
export function problemOf(response: Response): Promise<z.infer<typeof Problem>> {
  return bodyOf(response, Problem);
}
