/** Runs commands: a fresh shell each, in a process group of its own, that always ends and never asks anything. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as wait } from "node:timers/promises";
import { childEnvironment } from "./child-environment.ts";
import { newRunMark } from "./orphans.ts";
import { OutputWindow, ProgressLines, TerminalText } from "./output-window.ts";
import { endGroup, type ProcessGroup, runMark } from "./process-group.ts";

export interface CommandOptions {
  /** For `bash -c`; `sh` where there is no bash. */
  readonly command: string;
  /** Absolute. */
  readonly cwd: string;
  /** The project's folder: programs in it are not found by their bare name. */
  readonly projectRoot?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Output as it comes, without escape sequences; lone carriage returns are in it. */
  onOutput?(stream: "stdout" | "stderr", text: string): void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** Both streams as they came, head and tail of it when long. */
  readonly output: string;
  /** Characters left out of `output`. */
  readonly omitted: number;
  readonly ending: "exited" | "timed_out" | "aborted";
  /** Processes that it left running were ended. */
  readonly leftProcesses: boolean;
  /** The folder that the shell was in at its end; null when it did not say. */
  readonly lastFolder: string | null;
}

/** Output that comes after the shell's own end is waited for so long; a grandchild may hold the pipe for ever. */
const drainMs = 200;
/** Where the shell tells its last folder. High, so that scripts do not use it for something else. */
const folderDescriptor = 47;
/** The command is an argument and never part of this text. */
const tellingFolder = `trap '{ pwd -P >&${folderDescriptor}; } 2>/dev/null' EXIT; _command=$1; shift; eval "$_command"`;

/** Resolves when nothing of the command is alive, at the latest a few seconds after the time-out; rejects only when no shell can be started. */
export async function runCommand(options: CommandOptions): Promise<CommandResult> {
  const startedAt = performance.now();
  const mark = await newRunMark();
  const child = startShell(options, mark);
  const output = gatherOutput(child, options);
  const folder = gatherFolder(child);
  const exit = exitOf(child);
  const group = { id: await startedId(child), mark };
  const ending = await endingOf({ exit, group, options });
  const { code, signal } = await exit;
  const durationMs = performance.now() - startedAt;
  const leftProcesses = await cleanUp(child, group);
  return {
    exitCode: code,
    signal,
    durationMs,
    ...output(),
    ending,
    leftProcesses: leftProcesses && ending === "exited",
    lastFolder: folder(),
  };
}

function startShell(options: CommandOptions, mark: string): ChildProcess {
  const bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash"].find((path) =>
    existsSync(path),
  );
  const stdio: ("ignore" | "pipe")[] = Array.from({ length: folderDescriptor + 1 }, (_, descriptor) =>
    descriptor === 1 || descriptor === 2 || descriptor === folderDescriptor ? "pipe" : "ignore",
  );
  const [shell, ...shellArguments] =
    bash === undefined
      ? ["/bin/sh", "-c", options.command]
      : [bash, "-c", tellingFolder, "bash", options.command];
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

/** Waits for the end, the time-out or the abort; after one of the latter two nothing of the group is left. */
async function endingOf(run: {
  exit: Promise<Exit>;
  group: ProcessGroup;
  options: CommandOptions;
}): Promise<CommandResult["ending"]> {
  const { timeoutMs, signal } = run.options;
  const stop = new AbortController();
  const ending = await Promise.race([
    run.exit.then((): "exited" => "exited"),
    wait(timeoutMs, "timed_out" as const, { signal: stop.signal }),
    aborted(signal, stop.signal),
  ]).finally(() => stop.abort());
  if (ending !== "exited") await endGroup(run.group);
  return ending;
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

/** Listens to both streams from now on; the answer gives what has been gathered. */
function gatherOutput(
  child: ChildProcess,
  options: CommandOptions,
): () => Pick<CommandResult, "output" | "omitted"> {
  const window = new OutputWindow();
  const finish = [
    listen(child.stdout, window, (text) => options.onOutput?.("stdout", text)),
    listen(child.stderr, window, (text) => options.onOutput?.("stderr", text)),
  ];
  return () => {
    for (const end of finish) end();
    return { output: window.text(), omitted: window.omitted };
  };
}

function listen(stream: Readable | null, window: OutputWindow, live: (text: string) => void): () => void {
  const decoder = new StringDecoder("utf8");
  const terminal = new TerminalText();
  const lines = new ProgressLines((text) => window.push(text));
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
