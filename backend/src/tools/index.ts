/** The tools of the built-in agent. */
import type { Tool } from "../agent/tool.ts";
import type { BackgroundJob } from "../protocol/job.ts";
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

const texts = new KeptTexts();
/** Commands in the background; `ended` says which have ended since it was last asked. */
export const jobs = new Jobs();
const shell = createShellTool({ jobs, texts });
/** Runs the configured checks: `shell` with a memory of its own, so that the model's folder stays as it is. */
const checkShell = createShellTool({ jobs, texts });
export const checkTool: Tool = checkShell.tool;

/** All tools, sorted by name; `userSkills` says where the user's own skills lie, null: nowhere. */
export function createBuiltInTools(userSkills: SkillsFolder): readonly Tool[] {
  return [
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
  ];
}

/** With the project's skills alone. */
export const builtInTools: readonly Tool[] = createBuiltInTools(() => null);

/** Ends the jobs of a session, and forgets what the tools keep in memory for it. */
export function forgetSession(sessionId: string): void {
  shell.forget(sessionId);
  checkShell.forget(sessionId);
  texts.forget(sessionId);
  void jobs.endSession(sessionId);
}

/** For people: what of a session runs, and ending it. */
export const backgroundJobs = {
  running: (sessionId: string): BackgroundJob[] =>
    jobs
      .list(sessionId)
      .filter(({ end }) => end === null)
      .map(({ jobId, command, cwd, durationMs }) => {
        return { jobId, command, cwd, runningMs: Math.round(durationMs) };
      }),
  async end(sessionId: string, jobId: string): Promise<boolean> {
    const isRunning = backgroundJobs.running(sessionId).some((job) => job.jobId === jobId);
    if (isRunning) await jobs.kill(sessionId, jobId);
    return isRunning;
  },
};

/** Ends all jobs; for the end of the server. */
export function closeTools(): Promise<void> {
  return jobs.close();
}
