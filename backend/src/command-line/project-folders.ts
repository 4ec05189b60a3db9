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
  const folders = typed.map((folder) => resolve(folder));
  const missing = await Promise.all(
    folders.map(async (folder) => ((await isFolder(folder)) ? null : folder)),
  );
  const problems = missing.filter((folder) => folder !== null);
  if (problems.length > 0) {
    throw new ConfigError(
      problems.map(
        (folder) =>
          `${folder}: is not a folder. Name the folder of a project, or none. Options go behind --: npm start -- --port 8123`,
      ),
    );
  }
  const current = process.cwd();
  const isProject = typed.length === 0 && marks.some((mark) => existsSync(join(current, mark)));
  return [...folders, ...(isProject ? [current] : []), ...configured];
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}
