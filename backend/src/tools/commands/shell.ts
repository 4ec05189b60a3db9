/** Runs a command in a fresh shell. Only the folder is remembered from one command of a session to the next. */
import { stat } from "node:fs/promises";
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { followWords } from "../../workspace/commands/command-words.ts";
import { displayPath, resolveInside } from "../../workspace/files/safe-path.ts";
import type { Jobs } from "../../workspace/processes/jobs.ts";
import {
  type CommandEnd,
  type CommandResult,
  commandEnding,
  type RunningCommand,
  startCommand,
} from "../../workspace/processes/processes.ts";
import { checkUnmoved, type Place, placeOf } from "../place.ts";
import type { KeptTexts } from "../session/kept-texts.ts";
import { endingWords } from "./ending-words.ts";
import { shownOutput } from "./shown-output.ts";

const Input = z.object({
  command: z.string().min(1).describe("For bash -c"),
  timeout: z.number().positive().optional().describe("Seconds, 120 by default, at most 600"),
  cwd: z.string().optional().describe("Folder; the one of the last command when left out"),
  background: z.boolean().optional().describe("Let it run on, such as a server; see job"),
});
type Input = z.infer<typeof Input>;

const defaultSeconds = 120;
const mostSeconds = 600;
const titleLength = 200;
/** Of a command's output so much is kept, so that what a result leaves out can be recalled. */
const keptCharacters = 300_000;
/** A background command that fails within this time is told of at once. */
const defaultFirstLookMs = 400;

export interface ShellTool {
  readonly tool: Tool<Input>;
  /** Forgets the folder of a session that is over. */
  forget(sessionId: string): void;
}

/** What the tool shares with `job` and `recall`. */
export interface ShellParts {
  readonly jobs: Jobs;
  readonly texts: KeptTexts;
  /** Absent: a moment. */
  readonly firstLookMs?: number;
}

/** Makes the `shell` tool with its memory of each session's folder. */
export function createShellTool(parts: ShellParts): ShellTool {
  const folders = new Map<string, string>();
  return {
    tool: {
      name: "shell",
      kind: "execute",
      description:
        "Run a command in a fresh bash, without input or terminal. The folder is kept between commands, variables are not. After timeout seconds (120, at most 600) it goes on in the background as a job; background: true does so at once, for servers. Long output loses its middle.",
      brief:
        "Run a command in bash. After timeout seconds (120) it goes on as a job; background: true at once.",
      input: Input,
      synonyms: {
        cmd: "command",
        script: "command",
        bash: "command",
        commandline: "command",
        input: "command",
        workdir: "cwd",
        working_directory: "cwd",
        workingDirectory: "cwd",
        directory: "cwd",
        dir: "cwd",
        timeout_seconds: "timeout",
        timeout_s: "timeout",
        timeout_sec: "timeout",
        run_in_background: "background",
        is_background: "background",
        isBackground: "background",
        async: "background",
      },
      readOnly: false,
      title: (input) => firstLine(input.command),
      async plan(input, context) {
        if (input.command.includes("\0"))
          throw new ToolError("The command has a NUL character in it. Write it without.");
        const place = await folderFor(input, context, folders.get(context.sessionId));
        return {
          title: firstLine(input.command),
          locations: [],
          access: {
            type: "execute",
            command: input.command,
            cwd: place.absolute,
            ...(await followWords(input.command, { root: context.root, cwd: place.absolute })),
          },
          subject: {
            type: "command",
            command: input.command,
            cwd: place.shown,
            ...(input.background === true ? { background: true } : {}),
          },
          content: [],
          basis: `${place.absolute}\n${timeoutOf(input)}${input.background === true ? "\nbackground" : ""}`,
          async run(runContext) {
            await checkUnmoved(runContext, place);
            const end = await runShell({ input, place, context: runContext }, parts);
            if (end.type === "job") return jobResult(input, { ...end, place, context: runContext });
            const folder = await folderAfter(end.result, runContext);
            if (folder !== null) folders.set(runContext.sessionId, folder);
            return shellResult(input, { result: end.result, place, folder, context: runContext, parts });
          },
        };
      },
    },
    forget: (sessionId) => folders.delete(sessionId),
  };
}

function firstLine(command: string): string {
  return (command.trim().split("\n")[0] ?? "").slice(0, titleLength);
}

function timeoutOf(input: Input): number {
  return Math.min(mostSeconds, input.timeout ?? defaultSeconds);
}

async function folderFor(input: Input, context: ToolContext, remembered: string | undefined): Promise<Place> {
  const isNamed = input.cwd !== undefined && input.cwd !== "";
  if (!isNamed && remembered !== undefined && (await isFolder(remembered)))
    return placeOf(context, remembered);
  const place = await placeOf(context, isNamed ? (input.cwd ?? ".") : ".");
  if (await isFolder(place.absolute)) return place;
  throw new ToolError(
    `There is no folder ${place.shown} to run the command in. Give another cwd, or leave it out.`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever the reason, no command can run there.
    return false;
  }
}

interface ShellCall {
  readonly input: Input;
  readonly place: Place;
  readonly context: ToolContext;
}

