/** Our own agent with its tools and rules, put together for one server. Loaded by `lazy-agent.ts`. */
import { dirname } from "node:path";
import type { Config } from "../config.ts";
import { BuiltInEngine } from "../engines/built-in.ts";
import type { Engine } from "../engines/engine.ts";
import { permissionDigest } from "../permissions/digest.ts";
import { createPolicy } from "../permissions/policy.ts";
import type { ServerParts } from "../server/parts.ts";
import { type BuiltInToolsOptions, backgroundJobs, createBuiltInTools } from "../tools/index.ts";
import { controlSocketPath } from "./control/control-socket.ts";

export interface AgentPlan {
  readonly config: Config;
  readonly port: number;
  readonly models: Pick<ServerParts, "modelFor" | "personalKeys">;
  /** A command that a session left running has come to its end. */
  readonly onJobEnded: NonNullable<BuiltInToolsOptions["onJobEnded"]>;
}

export interface Agent {
  readonly engine: Engine;
  readonly jobs: ServerParts["jobs"];
  /** Ends what its tools have left running. */
  close(): Promise<void>;
}

/** A command that names VoxPilot, its state or its port asks in every mode. */
export function createAgent({ config, port, models, onJobEnded }: AgentPlan): Agent {
  const policy = createPolicy({
    statePaths: [config.stateDirectory, dirname(controlSocketPath(config.stateDirectory))],
    ports: [port],
    names: ["voxpilot"],
  });
  const userFolder = dirname(config.configPath);
  const builtIn = createBuiltInTools({ userSkills: () => userFolder, onJobEnded });
  const engine = new BuiltInEngine({
    model: models.modelFor(null),
    modelFor: (turn) => models.modelFor(models.personalKeys.of(turn)),
    tools: builtIn,
    userFolder,
    policy,
    checks: config.checks,
    digest: permissionDigest,
  });
  return { engine, jobs: backgroundJobs(builtIn.jobs), close: () => builtIn.jobs.close() };
}
