/** The tools of the built-in agent. */
import type { Tool } from "../agent/tool.ts";
import { editTool } from "./edit.ts";
import { globTool } from "./glob.ts";
import { grepTool } from "./grep.ts";
import { readTool } from "./read.ts";
import { createShellTool } from "./shell.ts";
import { writeTool } from "./write.ts";

const shell = createShellTool();

/** Sorted by name. */
export const builtInTools: readonly Tool[] = [editTool, globTool, grepTool, readTool, shell.tool, writeTool];

/** Forgets what the tools keep in memory for a session: the folder of its last command. */
export function forgetSession(sessionId: string): void {
  shell.forget(sessionId);
}
