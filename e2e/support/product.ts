/** Runs the built product as a person would: its own process, its own state, its own project. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/free-port.ts";
import { builtServer } from "../../scripts/paths.mjs";

export interface Product {
  /** Scheme, host and port, without a slash. */
  readonly origin: string;
  /** The one-time link that pairs a browser. */
  readonly pairingLink: string;
  readonly pid: number;
  /** Everything printed so far, both streams. */
  printed(): string;
  /** Runs `voxpilot` with the same state beside it; resolves to what it printed on stdout. */
  command(words: readonly string[]): Promise<string>;
  /** Stops it as Ctrl-C does, and removes its state. Resolves to the exit code. */
  stop(): Promise<number | null>;
}

export interface ProductOptions {
  /** Command-line words, such as `["demo"]`. */
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The name that the machine is reached by, as from a phone; the browser must map it. Default: loopback. */
  readonly hostName?: string;
  /** How it is reached by that name; default: http. */
  readonly scheme?: "http" | "https";
}

const startTimeoutMs = 20_000;
const linkPattern = /(https?:\/\/[^\s/]+)\/pair#[A-Z0-9-]+(?=\s)/;

/** Starts on a free port of 127.0.0.1. Rejects with what it printed when no pairing link comes. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-e2e-")));
  const port = options.hostName === undefined ? 0 : await freePort();
  const environment = {
    ...cleanEnvironment(),
    HOME: folder,
    TMPDIR: folder,
    VOXPILOT_STATE_DIR: join(folder, "state"),
    ...(options.hostName === undefined
      ? {}
      : { VOXPILOT_PUBLIC_URL: `${options.scheme ?? "http"}://${options.hostName}:${port}` }),
    ...options.environment,
  };
  const words = [builtServer, ...options.words, "--port", String(port), "--no-open"];
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = gather(child);
  const [link, origin] = await pairingLinkOf(child, output);
  return {
    origin,
    pairingLink: link,
    pid: child.pid ?? 0,
    printed: () => output.text,
    command: (more) =>
      runCommand(more, { ...environment, VOXPILOT_STATE_DIR: ownState(environment, options) }),
    stop: async () => {
      const code = await stopChild(child);
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** The demo keeps its state beside the folder that is named. */
function ownState(
  { VOXPILOT_STATE_DIR: state }: { readonly VOXPILOT_STATE_DIR: string },
  { words }: ProductOptions,
): string {
  return words[0] === "demo" ? `${state}-demo` : state;
}

/** The caller's environment without VoxPilot's own settings, which would change what is tested. */
function cleanEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VOXPILOT_")));
}

interface Output {
  text: string;
  /** Called after each piece. */
  changed: () => void;
}

function gather(child: ChildProcess): Output {
  const output: Output = { text: "", changed: () => undefined };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output.text += text;
      output.changed();
    });
  }
  return output;
}

function pairingLinkOf(child: ChildProcess, output: Output): Promise<readonly [string, string]> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string): void => {
      child.kill("SIGKILL");
      reject(new Error(`${why}. What it printed:\n${output.text}`));
    };
    const timer = setTimeout(() => giveUp("No pairing link came"), startTimeoutMs);
    child.once("exit", (code) => {
      clearTimeout(timer);
      giveUp(`It ended with ${code}`);
    });
    output.changed = () => {
      const [link, origin] = linkPattern.exec(output.text) ?? [];
      if (link === undefined || origin === undefined) return;
      clearTimeout(timer);
      resolve([link, origin]);
    };
  });
}

async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  const hurry = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(hurry);
  return child.exitCode;
}

/** Runs the built `voxpilot`; resolves to what it printed on stdout, and rejects when it ends with an error. */
export async function runCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const child = spawn(process.execPath, [builtServer, ...words], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`voxpilot ${words.join(" ")} ended with ${code}`);
  return output;
}
