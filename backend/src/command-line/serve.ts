/** The life of a server: from taking the state folder to letting go of it. */
import { getRequestListener } from "@hono/node-server";
import { commandLineActor } from "../access/audit/audit-actors.ts";
import { AuditLog } from "../access/audit/audit-log.ts";
import { DeviceStore } from "../access/devices.ts";
import { type PairingCode, PairingCodes } from "../access/pairing.ts";
import type { Config } from "../config.ts";
import type { PreparedDemo } from "../demo/start-demo.ts";
import { createApp } from "../server/app.ts";
import type { Logger } from "../server/parts.ts";
import { durableFiles } from "../workspace/durable-files.ts";
import { endOrphans } from "../workspace/processes/orphans.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";
import type { Command } from "./arguments.ts";
import { type Banner, bannerText, pairingLink } from "./banner.ts";
import { composeServer } from "./compose.ts";
import { localAccess } from "./control/access-control.ts";
import { openControlSocket } from "./control/control-socket.ts";
import { prepareDemo } from "./demo-mode.ts";
import { createLogger } from "./logger.ts";
import { isDesktop, openBrowser } from "./open-browser.ts";
import { openPairingPage } from "./pairing-page.ts";
import { projectFolders } from "./project-folders.ts";
import { ReachKeeper } from "./reach/keep-reach.ts";
import { addressUrl } from "./reach/listen.ts";
import { machineName } from "./reach/machine-names.ts";
import type { Announcement } from "./reach/mdns.ts";
import { type OpenReach, openReach } from "./reach/open-reach.ts";
import { foreignModelsAdvice, gatewayAdvice, redactionFor, secretAdvice } from "./secret-advice.ts";
import { demoDirectory, holdStateFolder, prepareStateFolder } from "./state-folder.ts";

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
  const redaction = redactionFor(options.config);
  const logger = createLogger(options.config.logLevel, redaction);
  const cleanup: Cleanup = [];
  const stopped = stopSignal();
  try {
    await tellAdvice(options);
    await start(options, { logger, redaction, cleanup });
    logger.debug("stopping", { signal: await stopped });
  } finally {
    await withinTime(runAll(cleanup, logger), stopWithinMs);
  }
  // What other packages keep open, such as idle connections to a model, must not hold up the end.
  process.exit(0);
}

/** What a start is given beside what was asked for. */
interface Means {
  readonly logger: Logger;
  readonly redaction: Redaction;
  readonly cleanup: Cleanup;
}

async function start(options: ServeOptions, { logger, redaction, cleanup }: Means): Promise<void> {
  const { command, packageRoot, version } = options;
  const isDemo = command.type === "demo";
  // Cookies are kept apart by name, and sessions of a script by folder.
  const config = isDemo
    ? { ...options.config, stateDirectory: demoDirectory(options.config.stateDirectory) }
    : options.config;
  // What was typed is looked at before anything is taken.
  const typed = isDemo ? [] : await projectFolders(command.folders, config.projects);
  await prepareStateFolder(config.stateDirectory);
  cleanup.push(await holdStateFolder(config.stateDirectory));
  const { devices, pairing, audit } = await openStores(config.stateDirectory, logger, cleanup);
  const { listening, state, certificate } = await openReach(config, command, devices);
  cleanup.push(() => listening.close());
  const bound = { host: listening.host, port: listening.port };
  const control = await openControlSocket(
    config.stateDirectory,
    localAccess({ devices, pairing, audit, address: () => state.address, bound }),
  );
  cleanup.push(() => control.close());
  const demo = isDemo ? await startDemo(cleanup) : null;
  const folders = demo === null ? typed : [demo.projectPath];
  const composed = composeServer({
    config,
    demo,
    folders,
    packageRoot,
    version,
    reach: state,
    certificate,
    port: listening.port,
    devices,
    pairing,
    audit,
    redaction,
    logger,
  });
  cleanup.push(() => {
    listening.stopAccepting();
    return composed.close();
  });
  listening.serve(getRequestListener(createApp(composed.parts).fetch));
  // It looks at every process of the machine: after those who wait for the first answer.
  endOrphans().catch((error: unknown) =>
    logger.warn("commands of an earlier start may still run", { error }),
  );
  const code = await makeCode({ pairing, audit });
  const reached = { config, listening, state, certificate };
  await tellWhere(reached, code, demo === null ? { folders } : { demoProject: demo.projectPath });
  const opening = { config, state, pairing, audit };
  if (command.opensBrowser ?? isDesktop(process.env, process.platform)) await openPage(opening, cleanup);
  keepReach(reached, logger, cleanup);
}

