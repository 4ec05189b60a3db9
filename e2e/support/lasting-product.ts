/** The built product with a model and a project of the test's own, which can be killed and started again with the same state. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Script } from "../../backend/src/demo/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../backend/src/demo/scripted-server.ts";
import { freePort } from "../../scripts/free-port.ts";
import { builtServer } from "../../scripts/paths.mjs";
import { runCommand } from "./product.ts";

export interface LastingProduct {
  readonly origin: string;
  readonly port: number;
  readonly project: string;
  readonly model: ScriptedModel;
  /** Where browsers find it. */
  readonly publicOrigin: string;
  /** A one-time code that pairs a browser. */
  newCode(): Promise<string>;
  /** A token of a device of its own, for calls without a browser. */
  newToken(): Promise<string>;
  /** Ends it at once, as a power cut does, and starts it again. */
  restart(): Promise<void>;
  /** Ends it; `start` brings it back. */
  end(signal: "SIGKILL" | "SIGINT"): Promise<void>;
  start(): Promise<void>;
  /** From now on no file takes a byte of it, or all do again. Rejects where the system has no `prlimit`. */
  setWriting(writing: "refused" | "allowed"): Promise<void>;
  stop(): Promise<void>;
}

export interface LastingOptions {
  readonly script: Script;
  /** Files of the project, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** The address that browsers use, where it is not the server's own. */
  readonly publicUrl?: (port: number) => string;
  /** What the machine has from before its first start. */
  readonly prepare?: (folders: { readonly state: string; readonly project: string }) => Promise<void>;
}

const startTimeoutMs = 20_000;

/** Starts it on a port that it keeps. */
export async function startLastingProduct(options: LastingOptions): Promise<LastingProduct> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "voxpilot-lasting-")));
  const project = join(folder, "shop");
  await mkdir(project);
  for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(join(project, name), text);
  const state = join(folder, "state");
  await options.prepare?.({ state, project });
  const model = await startScriptedModel({ script: options.script });
  const port = await freePort();
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    VOXPILOT_STATE_DIR: state,
    VOXPILOT_MODELS_BASE_URL: model.baseUrl,
    ...(options.publicUrl === undefined ? {} : { VOXPILOT_PUBLIC_URL: options.publicUrl(port) }),
  };
  const words = [builtServer, project, "--port", String(port), "--no-open"];
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, words, { cwd: folder, env: environment, stdio: "ignore" });
    await untilAnswering(port, child);
  };
  const end = async (signal: "SIGKILL" | "SIGINT"): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  await start();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    port,
    project,
    model,
    publicOrigin: options.publicUrl?.(port) ?? origin,
    newCode: async () => {
      const printed = await runCommand(["pair"], environment);
      const [code] = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(printed) ?? [];
      if (code === undefined) throw new Error(`voxpilot pair printed no code:\n${printed}`);
      return code;
    },
    newToken: async () => {
      const added = await runCommand(["devices", "add", "--name", "Another", "--json"], environment);
      const made: { readonly token: string } = JSON.parse(added);
      return made.token;
    },
    restart: async () => {
      await end("SIGKILL");
      await start();
    },
    end,
    start,
    setWriting: async (writing) => {
      // The soft limit alone: the hard one stays as it is.
      const limit = writing === "refused" ? "0:" : "unlimited:";
      await promisify(execFile)("prlimit", ["--pid", String(child?.pid), `--fsize=${limit}`]);
    },
    stop: async () => {
      await end("SIGINT");
      await model.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null);
    if (response?.ok === true) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("The product did not start.");
    await delay(50);
  }
}
