/** The project's instruction files in a turn: what the prompt begins with, and those further down when a file there is read. */

import type { AgentTurn } from "../agent/agent-turn.ts";
import {
  type Instruction,
  readInstructions,
  readNestedInstructions,
} from "../workspace/guidance/instructions.ts";
import type { SessionMemory } from "./session-memory.ts";

export interface TurnInstructions {
  /** Outermost first. */
  readonly all: readonly Instruction[];
  /** See `AgentParts`. */
  below(paths: readonly string[]): Promise<string>;
}

/** Reads them and tells the page, when they are others than before. */
export async function turnInstructions(turn: AgentTurn, memory: SessionMemory): Promise<TurnInstructions> {
  const all = await readInstructions(turn.root);
  const shown: Instruction[] = [...all];
  announce(turn, memory, shown);
  return {
    all,
    async below(paths) {
      const found = (await Promise.all(paths.map((path) => readNestedInstructions(turn.root, path)))).flat();
      const fresh = found.filter(({ path }) => !memory.nested.has(path));
      for (const one of fresh) {
        if (memory.nested.has(one.path)) continue;
        memory.nested.add(one.path);
        shown.push(one);
      }
      if (fresh.length > 0) announce(turn, memory, shown);
      return [...new Map(fresh.map((one) => [one.path, one])).values()]
        .map(({ path, text }) => `# Instructions for this folder (${path})\n${text.trim()}`)
        .join("\n\n");
    },
  };
}

function announce(turn: AgentTurn, memory: SessionMemory, instructions: readonly Instruction[]): void {
  const files = instructions.map(({ path, text, truncated, hiddenCharacters }) => {
    return { path, bytes: Buffer.byteLength(text), truncated, hiddenCharacters };
  });
  const announced = JSON.stringify(files);
  if (announced === memory.announced) return;
  memory.announced = announced;
  turn.emit({ sessionUpdate: "instructions_update", files });
}
