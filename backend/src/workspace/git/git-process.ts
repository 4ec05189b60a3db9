/** Starts git as a process: its own group, no terminal, a small environment, a time limit and an output limit. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export interface GitProcessOptions {
  readonly directory: string;
  /** Whole: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  /** Standard output beyond this is cut, and git stopped. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** `stdout` was cut at `maxBytes`, and git stopped. */
  readonly truncated: boolean;
}

/** git could not be run to its end: not installed, no repository, timed out, stopped, or an error of its own. */
export class GitFailed extends Error {
  override readonly name = "GitFailed";
  readonly reason: "not_installed" | "no_repository" | "timeout" | "aborted" | "failed";

  constructor(reason: GitFailed["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

const maxErrorBytes = 16_384;

/** Runs git and resolves with its exit code, whatever it is. Rejects with GitFailed when it does not come to its end. */
export function runGitProcess(args: readonly string[], options: GitProcessOptions): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) throw new GitFailed("aborted", "git was stopped.");
    const child = spawn(findGit(), args, {
      cwd: options.directory,
      env: options.environment,
      detached: true,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let outputBytes = 0;
    let errorBytes = 0;
    let ended: "timeout" | "aborted" | "truncated" | null = null;
    const stop = (reason: "timeout" | "aborted" | "truncated"): void => {
      ended ??= reason;
      killGroup(child.pid);
    };
    const onAbort = (): void => stop("aborted");
    const timer = setTimeout(() => stop("timeout"), options.timeoutMs);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    child.stdout?.on("data", (data: Buffer) => {
      const room = options.maxBytes - outputBytes;
      outputBytes += data.byteLength;
      if (room > 0) output.push(data.subarray(0, room));
      if (outputBytes > options.maxBytes) stop("truncated");
    });
    child.stderr?.on("data", (data: Buffer) => {
      if (errorBytes < maxErrorBytes) errors.push(data);
      errorBytes += data.byteLength;
    });
    // git may end before it has read all of its input; its exit code tells why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
    child.on("error", (error) => {
      release();
      reject(new GitFailed("failed", `git could not be started: ${error.message}`));
    });
    child.on("close", (code) => {
      release();
      if (ended === "timeout")
        return reject(new GitFailed("timeout", `git took longer than ${options.timeoutMs} ms.`));
      if (ended === "aborted") return reject(new GitFailed("aborted", "git was stopped."));
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(output),
        stderr: Buffer.concat(errors).toString("utf8"),
        truncated: ended === "truncated",
      });
    });
  });
}

/** What git may know of our environment. */
export function gitEnvironment(): Record<string, string> {
  const kept = ["HOME", "TMPDIR", "USER", "LOGNAME", "XDG_CONFIG_HOME"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: absoluteSearchPath().join(delimiter),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Relative entries would find a program in the project, and so would the ones that package scripts put first. */
function absoluteSearchPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((folder) => isAbsolute(folder) && !folder.includes("node_modules"));
}

let gitProgram: string | null = null;

function findGit(): string {
  gitProgram ??=
    absoluteSearchPath()
      .map((folder) => join(folder, "git"))
      .find(isExecutable) ?? null;
  if (gitProgram === null) throw new GitFailed("not_installed", "git is not installed.");
  return gitProgram;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next folder is asked.
    return false;
  }
}
