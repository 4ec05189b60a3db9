import { execFileSync } from "node:child_process";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { currentBranch, runGit, unsafeConfigKeys } from "../../../src/workspace/git/git.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { git, plantCanary } from "./git-fixture.ts";

test("runs git in a repository whose settings are harmless", async () => {
  const root = await repository();
  git(root, "remote", "add", "origin", "https://example.org/a.git");
  await writeFile(join(root, "new.txt"), "x");
  const result = await runGit(["status", "--porcelain"], { place: { type: "repository", root } });
  expect({ ...result, stdout: result.stdout.toString() }).toEqual({
    exitCode: 0,
    stdout: "?? new.txt\n",
    stderr: "",
    truncated: false,
  });
  expect(await unsafeConfigKeys(root)).toEqual([]);
});

const hostileSettings: readonly (readonly [string, (command: string) => string])[] = [
  ["core.fsmonitor", (command) => command],
  ["core.hookspath", () => "hooks"],
  ["core.sshcommand", (command) => command],
  ["core.worktree", () => "/"],
  ["diff.external", (command) => command],
  ["diff.x.textconv", (command) => command],
  ["diff.x.command", (command) => command],
  ["filter.x.clean", (command) => command],
  ["filter.x.process", (command) => command],
  ["gpg.program", (command) => command],
  ["include.path", () => "more"],
  ["alias.status", (command) => `!${command}`],
];

for (const [key, value] of hostileSettings) {
  test(`refuses a repository that sets ${key}, naming it, and runs nothing`, async () => {
    const root = await repository();
    const canary = await plantCanary(root);
    await writeFile(join(root, ".gitattributes"), "* filter=x diff=x\n");
    git(root, "config", "--file", ".git/config", key, value(canary.command));
    expect(await unsafeConfigKeys(root)).toEqual([key]);
    for (const args of [["status"], ["diff"], ["log", "-p"]]) {
      const attempt = runGit(args, { place: { type: "repository", root } });
      await expect(attempt).rejects.toMatchObject({ name: "UnsafeGitConfig", keys: [key] });
    }
    expect(canary.hasRun()).toBe(false);
  });
}

test("the settings of a repository above the folder, and of a work tree, count as well", async () => {
  const root = await repository();
  const inside = join(root, "packages", "one");
  await mkdir(inside, { recursive: true });
  git(root, "config", "extensions.worktreeConfig", "true");
  await writeFile(join(root, ".git", "config.worktree"), "[core]\n\tpager = evil\n");
  expect(await unsafeConfigKeys(inside)).toEqual(["core.pager"]);
});

test("a folder that only looks like a bare repository is not taken for one", async () => {
  const root = await temporaryFolder();
  const canary = await plantCanary(root);
  git(root, "init", "--bare", "--quiet");
  git(root, "config", "--file", "config", "core.fsmonitor", canary.command);
  const attempt = runGit(["status"], { place: { type: "repository", root } });
  await expect(attempt).rejects.toMatchObject({ name: "GitFailed", reason: "no_repository" });
  expect(canary.hasRun()).toBe(false);
});

test("reads the branch without git: plain, work tree, below the top, detached, none", async () => {
  const root = await repository();
  expect(await currentBranch(root)).toBe("main");
  git(root, "commit", "--quiet", "--allow-empty", "-m", "first");
  const linked = join(await temporaryFolder(), "linked");
  git(root, "worktree", "add", "--quiet", "-b", "feature/one", linked);
  expect(await currentBranch(linked)).toBe("feature/one");
  await mkdir(join(root, "src"));
  expect(await currentBranch(join(root, "src"))).toBe("main");
  git(root, "checkout", "--quiet", "--detach");
  expect(await currentBranch(root)).toBeNull();
  expect(await currentBranch(await temporaryFolder())).toBeNull();
});

test("FS-07: reads no more than the beginning of HEAD, however long a stranger made it", async () => {
  const root = await repository();
  const head = join(root, ".git", "HEAD");
  await writeFile(head, `ref: refs/heads/${"x".repeat(100_000)}\n`);
  expect((await currentBranch(root))?.length).toBeLessThan(8_192);
  await writeFile(head, "ref: refs/heads/main\n");
  // Sparse: a gigabyte that takes no room on the disk.
  await truncate(head, 1_000_000_000);
  const before = process.memoryUsage.rss();
  await currentBranch(root);
  expect(process.memoryUsage.rss() - before).toBeLessThan(64_000_000);
});

test("cuts what git says at the limit and stops it", async () => {
  const root = await repository();
  await writeFile(join(root, "big.txt"), "line\n".repeat(100_000));
  git(root, "add", ".");
  const result = await runGit(["show", ":big.txt"], { place: { type: "repository", root }, maxBytes: 1_000 });
  expect([result.stdout.byteLength, result.truncated]).toEqual([1_000, true]);
});

test("is stopped by a signal and by its time limit", async () => {
  const root = await repository();
  execFileSync("mkfifo", [join(root, "pipe")]);
  // It waits for somebody to write into the pipe, which nobody does.
  const waiting = ["hash-object", "--no-filters", "pipe"];
  const place = { type: "repository", root } as const;
  const stopped = runGit(waiting, { place, signal: AbortSignal.timeout(100) });
  await expect(stopped).rejects.toMatchObject({ reason: "aborted" });
  await expect(runGit(waiting, { place, timeoutMs: 50 })).rejects.toMatchObject({ reason: "timeout" });
});

async function repository(): Promise<string> {
  const root = await temporaryFolder();
  git(root, "init", "--quiet", "--initial-branch=main");
  return root;
}
