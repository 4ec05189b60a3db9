/** Agents that can be given one task in a project: how each is started, and what it calls its tools. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ScriptedCall } from "../../backend/src/demo/scripted-model/script.ts";
import { startProduct } from "../../e2e/support/product.ts";
import { BenchClient } from "./client.ts";

export interface Task {
  /** What `prepare` answered. */
  readonly ready: string;
  /** For whatever the agent wants to keep. */
  readonly folder: string;
  readonly project: string;
  readonly prompt: string;
  readonly modelBaseUrl: string;
}

export interface TaskAgent {
  readonly name: string;
  readonly calls: {
    shell(command: string): ScriptedCall;
    read(path: string): ScriptedCall;
    edit(path: string, change: { readonly from: string; readonly to: string }): ScriptedCall;
  };
  /** Whatever must be there first; null: it cannot be had. */
  prepare(): Promise<string | null>;
  /** Does the task; resolves with the time (milliseconds since 1970) at which it was given it. */
  run(task: Task): Promise<number>;
}

export const voxPilot: TaskAgent = {
  name: "VoxPilot",
  calls: {
    shell: (command) => ({ tool: "shell", arguments: { command } }),
    read: (path) => ({ tool: "read", arguments: { path: basename(path) } }),
    edit: (path, { from, to }) => ({ tool: "edit", arguments: { path: basename(path), old: from, new: to } }),
  },
  prepare: async () => "built",
  async run({ folder, project, prompt, modelBaseUrl }) {
    const product = await startProduct({
      words: [project],
      environment: {
        VOXPILOT_STATE_DIR: join(folder, "state"),
        VOXPILOT_MODELS_BASE_URL: modelBaseUrl,
        VOXPILOT_MODELS_API_KEY: "bench",
        VOXPILOT_MODEL: "scripted",
      },
    });
    try {
      const client = await BenchClient.add(product);
      const session = await client.createSession(project);
      const startedAtMs = now();
      await client.prompt(session, prompt);
      await client.turnEndAllowingAll(session);
      return startedAtMs;
    } finally {
      await product.stop();
    }
  },
};

export const openCode: TaskAgent = {
  name: "opencode 1.18.33",
  calls: {
    shell: (command) => ({ tool: "bash", arguments: { command, description: "Runs the tests" } }),
    read: (path) => ({ tool: "read", arguments: { filePath: path } }),
    edit: (path, { from, to }) => ({
      tool: "edit",
      arguments: { filePath: path, oldString: from, newString: to },
    }),
  },
  prepare: () => installed("opencode-ai@1.18.33", "opencode"),
  async run({ ready, folder, project, prompt, modelBaseUrl }) {
    const provider = {
      npm: "@ai-sdk/openai-compatible",
      options: { baseURL: modelBaseUrl, apiKey: "bench" },
      models: { scripted: { limit: { context: 128_000, output: 8_000 } } },
    };
    const config = {
      provider: { bench: provider },
      model: "bench/scripted",
      permission: "allow",
      share: "disabled",
    };
    return runProgram({
      program: ready,
      words: ["run", "--model", "bench/scripted", prompt],
      cwd: project,
      environment: { ...homeIn(folder), OPENCODE_CONFIG_CONTENT: JSON.stringify(config) },
    });
  },
};

export const pi: TaskAgent = {
  name: "pi 0.73.0",
  calls: {
    shell: (command) => ({ tool: "bash", arguments: { command } }),
    read: (path) => ({ tool: "read", arguments: { path } }),
    edit: (path, { from, to }) => ({
      tool: "edit",
      arguments: { path, edits: [{ oldText: from, newText: to }] },
    }),
  },
  prepare: () => installed("@mariozechner/pi-coding-agent@0.73.0", "pi"),
  async run({ ready, folder, project, prompt, modelBaseUrl }) {
    const provider = {
      baseUrl: modelBaseUrl,
      api: "openai-completions",
      apiKey: "bench",
      models: [{ id: "scripted", contextWindow: 128_000, maxTokens: 8_000 }],
    };
    const settings = join(folder, "pi");
    await mkdir(settings);
    await writeFile(join(settings, "models.json"), JSON.stringify({ providers: { bench: provider } }));
    return runProgram({
      program: ready,
      words: ["--offline", "--no-session", "--provider", "bench", "--model", "scripted", "-p", prompt],
      cwd: project,
      environment: { ...homeIn(folder), PI_CODING_AGENT_DIR: settings, PI_OFFLINE: "1" },
    });
  },
};

function homeIn(folder: string): Record<string, string> {
  return { HOME: folder, XDG_CONFIG_HOME: join(folder, "config"), XDG_DATA_HOME: join(folder, "data") };
}

/** The path of a package's program, installed where the system keeps temporary things; null when the registry has it not. */
async function installed(packageName: string, program: string): Promise<string | null> {
  const folder = join(tmpdir(), "voxpilot-bench-peers", program);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"private":true}');
  const path = join(folder, "node_modules", ".bin", program);
  const words = ["install", packageName, "--no-audit", "--no-fund", "--prefer-offline"];
  try {
    await runProgram({ program: "npm", words, cwd: folder, environment: {} });
    await runProgram({ program: path, words: ["--version"], cwd: folder, environment: {} });
    return path;
  } catch {
    // No registry, or not for this machine: the table says so.
    return null;
  }
}

interface Run {
  readonly program: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

const longestRunMs = 300_000;

/** Resolves with the time of its start once it has ended well. */
function runProgram({ program, words, cwd, environment }: Run): Promise<number> {
  const startedAtMs = now();
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: longestRunMs,
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(startedAtMs);
      else reject(new Error(`${program} ended with ${code}: ${complaint}`));
    });
  });
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
