/** The program as people start it: a process of its own, on a real port. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

// As an address: it is also found from other folders.
const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const entry = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface ProgramOptions {
  readonly home: string;
  readonly environment?: Record<string, string>;
  /** Where it is started; default: VoxPilot's own folder. */
  readonly workingDirectory?: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const program = start(args, options);
  const [exitCode] = await once(program.child, "close");
  return {
    exitCode: typeof exitCode === "number" ? exitCode : null,
    output: program.output(),
    errors: program.errors(),
  };
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** The origin that it listens on. */
  readonly address: string;
  /** The pairing code that it printed. */
  readonly code: string;
  output(): string;
  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<Ended>;
}

/** Starts a server on a free port and waits until it says that it listens. */
export async function startProgram(
  args: readonly string[],
  options: ProgramOptions,
): Promise<RunningProgram> {
  const words = args.includes("--open") ? args : [...args, "--no-open"];
  const { child, output, errors } = start([...words, "--port", "0"], options);
  const ended = once(child, "close");
  const banner = /Pair a browser: (\S+)\/pair#\S+[\s\S]*type the code (\S{9})/;
  while (!banner.test(output())) {
    const [reason] = await Promise.race([once(child.stdout ?? child, "data"), ended]);
    if (child.exitCode !== null) throw new Error(`It ended with ${reason}: ${errors()}`);
  }
  const [, address = "", code = ""] = banner.exec(output()) ?? [];
  return {
    child,
    address,
    code,
    output,
    async stop(signal) {
      child.kill(signal);
      await ended;
      return { exitCode: child.exitCode, output: output(), errors: errors() };
    },
  };
}

function start(args: readonly string[], { home, environment = {}, workingDirectory }: ProgramOptions) {
  const child = spawn(process.execPath, ["--import", loader, entry, ...args], {
    cwd: workingDirectory,
    env: { PATH: process.env.PATH, HOME: home, VOXPILOT_STATE_DIR: `${home}/state`, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, output: () => output, errors: () => errors };
}
