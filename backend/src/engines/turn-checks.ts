/** The checks that the user has configured for a project. */
import { realpath } from "node:fs/promises";
import type { TurnChecks } from "../agent/agent-turn.ts";
import { createToolBook, type ToolBook } from "../agent/tool-book.ts";
import { checkTool } from "../tools/index.ts";

/** Commands by absolute path of the project. */
export type ConfiguredChecks = Readonly<Record<string, readonly string[]>>;

let book: ToolBook | null = null;

/** Of the project at `root`; null: none. Whoever configures a folder may name it by a link. */
export async function turnChecks(root: string, checks: ConfiguredChecks): Promise<TurnChecks | null> {
  const places = await Promise.all(
    Object.entries(checks).map(async ([path, commands]) => ((await leadsTo(path, root)) ? commands : [])),
  );
  const commands = places.flat();
  if (commands.length === 0) return null;
  book ??= createToolBook([checkTool]);
  return { commands, tools: book };
}

async function leadsTo(path: string, root: string): Promise<boolean> {
  try {
    return (await realpath(path)) === root;
  } catch {
    // It is not there, so nobody works in it.
    return false;
  }
}
