/**
 * The demo's sample project: a copy in a fresh temporary folder, a git repository where git is there.
 * The build copies `backend/src/demo/sample-project/` whole, dot files too, to `backend/dist/sample-project/`: in the sources
 * and in the product alike it lies beside the file that this code runs from.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, realpath } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";

const bundledProject = join(import.meta.dirname, "sample-project");
const author = { name: "Shop", email: "shop@example.invalid" } as const;

/** Resolves to the absolute, resolved path of a folder named `shop`, whose tests fail. The caller owns it and the folder around it. */
export async function copySampleProject(): Promise<string> {
  const around = await mkdtemp(join(await realpath(tmpdir()), "voxpilot-demo-"));
  const project = join(around, "shop");
  await cp(bundledProject, project, { recursive: true });
  await makeRepository(project);
  return project;
}

/** A missing or unwilling git costs the demo nothing but the branch name, so its failures are not reported. */
async function makeRepository(project: string): Promise<void> {
  const commands = [
    ["init", "--quiet", "--template=", "--initial-branch=main"],
    ["add", "--all"],
    ["commit", "--quiet", "--no-verify", "--message=The shop, as it was found"],
  ];
  for (const command of commands) {
    const isDone = await runGit(project, command);
    if (!isDone) return;
  }
}

/** Nobody's configuration, hooks or templates take part. */
function runGit(cwd: string, command: readonly string[]): Promise<boolean> {
  const settings = ["core.hooksPath=", "core.fsmonitor=false", "commit.gpgsign=false", "core.autocrlf=false"];
  const child = spawn("git", [...settings.flatMap((setting) => ["-c", setting]), ...command], {
    cwd,
    stdio: "ignore",
    timeout: 10_000,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: cwd,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CEILING_DIRECTORIES: dirname(cwd),
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
    },
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
