/** Looks after commands that run in the background. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import type { BackgroundJob } from "../../protocol/job.ts";
import type { Jobs } from "../../workspace/processes/jobs.ts";
import { endingWords } from "./ending-words.ts";
import { shownOutput } from "./shown-output.ts";

const Input = z.object({
  id: z.string().optional().describe("Such as j1; left out: all jobs are listed"),
  action: z.enum(["read", "wait", "kill", "input"]).optional().describe("read by default"),
  timeout: z.number().positive().optional().describe("Seconds to wait, 60 by default, at most 600"),
  text: z.string().optional().describe("For input; end a line with \\n"),
});
type Input = z.infer<typeof Input>;

const defaultSeconds = 60;
const mostSeconds = 600;

/** Makes the `job` tool. */
export function createJobTool(jobs: Jobs): Tool<Input> {
  return {
    name: "job",
    kind: "execute",
    description:
      "Background commands: read new output, wait for the end (timeout seconds), kill, or send input (only to those started with background: true). Without id: lists them.",
    brief: "Background commands: read, wait, kill, or send input.",
    input: Input,
    synonyms: {
      job_id: "id",
      jobId: "id",
      shell_id: "id",
      shellId: "id",
      bash_id: "id",
      task_id: "id",
      session_id: "id",
      command: "action",
      operation: "action",
      chars: "text",
      data: "text",
      timeout_seconds: "timeout",
    },
    readOnly: false,
    offer: "later",
    title: (input) => [input.action ?? "read", input.id ?? ""].join(" ").trim(),
    plan(input, context) {
      return Promise.resolve(planJob(input, context, jobs));
    },
  };
}

function planJob(input: Input, context: ToolContext, jobs: Jobs) {
  const action = input.action ?? "read";
  const { id } = input;
  if (id === undefined || id === "") return planOf(input, () => Promise.resolve(listResult(context, jobs)));
  const facts = jobs.list(context.sessionId).find((job) => job.jobId === id);
  if (facts === undefined) throw unknownJob(id, context, jobs);
  if (action === "input") return inputPlan({ ...input, id }, { facts, jobs, root: context.root });
  return planOf(input, async (runContext) => {
    if (action === "kill") await jobs.kill(runContext.sessionId, { jobId: id, by: "agent" });
    if (action === "wait") {
      const timeoutMs = Math.min(mostSeconds, input.timeout ?? defaultSeconds) * 1_000;
      await jobs.wait(runContext.sessionId, id, { timeoutMs, signal: runContext.signal });
    }
    return readResult(id, runContext, jobs);
  });
}

function planOf(input: Input, run: (context: ToolContext) => Promise<ToolResult>) {
  const title = [input.action ?? "read", input.id ?? ""].join(" ").trim();
  return {
    title,
    locations: [],
    access: { type: "none" as const },
    subject: { type: "other" as const, title },
    content: [],
    basis: title,
    run,
  };
}

/** What is typed into a program is as good as a command, and what the program makes of it nobody knows. */
function inputPlan(
  input: Input & { id: string },
  { facts, jobs, root }: { facts: BackgroundJob; jobs: Jobs; root: string },
) {
  const text = input.text ?? "";
  if (text === "") throw new ToolError("There is no text to send. Give text, and end a line with \\n.");
  return {
    ...planOf(input, (context) => {
      if (!jobs.write(context.sessionId, input.id, text))
        throw new ToolError(
          `${input.id} takes no input: it has ended, or was not started with background: true. Start it that way to type into it.`,
        );
      return Promise.resolve({ text: `Sent to ${input.id}. Use job with action read for what it says.` });
    }),
    access: { type: "execute" as const, command: text, cwd: root, isUnclear: true },
    subject: { type: "command" as const, command: text, cwd: `${input.id}: ${facts.command}` },
    basis: `${input.id}\n${text}`,
  };
}

function unknownJob(id: string, context: ToolContext, jobs: Jobs): ToolError {
  const names = jobs.list(context.sessionId).map((job) => job.jobId);
  const there = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  return new ToolError(
    `There is no job ${id}: ${there}. Start one with shell and background: true, or use one of these.`,
  );
}

function listResult(context: ToolContext, jobs: Jobs): ToolResult {
  const lines = jobs.list(context.sessionId).map((job) => `${stateText(job)}: ${job.command.split("\n")[0]}`);
  return { text: lines.length === 0 ? "There are no jobs." : lines.join("\n") };
}

function readResult(id: string, context: ToolContext, jobs: Jobs): ToolResult {
  const read = jobs.read(context.sessionId, id);
  if (read === null) throw unknownJob(id, context, jobs);
  const { facts } = read;
  const output = shownOutput(read.output, context.limits).text;
  const shown = output === "(no output)" ? "(no new output)" : output;
  return {
    text: `${shown}\n\n${stateText(facts)}`,
    output: {
      type: "execute",
      exitCode: facts.end?.exitCode ?? null,
      signal: facts.end?.signal ?? null,
      durationMs: facts.runningMs,
      cwd: facts.cwd,
      timedOut: false,
      ...(facts.end === null ? { jobId: facts.jobId } : {}),
    },
  };
}

/** `j1: exit code 0, 12.3 s, in src`. */
function stateText({ jobId, end, runningMs, cwd }: BackgroundJob): string {
  const how = end === null ? "still running" : endingWords(end);
  return `${jobId}: ${how}, ${(runningMs / 1_000).toFixed(1)} s, in ${cwd}`;
}
