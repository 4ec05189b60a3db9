/** Our own agent as an engine: gathers what a turn needs to know of the project, and hands the turn to it. */

import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isCompaction } from "../../../transcript/compaction-prompt.ts";
import type { AgentParts } from "../agent/agent-turn.ts";
import { FileLocks } from "../agent/calls/file-locks.ts";
import { runCompaction } from "../agent/compaction/compact-turn.ts";
import { internalProblem } from "../agent/internal-problem.ts";
import type { Model } from "../agent/model.ts";
import type { PermissionPolicy } from "../agent/permission.ts";
import { type PromptText, systemPrompt } from "../agent/system-prompt.ts";
import type { Profile } from "../agent/tool.ts";
import { createToolBook, type ToolBook } from "../agent/tool-book.ts";
import { runTurn } from "../agent/turn.ts";
import type { BuiltInTools } from "../tools/index.ts";
import { currentBranch } from "../workspace/git/git.ts";
import { listSkills } from "../workspace/guidance/skills.ts";
import type { AgentTurn, Engine, TurnOutcome } from "./engine.ts";
import { SessionMemory } from "./session-memory.ts";
import { withPromptContext } from "./told-context.ts";
import { type ConfiguredChecks, turnChecks } from "./turn-checks.ts";
import { turnInstructions } from "./turn-instructions.ts";

export interface BuiltInEngineOptions {
  readonly model: Model;
  /** The model for a turn of this session, where it depends on who spoke to it; absent: `model` for all. */
  readonly modelFor?: (turn: Pick<AgentTurn, "sessionId" | "promptId">) => Model;
  readonly tools: BuiltInTools;
  /** Where the user's own commands and skills lie, absolute; absent or null: nowhere. */
  readonly userFolder?: string | null;
  readonly policy: PermissionPolicy;
  /** Commands that run after changes, by the project's path; absent: none. */
  readonly checks?: ConfiguredChecks;
  /** Names exactly what would run, as the session checks it. */
  readonly digest: (parts: string[]) => string;
}

/** The engine `built-in`; what it keeps of a session is memory alone. */
export class BuiltInEngine implements Engine {
  readonly id = "built-in";
  readonly name = "VoxPilot";
  readonly #options: BuiltInEngineOptions;
  readonly #memories = new Map<string, SessionMemory>();
  readonly #locks = new FileLocks();
  // Made by the first turn: the schemas take time that the start does not have.
  readonly #book: () => ToolBook;
  readonly #checkBook: () => ToolBook;

  constructor(options: BuiltInEngineOptions) {
    this.#options = options;
    this.#book = onceMade(() => createToolBook(options.tools.tools));
    this.#checkBook = onceMade(() => createToolBook([options.tools.checkTool]));
  }

  async runTurn(turn: AgentTurn): Promise<TurnOutcome> {
    try {
      // Every call of it and of its subagents listens: many are no leak.
      setMaxListeners(0, turn.signal);
      const parts = await this.#partsFor(turn);
      if (isCompaction(turn.prompt)) return await runCompaction(turn, parts);
      const told = await withPromptContext(turn, parts.model, this.#options.userFolder ?? null);
      return await runTurn(told, parts);
    } catch (error) {
      return { stopReason: "refusal", problem: internalProblem(error) };
    }
  }

  forgetConversation(sessionId: string): void {
    this.#memories.delete(sessionId);
  }

  close(sessionId: string): void {
    this.#memories.delete(sessionId);
    this.#options.tools.forget(sessionId);
  }

  async #partsFor(turn: AgentTurn): Promise<AgentParts> {
    const { model, modelFor, policy, digest, tools, checks: configured = {} } = this.#options;
    const memory = this.#memories.get(turn.sessionId) ?? new SessionMemory();
    this.#memories.set(turn.sessionId, memory);
    const [environment, checks] = await Promise.all([
      environmentOf(turn, memory, this.#options),
      turnChecks(turn.root, { configured, tools: this.#checkBook }),
    ]);
    return {
      model: modelFor?.(turn) ?? model,
      tools: this.#book(),
      policy,
      digest,
      seen: memory.seen,
      systemPrompt: oncePerProfile((profile) => systemPrompt(environment, profile)),
      instructionsBelow: (paths) => environment.below(paths),
      endedJobs: () => tools.jobs.ended(turn.sessionId),
      factor: memory.factor(turn.model ?? ""),
      ...(checks === null ? {} : { checks }),
      locks: this.#locks,
      wait,
      random: Math.random,
    };
  }
}

async function environmentOf(turn: AgentTurn, memory: SessionMemory, options: BuiltInEngineOptions) {
  const { root } = turn;
  const hasSkills = options.tools.tools.some(({ name }) => name === "skill");
  const places = { root, userFolder: options.userFolder ?? null };
  const [branch, instructions, skills] = await Promise.all([
    currentBranch(root),
    turnInstructions(turn, memory),
    hasSkills ? listSkills(places) : [],
  ]);
  return {
    root,
    branch,
    instructions: instructions.all,
    below: instructions.below,
    skills: skills.map(({ name, description }) => `- ${name}: ${description}`),
    platform: process.platform,
    date: today(),
  };
}

function onceMade(make: () => ToolBook): () => ToolBook {
  let made: ToolBook | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** The words of a turn are the same in all its steps. */
function oncePerProfile(make: AgentParts["systemPrompt"]): AgentParts["systemPrompt"] {
  const made = new Map<Profile, PromptText>();
  return (profile) => {
    const words = made.get(profile) ?? make(profile);
    made.set(profile, words);
    return words;
  };
}

/** The machine's own day. */
function today(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Aborted: whoever waits looks at the signal.
  }
}