type ShellEnd =
  | { readonly type: "ended"; readonly result: CommandResult }
  | { readonly type: "job"; readonly jobId: string; readonly output: string; readonly durationMs: number };

async function runShell(call: ShellCall, parts: ShellParts): Promise<ShellEnd> {
  const { input, place, context } = call;
  const isBackground = input.background === true;
  if (isBackground && !parts.jobs.hasRoom(context.sessionId))
    throw new ToolError("Too many jobs run already. End one with job (action kill) first.");
  let isLive = true;
  const running = await startCommand({
    command: input.command,
    cwd: place.absolute,
    projectRoot: context.root,
    outputLimit: keptCharacters,
    ...(isBackground ? { input: "pipe" } : {}),
    onOutput: (stream, text) => isLive && context.output(stream, text),
  });
  const timeoutMs = isBackground ? (parts.firstLookMs ?? defaultFirstLookMs) : timeoutOf(input) * 1_000;
  const ending = await commandEnding(running, { timeoutMs, signal: context.signal });
  isLive = ending !== "timed_out";
  if (ending === "timed_out" && parts.jobs.hasRoom(context.sessionId))
    return movedOn(call, running, parts.jobs);
  if (ending !== "exited") await running.stop();
  const end = await running.ended;
  return { type: "ended", result: withEnding(end, ending) };
}

function withEnding(end: CommandEnd, ending: CommandResult["ending"]): CommandResult {
  return { ...end, ending, leftProcesses: end.leftProcesses && ending === "exited" };
}

function movedOn({ input, place, context }: ShellCall, running: RunningCommand, jobs: Jobs): ShellEnd {
  const about = {
    command: input.command,
    cwd: place.shown,
    outputLimit: context.limits.shellCharacters,
  };
  const output = running.output();
  const jobId = jobs.take(context.sessionId, running, about);
  return { type: "job", jobId, output, durationMs: performance.now() - running.startedAt };
}

function jobResult(
  input: Input,
  end: Extract<ShellEnd, { type: "job" }> & { place: Place; context: ToolContext },
): ToolResult {
  const { jobId, durationMs, place, context } = end;
  const why =
    input.background === true
      ? "It runs in the background"
      : `It takes longer than ${timeoutOf(input)} s and goes on in the background`;
  const lines = [
    shownOutput(end.output, context.limits).text,
    "",
    `still running, ${(durationMs / 1_000).toFixed(1)} s, in ${place.shown}`,
    `${why} as job ${jobId}. You are told when it ends; until then go on with other work, or use job with id ${jobId} (read, wait, kill${input.background === true ? ", input" : ""}).`,
  ];
  return {
    text: lines.join("\n"),
    output: {
      type: "execute",
      exitCode: null,
      signal: null,
      durationMs: Math.round(durationMs),
      cwd: place.shown,
      timedOut: input.background !== true,
      jobId,
    },
  };
}

/** Where the next command begins; null when the shell did not say, or is no longer in the project. */
async function folderAfter(result: CommandResult, context: ToolContext): Promise<string | null> {
  if (result.lastFolder === null) return null;
  const resolved = await resolveInside(context.root, result.lastFolder);
  return resolved.inside && (await isFolder(resolved.absolute)) ? resolved.absolute : null;
}

interface ShellRun {
  readonly result: CommandResult;
  readonly place: Place;
  readonly folder: string | null;
  readonly context: ToolContext;
  readonly parts: ShellParts;
}

function shellResult(input: Input, run: ShellRun): ToolResult {
  const { result, place, context } = run;
  const output = shownOutput(result.output, context.limits);
  const seconds = (result.durationMs / 1_000).toFixed(1);
  const whole = output.isCut ? [wholeNote(run.parts.texts.keep(context.sessionId, result.output))] : [];
  const end = `${endingWords(result)}, ${seconds} s, in ${place.shown}`;
  const lines = [output.text, "", end, ...whole, ...hints(input, run)];
  return {
    text: lines.join("\n"),
    output: {
      type: "execute",
      exitCode: result.exitCode,
      signal: result.signal,
      durationMs: Math.round(result.durationMs),
      cwd: place.shown,
      timedOut: result.ending === "timed_out",
      ...(result.ending === "aborted" ? { stopped: true } : {}),
    },
    failed: result.ending !== "exited",
  };
}

function wholeNote(id: string): string {
  return `The whole output: recall with id ${id}.`;
}

function hints(input: Input, { result, place, folder, context }: ShellRun): string[] {
  const seconds = timeoutOf(input);
  const moved =
    folder !== null && folder !== place.absolute
      ? [`The next command runs in ${displayPath(context.root, folder)}.`]
      : [];
  const left = result.leftProcesses
    ? ["Processes that it left running were ended. To keep a command running, use background: true."]
    : [];
  switch (result.ending) {
    case "timed_out":
      return [
        `It took longer than ${seconds} s and was ended, since too many jobs run already. End one with job (action kill), or give a longer timeout (at most ${mostSeconds}).`,
        ...moved,
      ];
    case "aborted":
      return ["It was stopped before its end."];
    case "exited":
      return [...left, ...moved];
  }
}
