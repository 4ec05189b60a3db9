/** Repositories made by plain git, without anybody's own settings. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

const environment = {
  PATH: process.env.PATH ?? "",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

/** Runs git in a folder and gives what it says. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A program that leaves a mark when it is run. */
export async function plantCanary(folder: string): Promise<{ command: string; hasRun: () => boolean }> {
  const mark = join(folder, "canary-ran");
  const command = join(folder, "canary.sh");
  await writeFile(command, `#!/bin/sh\ntouch '${mark}'\ncat\n`);
  await chmod(command, 0o755);
  return { command, hasRun: () => existsSync(mark) };
}