type Reached = OpenReach & { readonly config: Config };

/** Where the server listens, and how the first device comes in. */
async function tellWhere(
  { config, listening, state, certificate }: Reached,
  code: PairingCode,
  projects: Pick<Banner, "demoProject" | "folders">,
): Promise<void> {
  process.stdout.write(
    await bannerText({
      address: state.address,
      bound: { host: listening.host, port: listening.port },
      code,
      ...projects,
      isTerminal: process.stdout.isTTY === true,
      exposure: {
        reach: state.reach,
        fingerprint: certificate?.fingerprint ?? null,
        allowedLogins: config.gitHub.allowedLogins,
      },
    }),
  );
}

interface CodeMaking {
  readonly pairing: PairingCodes;
  readonly audit: AuditLog;
}

async function makeCode({ pairing, audit }: CodeMaking): Promise<PairingCode> {
  const code = await pairing.create({ rights: "full", madeBy: null });
  await audit.record(commandLineActor, { kind: "code_made", rights: "full" });
  return code;
}

interface Opening extends CodeMaking, Pick<OpenReach, "state"> {
  readonly config: Config;
}

/** Pairs the browser of whoever started the server, by a code of its own: the printed one is for the phone. */
async function openPage({ config, state, pairing, audit }: Opening, cleanup: Cleanup): Promise<void> {
  const { code } = await makeCode({ pairing, audit });
  const page = await openPairingPage({
    directory: config.stateDirectory,
    files: durableFiles,
    link: pairingLink(state.ownAddress, code),
    isOpen: () => pairing.isOpen(code),
  });
  cleanup.push(() => page.close());
  openBrowser(page.address, process.platform);
}

/** Who may come in, and the record of it, closed in the end. */
async function openStores(directory: string, logger: Logger, cleanup: Cleanup) {
  const place = { directory, files: durableFiles };
  const report = (message: string, facts: Readonly<Record<string, unknown>>) => logger.warn(message, facts);
  const [devices, pairing, audit] = await Promise.all([
    DeviceStore.open(place),
    PairingCodes.open(place),
    AuditLog.open({ ...place, report }),
  ]);
  cleanup.push(() => audit.close());
  cleanup.push(() => devices.close());
  return { devices, pairing, audit };
}

async function tellAdvice({ config, command }: ServeOptions): Promise<void> {
  const ofModels =
    command.type === "demo" ? [] : [...foreignModelsAdvice(config), ...gatewayAdvice(process.env, config)];
  for (const line of [...(await secretAdvice(config)), ...ofModels])
    process.stderr.write(`voxpilot: ${line}\n`);
}

/** A server that others reach, or that has a certificate, looks after both while it runs. */
function keepReach(
  { config, listening, state, certificate }: Reached,
  logger: Logger,
  cleanup: Cleanup,
): void {
  if (!state.reach.lan && certificate === null) return;
  const scheme = config.https ? "https" : "http";
  const keeper = new ReachKeeper({
    state,
    certificate,
    listening,
    logger,
    announce: config.lan ? () => announceName(scheme, listening.port, logger) : null,
  });
  cleanup.push(() => keeper.close());
  void keeper.start().then((name) => {
    if (name !== null)
      process.stdout.write(`  Also at ${addressUrl({ scheme, host: name, port: listening.port })}\n\n`);
  });
}

async function announceName(scheme: "http" | "https", port: number, logger: Logger): Promise<Announcement> {
  const { announce } = await import("./reach/mdns.ts");
  return announce({
    machine: machineName(),
    port,
    scheme,
    report: (error) => logger.debug("mDNS", { error }),
  });
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
