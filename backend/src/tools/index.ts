/** The tools of the built-in agent. */
import type { Tool } from "../agent/tool.ts";
import type { BackgroundJob, BackgroundJobOutput } from "../protocol/job.ts";
import { Jobs } from "../workspace/processes/jobs.ts";
import { createJobTool } from "./commands/job.ts";
import { createShellTool } from "./commands/shell.ts";
import { editTool } from "./editing/edit.ts";
import { writeTool } from "./editing/write.ts";
import { systemNetwork } from "./fetch/fetch-page.ts";
import { createWebFetchTool } from "./fetch/web-fetch.ts";
import { applyPatchTool } from "./patching/apply-patch.ts";
import { globTool } from "./reading/glob.ts";
import { grepTool } from "./reading/grep.ts";
import { listTool } from "./reading/list.ts";
import { readTool } from "./reading/read.ts";
import { askTool } from "./session/ask.ts";
import { exitPlanTool } from "./session/exit-plan.ts";
import { KeptTexts } from "./session/kept-texts.ts";
import { createRecallTool } from "./session/recall.ts";
import { createSkillTool, type SkillsFolder } from "./session/skill.ts";
import { createTaskTool } from "./session/task.ts";
import { todoTool } from "./session/todo.ts";

/** The tools with what they keep in memory for their sessions. */
export interface BuiltInTools {
  /** Sorted by name. */
  readonly tools: readonly Tool[];
  /** Runs the configured checks: `shell` with a memory of its own, so that the model's folder stays as it is. */
  readonly checkTool: Tool;
  /** Commands in the background. */
  readonly jobs: Jobs;
  /** Ends the jobs of a session, and forgets what is kept for it. */
  forget(sessionId: string): void;
}

export interface BuiltInToolsOptions {
  /** Where the user's own skills lie; null: nowhere. */
  readonly userSkills: SkillsFolder;
  /** A command in the background has come to its end. */
  readonly onJobEnded?: (sessionId: string, job: BackgroundJob) => void;
}

/** One set for each engine. */
export function createBuiltInTools({ userSkills, onJobEnded }: BuiltInToolsOptions): BuiltInTools {
  const texts = new KeptTexts();
  const jobs = new Jobs(onJobEnded);
  const shell = createShellTool({ jobs, texts });
  const checkShell = createShellTool({ jobs, texts });
  return {
    tools: [
      applyPatchTool,
      askTool,
      editTool,
      exitPlanTool,
      globTool,
      grepTool,
      createJobTool(jobs),
      listTool,
      readTool,
      createRecallTool(texts),
      shell.tool,
      createSkillTool(userSkills),
      createTaskTool(),
      todoTool,
      createWebFetchTool({ texts, network: systemNetwork }),
      writeTool,
    ],
    checkTool: checkShell.tool,
    jobs,
    forget(sessionId) {
      shell.forget(sessionId);
      checkShell.forget(sessionId);
      texts.forget(sessionId);
      void jobs.endSession(sessionId);
    },
  };
}

/** So much of what a job has said is handed on, from its end: whoever shows less of it can see what that begins in. */
const latestCharacters = 32_000;

/** For people: what a session has in the background, what it says, and ending it. */
export function backgroundJobs(jobs: Jobs) {
  return {
    list: (sessionId: string): BackgroundJob[] => [...jobs.list(sessionId)],
    look(sessionId: string, jobId: string): BackgroundJobOutput | null {
      const found = jobs.look(sessionId, { jobId, limit: latestCharacters });
      if (found === null) return null;
      const { text, omitted } = found.latest;
      return { ...found.facts, output: text, omitted };
    },
    /** False: it no longer runs. */
    async end(sessionId: string, jobId: string): Promise<boolean> {
      const isRunning = jobs.list(sessionId).some((job) => job.jobId === jobId && job.end === null);
      if (isRunning) await jobs.kill(sessionId, { jobId, by: "person" });
      return isRunning;
    },
  };
}
