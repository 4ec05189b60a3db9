/** The life of a server: from taking the state folder to letting go of it. */
import { getRequestListener } from "@hono/node-server";
import { DeviceStore } from "../access/devices.ts";
import { PairingCodes } from "../access/pairing.ts";
import type { Config } from "../config.ts";
import type { PreparedDemo } from "../demo/start-demo.ts";
import { createApp } from "../server/app.ts";
import type { Logger } from "../server/parts.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import { endOrphans } from "../workspace/processes/orphans.ts";
import { localAccess } from "./access-control.ts";
import type { Command } from "./arguments.ts";
import { bannerText, pairingLink } from "./banner.ts";
import { composeServer } from "./compose.ts";
import { openControlSocket } from "./control-socket.ts";
import { prepareDemo } from "./demo-mode.ts";
import { addressOf, ListenFailed, type Listening, listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { isDesktop, openBrowser } from "./open-browser.ts";
import { projectFolders } from "./project-folders.ts";
import { assertReachAllowed } from "./reach.ts";
import { holdStateFolder, prepareStateFolder } from "./state-folder.ts";

type ServeCommand = Extract<Command, { type: "serve" | "demo" }>;

export interface ServeOptions {
  readonly command: ServeCommand;
  readonly config: Config;
  /** The package's own folder, as a file: URL that ends in a slash. */
  readonly packageRoot: URL;
  readonly version: string;
}

/** What is undone, last first, when the server stops or cannot start. */
type Cleanup = (() => Promise<void>)[];

const stopWithinMs = 4_500;
/** npm passes on a signal that the terminal has already sent to the whole group. */
const sameSignalWithinMs = 1_000;

/** Serves until a signal ends it; resolves to the exit code. Rejects when it cannot start, with everything undone. */
export async function serveUntilStopped(options: ServeOptions): Promise<number> {
  const logger = createLogger(options.config.logLevel);
  const cleanup: Cleanup = [];
  const stopped = stopSignal();
  try {
    await start(options, logger, cleanup);
    logger.debug("stopping", { signal: await stopped });
  } finally {
    await withinTime(runAll(cleanup, logger), stopWithinMs);
  }
  // What other packages keep open, such as idle connections to a model, must not hold up the end.
  process.exit(0);
}

async function start(options: ServeOptions, logger: Logger, cleanup: Cleanup): Promise<void> {
  const { command, packageRoot, version } = options;
  const isDemo = command.type === "demo";
  // Cookies are kept apart by name, and sessions of a script by folder.
  const config = isDemo
    ? { ...options.config, stateDirectory: `${options.config.stateDirectory}-demo` }
    : options.config;
  await prepareStateFolder(config.stateDirectory);
  cleanup.push(await holdStateFolder(config.stateDirectory));
  const place = { directory: config.stateDirectory, files: durableFiles };
  const [devices, pairing] = await Promise.all([DeviceStore.open(place), PairingCodes.open(place)]);
  cleanup.push(() => devices.close());
  assertReachAllowed(config, devices);
  const listening = await listenFor(config, command);
  cleanup.push(() => listening.close());
  const address = addressOf(config, listening.port);
  const control = await openControlSocket(
    config.stateDirectory,
    localAccess({
      devices,
      pairing,
      address: () => address,
      bound: { host: config.host, port: listening.port },
    }),
  );
  cleanup.push(() => control.close());
  const demo = isDemo ? await startDemo(cleanup) : null;
  const folders = demo === null ? await projectFolders(command.folders, config.projects) : [demo.projectPath];
  const composed = composeServer({
    config,
    demo,
    folders,
    packageRoot,
    version,
    address,
    port: listening.port,
    devices,
    pairing,
    logger,
  });
  cleanup.push(() => {
    listening.stopAccepting();
    return composed.close();
  });
  listening.serve(getRequestListener(createApp(composed.parts).fetch));
  const code = await pairing.create();
  // It looks at every process of the machine: after those who wait for the first answer.
  endOrphans().catch((error: unknown) =>
    logger.warn("commands of an earlier start may still run", { error }),
  );
  process.stdout.write(
    await bannerText({
      address,
      bound: { host: config.host, port: listening.port },
      code,
      demoProject: demo?.projectPath ?? null,
      isTerminal: process.stdout.isTTY === true,
    }),
  );
  const isOpening = command.opensBrowser ?? isDesktop(process.env, process.platform);
  if (isOpening) openBrowser(pairingLink(address, code.code), process.platform);
}

/** A demo beside a running VoxPilot takes any free port, unless one was named. */
async function listenFor(config: Config, command: ServeCommand): Promise<Listening> {
  try {
    return await listen(config.host, config.port);
  } catch (error) {
    const mayMove = command.type === "demo" && command.settings.port === undefined;
    if (!mayMove || !(error instanceof ListenFailed) || error.code !== "EADDRINUSE") throw error;
    return listen(config.host, 0);
  }
}

async function startDemo(cleanup: Cleanup): Promise<PreparedDemo> {
  const demo = await prepareDemo();
  cleanup.push(() => demo.close());
  return demo;
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        resolve(signal);
        const askedAtMs = performance.now();
        // Whoever asks twice means it.
        process.on(signal, () => {
          if (performance.now() - askedAtMs > sameSignalWithinMs) process.exit(130);
        });
      });
    }
  });
}

async function runAll(cleanup: Cleanup, logger: Logger): Promise<void> {
  for (const undo of cleanup.reverse()) {
    await undo().catch((error: unknown) => logger.error("stopping failed in part", { error }));
  }
}

async function withinTime(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeUp]);
  clearTimeout(timer);
}
