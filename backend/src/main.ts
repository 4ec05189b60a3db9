/** The program: reads what was typed and the settings, and hands over to what was asked for. `command-line/compose.ts` puts a server together. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Command, helpText, parseCommand, UsageError } from "./command-line/arguments.ts";
import { ListenFailed } from "./command-line/reach/listen.ts";
import { ReachRefused } from "./command-line/reach/reach.ts";
import { StateFolderHeld } from "./command-line/state-folder.ts";
import { ConfigError, type ConfigSources, loadConfig } from "./config.ts";

// Node would open its debugger on this signal, and with it the whole process, to anybody with this user's rights.
process.on("SIGUSR1", () => undefined);

/** The package's own folder, from `backend/src` and from `backend/dist` alike. */
const packageRoot = new URL("../../", import.meta.url);

void main().then((code) => {
  process.exitCode = code;
});

async function main(): Promise<number> {
  try {
    return await run(parseCommand(process.argv.slice(2)));
  } catch (error) {
    return reportFailure(error);
  }
}

async function run(command: Command): Promise<number> {
  switch (command.type) {
    case "help":
      process.stdout.write(helpText);
      return 0;
    case "version":
      process.stdout.write(`${await readVersion()}\n`);
      return 0;
    case "serve":
    case "demo": {
      const [config, version, { serveUntilStopped }] = await Promise.all([
        readConfig(command.settings),
        readVersion(),
        import("./command-line/serve.ts"),
      ]);
      return serveUntilStopped({ command, config, packageRoot, version });
    }
    case "audit_verify":
    case "audit_export": {
      const { runAuditCommand } = await import("./command-line/control/audit-command.ts");
      return runAuditCommand(command.type, await readConfig({}), process.stdout);
    }
    default: {
      const { runAccessCommand } = await import("./command-line/control/access-commands.ts");
      return runAccessCommand(command, await readConfig({}), (text) => process.stdout.write(text));
    }
  }
}

function readConfig(options: ConfigSources["options"]) {
  const { env: environment, platform } = process;
  const ownDirectory = fileURLToPath(packageRoot);
  return loadConfig({ options, environment, platform, workingDirectory: process.cwd(), ownDirectory });
}

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL("package.json", packageRoot), "utf8"));
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest ? String(manifest.version) : "unknown";
}

/** One line for what a person can put right; the whole error for what only we can. */
function reportFailure(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(error.lines.map((line) => `voxpilot: ${line}\n`).join(""));
    return 2;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`voxpilot: ${error.message}\n`);
    return 2;
  }
  const isExpected =
    error instanceof ListenFailed || error instanceof ReachRefused || error instanceof StateFolderHeld;
  process.stderr.write(`voxpilot: ${isExpected ? error.message : inspectError(error)}\n`);
  return 1;
}

function inspectError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
