/** Which folders a server offers as projects. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "../config.ts";

/** What marks a folder as somebody's project. */
const marks = [
  ".git",
  "AGENTS.md",
  "package.json",
  "pyproject.toml",
  "Cargo.toml",
  "go.mod",
  "Makefile",
  "Justfile",
];

/** Absolute paths: those typed, those configured, and without any typed the current folder when it looks like a project. */
export async function projectFolders(
  typed: readonly string[],
  configured: readonly string[],
): Promise<readonly string[]> {
  const missing = await Promise.all(typed.map(async (word) => ((await isFolder(word)) ? null : word)));
  const problems = missing.filter((word) => word !== null);
  if (problems.length > 0) throw new ConfigError(problems.map(describeMissing));
  const folders = typed.map((folder) => resolve(folder));
  const current = process.cwd();
  const isProject = typed.length === 0 && marks.some((mark) => existsSync(join(current, mark)));
  return [...folders, ...(isProject ? [current] : []), ...configured];
}

/** A single word may have been meant as a command. */
function describeMissing(word: string): string {
  const noCommand = /^[\w-]+$/.test(word) ? `, and “${word}” is no command` : "";
  return `${resolve(word)}: is not a folder${noCommand}. Name the folder of a project, or none. See npx voxpilot --help. Options go behind --: npm start -- --port 8123`;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}
