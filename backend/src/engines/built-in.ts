/** Our own agent as an engine: gathers what a turn needs to know of the project, and hands the turn to it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Model } from "../agent/model.ts";
import type { PermissionPolicy } from "../agent/permission.ts";
import { systemPrompt } from "../agent/system-prompt.ts";
import type { Tool } from "../agent/tool.ts";
import { createToolBook, type ToolBook } from "../agent/tool-book.ts";
import { runTurn } from "../agent/turn.ts";
import { forgetSession } from "../tools/index.ts";
import { currentBranch } from "../workspace/git/git.ts";
import { readInstructions } from "../workspace/instructions.ts";
import type { Engine, EngineTurn, TurnEnd } from "./engine.ts";

export interface BuiltInEngineOptions {
  readonly model: Model;
  readonly tools: readonly Tool[];
  readonly policy: PermissionPolicy;
  /** Names exactly what would run, as the session checks it. */
  readonly digest: (parts: string[]) => string;
}

/** Makes the engine `built-in`; it keeps nothing but which files each session's model has seen. */
export function createBuiltInEngine(options: BuiltInEngineOptions): Engine {
  // Made by the first turn: the schemas take time that the start does not have.
  let book: ToolBook | null = null;
  const seenBySession = new Map<string, Map<string, string>>();
  const { model, policy, digest } = options;

  async function run(turn: EngineTurn): Promise<TurnEnd> {
    const seen = seenBySession.get(turn.sessionId) ?? new Map<string, string>();
    seenBySession.set(turn.sessionId, seen);
    book ??= createToolBook(options.tools);
    const prompt = await promptFor(turn.root);
    return runTurn(turn, {
      model,
      tools: book,
      policy,
      digest,
      seen,
      systemPrompt: prompt,
      wait,
      random: Math.random,
    });
  }

  return {
    id: "built-in",
    name: "VoxPilot",
    async runTurn(turn) {
      try {
        return await run(turn);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { stopReason: "refusal", problem: { code: "internal", detail } };
      }
    },
    close(sessionId) {
      seenBySession.delete(sessionId);
      forgetSession(sessionId);
    },
  };
}

async function promptFor(root: string): Promise<string> {
  const [branch, instructions] = await Promise.all([currentBranch(root), readInstructions(root)]);
  return systemPrompt({ root, branch, instructions, platform: process.platform, date: today() });
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
