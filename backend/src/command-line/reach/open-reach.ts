/** Opens the door: checks that it may be open, makes the certificate, takes the port. */
import { type Credentials, ServerCertificate } from "../../access/tls/server-certificate.ts";
import type { Config } from "../../config.ts";
import { durableFiles } from "../../workspace/durable-files.ts";
import type { Command } from "../arguments.ts";
import { assertAddress, boundHost, ListenFailed, type Listening, listen } from "./listen.ts";
import { machineName } from "./machine-names.ts";
import { assertReachAllowed, isBeyondLoopback } from "./reach.ts";
import { ReachState } from "./reach-state.ts";

type ServeCommand = Extract<Command, { type: "serve" | "demo" }>;

export interface OpenReach {
  readonly listening: Listening;
  readonly state: ReachState;
  /** null: plain http alone. */
  readonly certificate: ServerCertificate | null;
}

/** Rejects with `ReachRefused` before anything listens, or with `ListenFailed`. */
export async function openReach(
  config: Config,
  command: ServeCommand,
  owners: { hasFullDevice(): boolean },
): Promise<OpenReach> {
  const isLanTyped = command.settings.lan?.value === true;
  // First: an owner would not make an address of what is none.
  if (isBeyondLoopback(config)) await assertAddress(boundHost(config), config.port);
  assertReachAllowed({ config, isLanTyped, hasOwner: owners.hasFullDevice() });
  const certificate = config.https ? await openCertificate(config) : null;
  const listening = await listenFor(config, command, certificate?.credentials ?? null);
  return { listening, certificate, state: new ReachState({ config, port: listening.port }) };
}

function openCertificate(config: Config): Promise<ServerCertificate> {
  const { certificateNames } = new ReachState({ config, port: config.port });
  return ServerCertificate.open({
    directory: config.stateDirectory,
    files: durableFiles,
    machine: machineName(),
    names: certificateNames,
  });
}

/** A demo beside a running VoxPilot takes any free port, unless one was named. */
async function listenFor(
  config: Config,
  command: ServeCommand,
  credentials: Credentials | null,
): Promise<Listening> {
  const { port, trustedProxies } = config;
  const plan = { host: boundHost(config), port, credentials, trustedProxies };
  try {
    return await listen(plan);
  } catch (error) {
    const mayMove = command.type === "demo" && command.settings.port === undefined;
    if (!mayMove || !(error instanceof ListenFailed) || error.code !== "EADDRINUSE") throw error;
    return listen({ ...plan, port: 0 });
  }
}
