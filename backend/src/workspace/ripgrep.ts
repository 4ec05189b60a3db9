/** Runs the ripgrep binary of `@vscode/ripgrep`: never without a path, never with input, never for ever. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { childEnvironment } from "./processes/child-environment.ts";
import { WorkspaceError } from "./workspace-error.ts";

const timeLimitMs = 30_000;
const longestRecord = 64_000;

/** Where to look: `path` is absolute and resolved, a folder or a file; answers name paths relative to `root` when inside it. */
export interface SearchPlace {
  readonly root: string;
  readonly path: string;
  /** `path` is a file. */
  readonly isFile: boolean;
}

/** One run of ripgrep. */
export interface RipgrepRun {
  readonly search: SearchPlace & { readonly signal: AbortSignal };
  readonly arguments: readonly string[];
  readonly separator: "\n" | "\0";
  /** Gets each record of the output; says whether there have been enough. */
  take(record: string): "more" | "enough";
}

/**
 * Runs ripgrep with a path, a time limit and bounded memory. `isWhole`: it came to its end; `tail`: the last of its output.
 * Throws WorkspaceError: `bad_pattern`, `missing_program`, `failed`; and what the signal was aborted with.
 */
export async function ripgrep(run: RipgrepRun): Promise<{ isWhole: boolean; tail: string }> {
  run.search.signal.throwIfAborted();
  const { path, isFile } = run.search;
  // The path is always said: without one ripgrep would wait for its standard input.
  const target = isFile ? path : "./";
  const child = spawn(
    await program(),
    ["--no-config", "--hidden", "--color=never", ...run.arguments, "--", target],
    {
      cwd: isFile ? run.search.root : path,
      env: childEnvironment(process.env, run.search.root),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const stop = new AbortController();
  const limit = wait(timeLimitMs, "too long" as const, {
    signal: AbortSignal.any([stop.signal, run.search.signal]),
  });
  try {
    return await Promise.race([outcome(child, run), limit.then(() => Promise.reject(tooLong()))]);
  } catch (error) {
    run.search.signal.throwIfAborted();
    throw error;
  } finally {
    stop.abort();
    child.kill("SIGKILL");
  }
}

async function outcome(child: ChildProcess, run: RipgrepRun): Promise<{ isWhole: boolean; tail: string }> {
  const complaint = gatherComplaint(child);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  const records = new Records(run);
  child.stdout?.setEncoding("utf8");
  child.stdout?.on("data", (text: string) => {
    if (records.push(text) === "enough") child.kill("SIGKILL");
  });
  const code = await closed;
  if (records.isEnough) return { isWhole: false, tail: "" };
  // 0: found, 1: nothing found, 2: an error, also when one file of many could not be read.
  if (code === 2 && records.count === 0) throw failure(complaint());
  return { isWhole: true, tail: records.tail };
}

/** Cuts the output into records; one that is too long is dropped. */
class Records {
  count = 0;
  isEnough = false;
  tail = "";
  readonly #run: RipgrepRun;
  #rest = "";

  constructor(run: RipgrepRun) {
    this.#run = run;
  }

  push(text: string): "more" | "enough" {
    if (this.isEnough) return "enough";
    const records = (this.#rest + text).split(this.#run.separator);
    this.#rest = (records.pop() ?? "").slice(0, longestRecord);
    this.tail = (this.tail + text).slice(-1_000);
    for (const record of records) {
      this.count += record.includes("\0") || this.#run.separator === "\0" ? 1 : 0;
      if (this.#run.take(record) === "enough") this.isEnough = true;
      if (this.isEnough) return "enough";
    }
    return "more";
  }
}

function gatherComplaint(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (piece: string) => {
    text = (text + piece).slice(0, 2_000);
  });
  return () => text;
}

function failure(complaint: string): WorkspaceError {
  const text = complaint.trim();
  if (/regex parse error|error parsing glob|look-around|backreference|invalid glob/i.test(text)) {
    return new WorkspaceError("bad_pattern", text);
  }
  return new WorkspaceError("failed", text === "" ? "The search failed without a reason." : text);
}

function tooLong(): WorkspaceError {
  return new WorkspaceError("failed", `The search took longer than ${timeLimitMs / 1_000} s.`);
}

let programPath: Promise<string> | null = null;

/** Looked up on first use: it costs time at start-up, and its package throws where the platform's part is missing. */
function program(): Promise<string> {
  programPath ??= import("@vscode/ripgrep").then(
    (ripgrepPackage) => ripgrepPackage.rgPath,
    () => {
      programPath = null;
      throw new WorkspaceError(
        "missing_program",
        "The search program (ripgrep) is not installed. Run `npm ci` in VoxPilot's folder.",
      );
    },
  );
  return programPath;
}
