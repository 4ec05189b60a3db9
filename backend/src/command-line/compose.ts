/** Constructs every part of a server and hands each its own slice of the settings: the composition root. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { actorInAudit, serverAuditActor } from "../access/audit/audit-actors.ts";
import type { AuditLog } from "../access/audit/audit-log.ts";
import type { DeviceStore } from "../access/devices.ts";
import { FreshProof } from "../access/fresh-proof.ts";
import { GitHubSignIn } from "../access/github/github-sign-in.ts";
import type { PairingCodes } from "../access/pairing.ts";
import { codeLimits, proofLimits, Throttle, tokenLimits } from "../access/throttle.ts";
import type { ServerCertificate } from "../access/tls/server-certificate.ts";
import { TrustedProxies } from "../access/trusted-proxies.ts";
import type { Config } from "../config.ts";
import type { PreparedDemo } from "../demo/start-demo.ts";
import type { BackgroundJob } from "../protocol/job.ts";
import type { Logger, ServerParts } from "../server/parts.ts";
import { StaticFiles } from "../server/static-files.ts";
import { OpenStreams } from "../server/streams/open-streams.ts";
import type { AcceptedPlan } from "../sessions/session-parts.ts";
import { SessionStore } from "../sessions/store/session-store.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import { FileNames } from "../workspace/files/file-names.ts";
import { type DiskRoom, FreeSpace } from "../workspace/free-space.ts";
import { Checkpoints } from "../workspace/git/checkpoints.ts";
import { Projects } from "../workspace/projects.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";
import { composeModels } from "./compose-models.ts";
import { createDemoStarter } from "./demo-mode.ts";
import { lazyAgent } from "./lazy-agent.ts";
import { machineName } from "./reach/machine-names.ts";
import type { ReachState } from "./reach/reach-state.ts";

export interface ServerPlan {
  readonly config: Config;
  /** Set when the whole server is the demo. */
  readonly demo: PreparedDemo | null;
  readonly folders: readonly string[];
  readonly packageRoot: URL;
  readonly version: string;
  /** Where it is reached, as that changes. */
  readonly reach: ReachState;
  /** Of `--https`, else null. */
  readonly certificate: ServerCertificate | null;
  readonly port: number;
  readonly devices: DeviceStore;
  readonly pairing: PairingCodes;
  readonly audit: AuditLog;
  readonly redaction: Redaction;
  readonly logger: Logger;
}

export interface ComposedServer {
  readonly parts: ServerParts;
  /** Ends streams, then turns, then writes what is left. */
  close(): Promise<void>;
}

/** Puts a server together; it listens nowhere yet. Sessions are read meanwhile: whoever asks for one waits. */
export function composeServer(plan: ServerPlan): ComposedServer {
  const { config, demo, reach, devices, pairing, logger } = plan;
  const directory = config.stateDirectory;
  const stopping = new AbortController();
  const projects = new Projects({ directory, files: durableFiles, folders: plan.folders });
  const checkpoints = new Checkpoints({ directory: join(directory, "checkpoints") });
  const models = composeModels(plan);
  const { catalogue, personalKeys } = models;
  const onJobEnded = (sessionId: string, job: BackgroundJob) => void sessions.noteJobEnded(sessionId, job);
  const agent = lazyAgent({ config, port: plan.port, models, onJobEnded });
  const demoStarter = createDemoStarter(catalogue, demo);
  const freeSpace = watchFreeSpace(directory, logger, stopping.signal);
  const sessions = new SessionStore({
    directory,
    files: durableFiles,
    engines: new Map([["built-in", agent.engine]]),
    projects,
    checkpoints,
    defaultModel: () => catalogue.defaultModel(),
    redaction: plan.redaction,
    ...sessionNotes(plan.audit),
    stillCounts: (device, at) => devices.stillCounts(device, at),
    hasRoom: async () => (await freeSpace.look()) !== "full",
  });
  withdrawReduced(devices, sessions, logger);
  sessions.load().catch((error: unknown) => logger.error("sessions cannot be read", { error }));
  const parts: ServerParts = {
    server: serverIdentity(plan),
    devices,
    pairing,
    ...newThrottles(),
    freshProof: new FreshProof(),
    audit: plan.audit,
    redaction: plan.redaction,
    allowed: reach.allowed,
    proxies: new TrustedProxies(config.trustedProxies),
    get reach() {
      return reach.reach;
    },
    trust: plan.certificate,
    gitHub: createGitHubSignIn(plan, personalKeys, stopping.signal),
    cookieName: demo === null ? "voxpilot_device" : "voxpilot_device_demo",
    sessions,
    jobs: agent.jobs,
    openStreams: new OpenStreams(),
    projects,
    fileNames: new FileNames(),
    userFolder: dirname(config.configPath),
    checkpoints,
    ...models,
    startDemo: demoStarter.start,
    staticFiles: new StaticFiles(fileURLToPath(new URL("frontend/dist", plan.packageRoot))),
    freeSpace,
    logger,
    stopping: stopping.signal,
  };
  return {
    parts,
    async close() {
      stopping.abort();
      await sessions.close();
      await agent.close();
      await demoStarter.close();
    },
  };
}

