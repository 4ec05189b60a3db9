/** The checks that the user has configured for a project. */
import { realpath } from "node:fs/promises";
import type { TurnChecks } from "../agent/agent-turn.ts";
import type { ToolBook } from "../agent/tool-book.ts";

/** Commands by absolute path of the project. */
export type ConfiguredChecks = Readonly<Record<string, readonly string[]>>;

/** Of the project at `root`; null: none. Whoever configures a folder may name it by a link. */
export async function turnChecks(
  root: string,
  { configured, tools }: { readonly configured: ConfiguredChecks; tools(): ToolBook },
): Promise<TurnChecks | null> {
  const places = await Promise.all(
    Object.entries(configured).map(async ([path, commands]) => ((await leadsTo(path, root)) ? commands : [])),
  );
  const commands = places.flat();
  if (commands.length === 0) return null;
  return { commands, tools: tools() };
}

async function leadsTo(path: string, root: string): Promise<boolean> {
  try {
    return (await realpath(path)) === root;
  } catch {
    // It is not there, so nobody works in it.
    return false;
  }
}
