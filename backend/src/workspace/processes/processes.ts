/** Runs commands: a fresh shell each, in a process group of its own, that always ends and never asks anything. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as wait } from "node:timers/promises";
import { childEnvironment } from "./child-environment.ts";
import { newRunMark } from "./orphans.ts";
import { type LatestOutput, OutputWindow, ProgressLines, TerminalText } from "./output-window.ts";
import { endGroup, type ProcessGroup, runMark } from "./process-group.ts";

export interface StartOptions {
  /** For `bash -c`; `sh` where there is no bash. */
  readonly command: string;
  /** Absolute. */
  readonly cwd: string;
  /** The project's folder: programs in it are not found by their bare name. */
  readonly projectRoot?: string;
  /** Characters of output that are kept; absent: 30,000. */
  readonly outputLimit?: number;
  /** `pipe`: it can be written to while it runs. Absent: it has no input. */
  readonly input?: "pipe";
  /** Output as it comes, without escape sequences; lone carriage returns are in it. */
  onOutput?(stream: "stdout" | "stderr", text: string): void;
}

export interface CommandOptions extends StartOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a command ended by itself, or by a signal. */
export interface CommandEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** Both streams as they came, head and tail of it when long. */
  readonly output: string;
  /** Characters left out of `output`. */
  readonly omitted: number;
  /** Processes that it left running were ended. */
  readonly leftProcesses: boolean;
  /** The folder that the shell was in at its end; null when it did not say. */
  readonly lastFolder: string | null;
}

export interface CommandResult extends CommandEnd {
  readonly ending: "exited" | "timed_out" | "aborted";
}

/** A command that runs. Whoever starts it sees to its end. */
export interface RunningCommand {
  /** Resolves when nothing of it is alive; never rejects. */
  readonly ended: Promise<CommandEnd>;
  readonly group: ProcessGroup;
  readonly startedAt: number;
  /** What has come so far. */
  output(): string;
  /** The end of what has come so far, at most so many characters; also after its end. */
  latest(limit: number): LatestOutput;
  /** Gets output from now on, as a model should read it. */
  follow(listener: (text: string) => void): void;
  /** False when it takes no input. */
  write(text: string): boolean;
  /** Resolves when nothing of it is alive. */
  stop(): Promise<void>;
}

/** Output that comes after the shell's own end is waited for so long; a grandchild may hold the pipe for ever. */
const drainMs = 200;
/** Where the shell tells its last folder. High, so that scripts do not use it for something else. */
const folderDescriptor = 47;
/** The command is an argument and never part of this text. */
const tellingFolder = `trap '{ pwd -P >&${folderDescriptor}; } 2>/dev/null' EXIT; _command=$1; shift; eval "$_command"`;

/** Resolves when nothing of the command is alive, at the latest a few seconds after the time-out; rejects only when no shell can be started. */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  const running = await startCommand(options);
  const ending = await commandEnding(running, options);
  if (ending !== "exited") await running.stop();
  const end = await running.ended;
  return { ...end, ending, leftProcesses: end.leftProcesses && ending === "exited" };
}

/** Rejects only when no shell can be started. */
export async function startCommand(options: StartOptions): Promise<RunningCommand> {
  const startedAt = performance.now();
  const mark = await newRunMark();
  const child = startShell(options, mark);
  const listeners: ((text: string) => void)[] = [];
  const output = gatherOutput(child, options, listeners);
  const folder = gatherFolder(child);
  const exit = exitOf(child);
  const group = { id: await startedId(child), mark };
  // A command that has closed its input, or has ended, is told of by its end.
  child.stdin?.on("error", () => undefined);
  const ended = exit.then(async ({ code, signal }): Promise<CommandEnd> => {
    const durationMs = performance.now() - startedAt;
    const leftProcesses = await cleanUp(child, group);
    return { exitCode: code, signal, durationMs, ...output.end(), leftProcesses, lastFolder: folder() };
  });
  return {
    ended,
    group,
    startedAt,
    output: output.soFar,
    latest: output.latest,
    follow: (listener) => void listeners.push(listener),
    write(text) {
      if (child.stdin?.writable !== true) return false;
      child.stdin.write(text);
      return true;
    },
    async stop() {
      await endGroup(group);
      await ended;
    },
  };
}

