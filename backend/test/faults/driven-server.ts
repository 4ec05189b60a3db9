/** The whole program, bundled once so that it starts in a quarter of a second, and driven over HTTP until somebody kills it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createParser } from "eventsource-parser";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import * as z from "zod";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";
import { SessionEvent } from "../../src/protocol/session-update.ts";

const root = new URL("../../../", import.meta.url);
const AddedDevice = z.object({ id: z.string(), token: z.string() });
const EventPage = z.object({ events: z.array(SessionEvent), hasMore: z.boolean() });

/** The program, bundled from its sources while a test file runs; `entry` is there once its tests begin. */
export function bundledProgram(): { readonly entry: string } {
  const program = { entry: "" };
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(await realpath(tmpdir()), "voxpilot-bundle-"));
    program.entry = join(folder, "backend/dist/voxpilot.mjs");
    await bundleInto(folder, program.entry);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return program;
}

async function bundleInto(folder: string, entry: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("backend/src/main.ts", root))],
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "error",
  });
  await copyFile(new URL("package.json", root), join(folder, "package.json"));
}

/** A machine for a server: its home, and a project. */
export interface Home {
  readonly home: string;
  readonly state: string;
  readonly project: string;
  /** Where commands leave their marks. */
  readonly canary: string;
}

/** Makes the folders below an empty one. */
export async function makeHome(folder: string): Promise<Home> {
  const [home, project] = [join(folder, "home"), join(folder, "project")];
  await mkdir(home);
  await mkdir(project);
  return { home, state: join(home, "state"), project, canary: join(project, "canary.txt") };
}

/** What a prompt's words make the model do: `run: command`, `say: 50` (so many words, 100 a second), else one word. */
export async function wordyModel() {
  const model = await startScriptedModel({
    script: {
      fallback: ({ prompt, lastResults }) => {
        // A turn that was broken off before the model spoke leaves its words before the new ones.
        const words = prompt.split("\n").at(-1) ?? "";
        const [, command] = /^run: (.*)/.exec(words) ?? [];
        if (command !== undefined && lastResults.length === 0)
          return { text: "I run it. ", calls: [{ tool: "shell", arguments: { command } }] };
        const [, count] = /^say: (\d+)/.exec(words) ?? [];
        if (count === undefined) return { text: "Done." };
        const said = Array.from({ length: Number(count) }, (_, number) => `w${number} `);
        return { text: said, tokensPerSecond: 100 };
      },
    },
  });
  onTestFinished(() => model.close());
  return model;
}

/** An answer, or null: the connection broke before there was one. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface DrivenServer {
  readonly child: ChildProcess;
  readonly address: string;
  /** Resolves when the process is over. */
  readonly gone: Promise<unknown>;
  /** What it wrote to standard error. */
  errors(): string;
  /** Resolves to null when the server died before it answered. */
  request(call: string, body?: unknown): Promise<Answer | null>;
  /** Every event of a session's log, joined. */
  events(sessionId: string): Promise<SessionEvent[]>;
  /** Follows a session until the server dies or `stop` is called. */
  follow(sessionId: string, onEvent: (event: SessionEvent) => void, after?: number): () => void;
  /** kill -9; resolves once it is gone. */
  kill(): Promise<void>;
  /** Sends a signal; resolves to the exit code, or rejects when it is not gone in time. */
  stop(signal: NodeJS.Signals, withinMs: number): Promise<number | null>;
}

export interface Launch {
  readonly entry: string;
  readonly home: Home;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Pairs a device over the command line, without a server; resolves to its token. */
export async function addDevice(launch: Launch): Promise<string> {
  const child = program(launch, ["devices", "add", "--name", "driver", "--json"]);
  let output = "";
  child.stdout?.on("data", (data) => {
    output += data;
  });
  await once(child, "close");
  return AddedDevice.parse(JSON.parse(output)).token;
}

/** Starts the server and waits until it listens. */
export async function startDriven(launch: Launch, token: string): Promise<DrivenServer> {
  const child = program(launch, [launch.home.project, "--port", "0", "--no-open"]);
  const ended = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  let [output, errors] = ["", ""];
  child.stderr?.on("data", (data) => {
    errors += data;
  });
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (data) => {
      output += data;
      const [, found] = /Pair a browser: (\S+)\/pair#/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`It ended: ${errors}`)));
  });
  const address = await listening;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const request: DrivenServer["request"] = async (call, body) => {
    const [method = "GET", path = "/"] = call.split(" ");
    try {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { ...headers, accept: "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === "" ? null : JSON.parse(text) };
    } catch {
      // Broken off: whether it was done is what the test is about.
      return null;
    }
  };
  return {
    child,
    address,
    gone: ended,
    errors: () => errors,
    request,
    async events(sessionId) {
      const all: SessionEvent[] = [];
      for (let hasMore = true; hasMore; ) {
        const after = all.at(-1)?.seq ?? 0;
        const answer = await request(`GET /api/sessions/${sessionId}/events?after=${after}&limit=1000`);
        if (answer?.status !== 200) throw new Error(`No events: ${JSON.stringify(answer)}`);
        const page = EventPage.parse(answer.body);
        all.push(...page.events);
        hasMore = page.hasMore;
      }
      return all;
    },
    follow: (sessionId, onEvent, after = 0) =>
      followEvents(`${address}/api/sessions/${sessionId}/events?after=${after}`, headers, onEvent),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop(signal, withinMs) {
      child.kill(signal);
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`It is not gone after ${withinMs} ms`)), withinMs);
      });
      await Promise.race([ended, tooLate]).finally(() => clearTimeout(timer));
      return child.exitCode;
    },
  };
}

function program({ entry, home, environment = {} }: Launch, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env.PATH, HOME: home.home, VOXPILOT_STATE_DIR: home.state, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function followEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  onEvent: (event: SessionEvent) => void,
): () => void {
  const stop = new AbortController();
  const read = async () => {
    const response = await fetch(url, {
      headers: { ...headers, accept: "text/event-stream" },
      signal: stop.signal,
    });
    const parser = createParser({
      onEvent: ({ data, id }) => {
        if (id !== undefined) onEvent(SessionEvent.parse(JSON.parse(data)));
      },
    });
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }));
  };
  // It ends with the server, or when it is told to.
  read().catch(() => undefined);
  return () => stop.abort();
}
