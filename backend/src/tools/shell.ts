/** Runs a command in a fresh shell. Only the folder is remembered from one command of a session to the next. */
import { stat } from "node:fs/promises";
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../agent/tool.ts";
import { followWords } from "../workspace/command-words.ts";
import { type CommandResult, runCommand } from "../workspace/processes/processes.ts";
import { displayPath, resolveInside } from "../workspace/safe-path.ts";
import { checkUnmoved, type Place, placeOf } from "./place.ts";

const Input = z.object({
  command: z.string().min(1).describe("For bash -c"),
  timeout: z.number().positive().optional().describe("Seconds, 120 by default, at most 600"),
  cwd: z.string().optional().describe("Folder; the one of the last command when left out"),
});
type Input = z.infer<typeof Input>;

const defaultSeconds = 120;
const mostSeconds = 600;
const titleLength = 200;

export interface ShellTool {
  readonly tool: Tool<Input>;
  /** Forgets the folder of a session that is over. */
  forget(sessionId: string): void;
}

/** Makes the `shell` tool with its memory of each session's folder. */
export function createShellTool(): ShellTool {
  const folders = new Map<string, string>();
  return {
    tool: {
      name: "shell",
      kind: "execute",
      description:
        "Run a command in a fresh bash, without input or terminal. The folder is kept between commands, variables are not. Ended after timeout seconds (120, at most 600); what it leaves running is ended too. Long output loses its middle.",
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
          subject: { type: "command", command: input.command, cwd: place.shown },
          content: [],
          basis: `${place.absolute}\n${timeoutOf(input)}`,
          async run(runContext) {
            await checkUnmoved(runContext, place);
            const result = await runShell(input, place, runContext);
            const folder = await folderAfter(result, runContext);
            if (folder !== null) folders.set(runContext.sessionId, folder);
            return shellResult(input, { result, place, folder, root: runContext.root });
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

function runShell(input: Input, place: Place, context: ToolContext): Promise<CommandResult> {
  return runCommand({
    command: input.command,
    cwd: place.absolute,
    projectRoot: context.root,
    timeoutMs: timeoutOf(input) * 1_000,
    signal: context.signal,
    onOutput: (stream, text) => context.output(stream, text),
  });
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
  readonly root: string;
}

function shellResult(input: Input, run: ShellRun): ToolResult {
  const { result, place } = run;
  const output = result.output.trim() === "" ? "(no output)" : result.output.replace(/\n+$/, "");
  const seconds = (result.durationMs / 1_000).toFixed(1);
  const how =
    result.exitCode === null ? `ended by ${result.signal ?? "a signal"}` : `exit code ${result.exitCode}`;
  const lines = [output, "", `${how}, ${seconds} s, in ${place.shown}`, ...hints(input, run)];
  return {
    text: lines.join("\n"),
    output: {
      type: "execute",
      exitCode: result.exitCode,
      signal: result.signal,
      durationMs: Math.round(result.durationMs),
      cwd: place.shown,
      timedOut: result.ending === "timed_out",
    },
    failed: result.ending !== "exited",
  };
}

function hints(input: Input, { result, place, folder, root }: ShellRun): string[] {
  const seconds = timeoutOf(input);
  const moved =
    folder !== null && folder !== place.absolute
      ? [`The next command runs in ${displayPath(root, folder)}.`]
      : [];
  const left = result.leftProcesses
    ? ["Processes that it left running were ended: there are no background jobs."]
    : [];
  switch (result.ending) {
    case "timed_out":
      return [
        `It took longer than ${seconds} s and was ended. Run something shorter, or give a longer timeout (at most ${mostSeconds}).`,
        ...moved,
      ];
    case "aborted":
      return ["It was stopped before its end."];
    case "exited":
      return [...left, ...moved];
  }
}
