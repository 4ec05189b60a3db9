/** Constructs every part of a server and hands each its own slice of the settings: the composition root. */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeviceStore } from "../access/devices.ts";
import type { PairingCodes } from "../access/pairing.ts";
import { allowedFor } from "../access/request-guard.ts";
import { Throttle } from "../access/throttle.ts";
import type { Config } from "../config.ts";
import type { PreparedDemo } from "../demo/start-demo.ts";
import { createBuiltInEngine } from "../engines/built-in.ts";
import { ModelCatalogue } from "../models/catalogue.ts";
import { createChatModel } from "../models/chat-client.ts";
import { permissionDigest } from "../permissions/digest.ts";
import { createPolicy } from "../permissions/policy.ts";
import type { Logger, ServerParts } from "../server/parts.ts";
import { StaticFiles } from "../server/static-files.ts";
import { SessionStore } from "../sessions/session-store.ts";
import { builtInTools } from "../tools/index.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import { Checkpoints } from "../workspace/git/checkpoints.ts";
import { Projects } from "../workspace/projects.ts";
import { controlSocketPath } from "./control-socket.ts";
import { createDemoStarter } from "./demo-mode.ts";
import { machineAddresses } from "./reach.ts";

/** Ten wrong codes a minute for one client, sixty for all together. */
const pairingThrottle = { perClient: 10, total: 60, windowMs: 60_000, maxClients: 1_000 };

export interface ServerPlan {
  readonly config: Config;
  /** Set when the whole server is the demo. */
  readonly demo: PreparedDemo | null;
  readonly folders: readonly string[];
  readonly packageRoot: URL;
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly devices: DeviceStore;
  readonly pairing: PairingCodes;
  readonly logger: Logger;
}

export interface ComposedServer {
  readonly parts: ServerParts;
  /** Ends streams, then turns, then writes what is left. */
  close(): Promise<void>;
}

/** Puts a server together; it listens nowhere yet. Sessions are read meanwhile: whoever asks for one waits. */
export function composeServer(plan: ServerPlan): ComposedServer {
  const { config, demo, address, devices, pairing, logger } = plan;
  const directory = config.stateDirectory;
  const stopping = new AbortController();
  const projects = new Projects({ directory, files: durableFiles, folders: plan.folders });
  const checkpoints = new Checkpoints({ directory: join(directory, "checkpoints") });
  const catalogue = createCatalogue(config, demo);
  const demoStarter = createDemoStarter(catalogue, demo);
  const model = createChatModel(catalogue);
  const sessions = new SessionStore({
    directory,
    files: durableFiles,
    engines: new Map([["built-in", createEngine(plan, model)]]),
    projects,
    checkpoints,
    defaultModel: () => catalogue.defaultModel(),
  });
  sessions.load().catch((error: unknown) => logger.error("sessions cannot be read", { error }));
  const parts: ServerParts = {
    server: {
      version: plan.version,
      machine: hostname().split(".")[0] ?? "",
      address,
      isDemo: demo !== null,
    },
    devices,
    pairing,
    throttle: new Throttle(pairingThrottle),
    allowed: allowedFor({
      host: config.host,
      port: plan.port,
      addresses: machineAddresses(),
      publicUrl: config.publicUrl,
    }),
    cookieName: demo === null ? "voxpilot_device" : "voxpilot_device_demo",
    sessions,
    projects,
    checkpoints,
    catalogue,
    model,
    startDemo: demoStarter.start,
    staticFiles: new StaticFiles(fileURLToPath(new URL("frontend/dist", plan.packageRoot))),
    logger,
    stopping: stopping.signal,
  };
  return {
    parts,
    async close() {
      stopping.abort();
      await sessions.close();
      await demoStarter.close();
    },
  };
}

function createCatalogue(config: Config, demo: PreparedDemo | null): ModelCatalogue {
  if (demo !== null) {
    const { baseUrl, model } = demo;
    return new ModelCatalogue({ configured: { baseUrl, model, name: "Demo", demo: true }, localServers: [] });
  }
  return new ModelCatalogue({
    configured: {
      baseUrl: config.modelsBaseUrl ?? undefined,
      apiKey: config.modelsApiKey ?? undefined,
      model: config.model ?? undefined,
    },
  });
}

/** Our own agent. A command that names VoxPilot, its state or its port asks in every mode. */
function createEngine(
  { config, port }: ServerPlan,
  model: Parameters<typeof createBuiltInEngine>[0]["model"],
) {
  const policy = createPolicy({
    statePaths: [config.stateDirectory, dirname(controlSocketPath(config.stateDirectory))],
    ports: [port],
    names: ["voxpilot"],
  });
  return createBuiltInEngine({ model, tools: builtInTools, policy, digest: permissionDigest });
}