function newThrottles(): Pick<ServerParts, "throttle" | "proofThrottle" | "tokenThrottle"> {
  return {
    throttle: new Throttle(codeLimits),
    proofThrottle: new Throttle(proofLimits),
    tokenThrottle: new Throttle(tokenLimits),
  };
}

/** What a device allowed ends with its right to allow it. */
function withdrawReduced(devices: DeviceStore, sessions: SessionStore, logger: Logger): void {
  devices.onReduced((device) => {
    sessions
      .withdraw(device)
      .catch((error: unknown) => logger.error("what a device allowed cannot be ended", { error }));
  });
}

function watchFreeSpace(directory: string, logger: Logger, stopping: AbortSignal): FreeSpace {
  const onChange = (room: DiskRoom, freeBytes: number) =>
    logger.warn("room on the disk", { room, freeBytes });
  const freeSpace = new FreeSpace({ directory, onChange });
  freeSpace.start();
  stopping.addEventListener("abort", () => freeSpace.close(), { once: true });
  return freeSpace;
}

function serverIdentity({ version, reach, demo }: ServerPlan): ServerParts["server"] {
  return {
    version,
    machine: machineName(),
    get address() {
      return reach.address;
    },
    isDemo: demo !== null,
  };
}

function createGitHubSignIn(
  plan: ServerPlan,
  keys: ServerParts["personalKeys"],
  stopping: AbortSignal,
): GitHubSignIn {
  const { config, devices, logger, redaction } = plan;
  return new GitHubSignIn({
    settings: config.gitHub,
    directory: config.stateDirectory,
    files: durableFiles,
    isPaired: (id) => devices.find(id) !== null,
    stopping,
    onUnexpected: (error) => logger.error("a GitHub sign-in failed", { error }),
    onToken: (token) => redaction.rememberToken("GitHub token", token),
    onTokenEnded: (token) => {
      redaction.forgetToken(token);
      keys.forget(token);
    },
  });
}

/** What sessions say of themselves that the audit log holds. */
function sessionNotes(audit: AuditLog) {
  return {
    onModeEnded: (session: string) => noteModeEnd(session, audit),
    onPlanAccepted: (accepted: AcceptedPlan) => noteAcceptedPlan(accepted, audit),
    onGrantEnded: (session: string, requestId: string) => noteGrantEnd({ session, requestId }, audit),
  };
}

/** Nobody waits for it: the session has ended its mode already. */
function noteModeEnd(session: string, audit: AuditLog): void {
  void audit.record(serverAuditActor, { kind: "mode_changed", session, mode: "ask", endsAt: null });
}

/** The mode is the choice of whoever accepted the plan. */
function noteAcceptedPlan({ sessionId, mode, by }: AcceptedPlan, audit: AuditLog): void {
  void audit.record(actorInAudit(by), { kind: "mode_changed", session: sessionId, mode, endsAt: null });
}

/** A device was signed out, or may less: what it allowed has ended. */
function noteGrantEnd(
  grant: { readonly session: string; readonly requestId: string },
  audit: AuditLog,
): void {
  void audit.record(serverAuditActor, { kind: "grant_ended", ...grant });
}