/** Waits for the end, the time-out or the abort, and changes nothing. */
export async function commandEnding(
  running: RunningCommand,
  { timeoutMs, signal }: Pick<CommandOptions, "timeoutMs" | "signal">,
): Promise<CommandResult["ending"]> {
  const stop = new AbortController();
  return Promise.race([
    running.ended.then((): "exited" => "exited"),
    wait(timeoutMs, "timed_out" as const, { signal: stop.signal }),
    aborted(signal, stop.signal),
  ]).finally(() => stop.abort());
}

function startShell(options: StartOptions, mark: string): ChildProcess {
  const bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash"].find((path) =>
    existsSync(path),
  );
  const stdio: ("ignore" | "pipe")[] = Array.from({ length: folderDescriptor + 1 }, (_, descriptor) =>
    descriptor === 1 || descriptor === 2 || descriptor === folderDescriptor ? "pipe" : "ignore",
  );
  if (options.input === "pipe") stdio[0] = "pipe";
  const [shell, ...shellArguments] =
    bash === undefined
      ? ["/bin/sh", "-c", options.command]
      : // Its input is a socket: bash would take itself for a remote shell, and read the user's .bashrc first.
        [bash, "--norc", "-c", tellingFolder, "bash", options.command];
  return spawn(shell, shellArguments, {
    cwd: options.cwd,
    env: { ...childEnvironment(process.env, options.projectRoot), [runMark]: mark },
    stdio,
    // A session of its own: signals reach the whole group, and there is no terminal to ask on.
    detached: true,
  });
}

async function startedId(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  throw await new Promise<Error>((resolve) => child.once("error", resolve));
}

type Stream = Readable | Writable;

interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // Without an `error` listener a failed start would end the server; `startedId` tells of it.
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}

function aborted(signal: AbortSignal, stop: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true, signal: stop });
  });
}

/** Takes what is still in the pipes, ends what was left behind, and lets go of the pipes. */
async function cleanUp(child: ChildProcess, group: ProcessGroup): Promise<boolean> {
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined);
  await drained(streams);
  const left = (await endGroup(group)) === "ended";
  if (left) await drained(streams);
  for (const stream of streams) stream.destroy();
  return left;
}

async function drained(streams: readonly Stream[]): Promise<void> {
  const stop = new AbortController();
  const closed = streams.map(
    (stream) =>
      new Promise<void>((resolve) => {
        if (stream.closed) resolve();
        else stream.once("close", resolve);
      }),
  );
  // The aborted wait rejects after the race is over: nobody has to hear of it.
  const tooLong = wait(drainMs, undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([Promise.all(closed), tooLong]);
  stop.abort();
}

/** Listens to both streams from now on. */
function gatherOutput(
  child: ChildProcess,
  options: StartOptions,
  listeners: readonly ((text: string) => void)[],
) {
  const window = new OutputWindow(options.outputLimit);
  const take = (text: string): void => {
    window.push(text);
    for (const listener of listeners) listener(text);
  };
  const finish = [
    listen(child.stdout, take, (text) => options.onOutput?.("stdout", text)),
    listen(child.stderr, take, (text) => options.onOutput?.("stderr", text)),
  ];
  return {
    soFar: () => window.text(),
    latest: (limit: number) => window.latest(limit),
    end(): Pick<CommandEnd, "output" | "omitted"> {
      for (const end of finish) end();
      return { output: window.text(), omitted: window.omitted };
    },
  };
}

function listen(
  stream: Readable | null,
  take: (text: string) => void,
  live: (text: string) => void,
): () => void {
  const decoder = new StringDecoder("utf8");
  const terminal = new TerminalText();
  const lines = new ProgressLines(take);
  const pass = (text: string): void => {
    if (text === "") return;
    lines.push(text);
    live(text);
  };
  stream?.on("data", (bytes: Buffer) => pass(terminal.plain(decoder.write(bytes))));
  return () => {
    pass(terminal.plain(decoder.end()) + terminal.rest());
    lines.end();
  };
}

function gatherFolder(child: ChildProcess): () => string | null {
  const streams: readonly (Stream | null | undefined)[] = child.stdio;
  const stream = streams[folderDescriptor];
  let told = "";
  if (stream instanceof Readable) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      told = (told + text).slice(-8_192);
    });
  }
  return () => told.replace(/\n$/, "").split("\n").at(-1) || null;
}
