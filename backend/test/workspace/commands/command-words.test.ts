/** Where the words of a command really lead. */
import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { followWords } from "../../../src/workspace/commands/command-words.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let root = "";

beforeEach(async () => {
  root = join(await temporaryFolder(), "app");
  await mkdir(join(root, "src", "deep"), { recursive: true });
  await mkdir(join(root, "docs"));
  await mkdir(join(root, "..", "outside"));
  for (const path of ["src/a.ts", "docs/a.md", "real.txt", ".env", "../outside/secret.txt"])
    await writeFile(join(root, path), "");
  await symlink("../outside", join(root, "link"));
  await symlink("../outside", join(root, "my link"));
  await symlink("../../outside", join(root, "docs", "out"));
  await symlink("../outside/secret.txt", join(root, "s.md"));
  await symlink("..", join(root, "src", "deep", "up"));
  await symlink(".env", join(root, "notes.txt"));
});

const facts = (command: string) => followWords(command, { root, cwd: root });

test.each([
  "cat link/secret.txt",
  "cat 'lin'k/secret.txt",
  "cat lin\\k/secret.txt",
  'cat "my link"/secret.txt',
  "cat link/../outside/secret.txt",
  "cat */secret.txt",
  "head *.md",
  "head ?.md",
  "head [s].md",
  "cd docs && cat out/secret.txt",
  "cd src && cd ../docs && cat out/secret.txt",
  "cd src/deep/up && cat ../../outside/secret.txt",
  "echo x > link/new",
  "grep --file=link/secret.txt x",
  `echo ${Array.from({ length: 300 }, (_, index) => index).join(" ")}; cat link/secret.txt`,
])("FS-01: sees that a link leads out: %s", async (command) => {
  expect((await facts(command)).leadsOutside).toBe(true);
});

test.each(["cat notes.txt", "cat n*.txt", "cat src/deep/up/../notes.txt"])(
  "FS-01: tells what a link inside leads to: %s",
  async (command) => {
    expect(await facts(command)).toMatchObject({
      leadsOutside: false,
      leadsTo: expect.arrayContaining([join(root, ".env")]),
    });
  },
);

test.each(["mv src other && cat other/x", "cp -R docs new; cat new/out/secret.txt", "mv d* x && ls x"])(
  "does not vouch for names that the command itself makes: %s",
  async (command) => {
    expect((await facts(command)).isUnclear).toBe(true);
  },
);

test("does not vouch for copies that a link may lead elsewhere, nor for folders that are compared", async () => {
  await writeFile(join(root, "out"), "");
  for (const command of [
    "cp out docs",
    "cp src/../out docs/",
    "cp -R src .",
    "cp -RT src docs",
    "cp -R src/. docs",
    "timeout 5 diff docs src",
  ])
    expect((await facts(command)).isUnclear).toBe(true);
  for (const command of ["cp real.txt docs", "cp -R src docs/", "diff src/a.ts docs/a.md"])
    expect((await facts(command)).isUnclear).toBe(false);
});

test("does not vouch for a pattern that a file's name turns into an option", async () => {
  await writeFile(join(root, "--expression=1e id #.ts"), "");
  expect((await facts("sed 5p *.ts")).isUnclear).toBe(true);
  expect((await facts("sed 5p ./*.ts")).isUnclear).toBe(false);
});

test("does not vouch for more words than it looks at", async () => {
  const words = Array.from({ length: 1_001 }, (_, index) => `w${index}`).join(" ");
  expect((await facts(`echo ${words}`)).isUnclear).toBe(true);
});

test.each([
  "ls",
  "cat src/a.ts",
  "wc -l src/*.ts",
  "cat *.txt > /dev/null",
  "cp src/a.ts src/b.ts && ls src",
  "mv docs old",
  "npm test -- --grep 'a/b'",
  "cat missing/../real.txt",
])("finds nothing against: %s", async (command) => {
  const found = await facts(command);
  expect([found.leadsOutside, found.isUnclear]).toEqual([false, false]);
});

test("APR-19: does not vouch for git where the repository's settings could run programs", async () => {
  execFileSync("git", ["init", "--quiet", root]);
  expect((await facts("git status")).isUnclear).toBe(false);
  execFileSync("git", ["init", "--quiet", join(root, "docs")]);
  execFileSync("git", ["-C", join(root, "docs"), "config", "core.fsmonitor", "./evil"]);
  expect((await facts("git status")).isUnclear).toBe(false);
  for (const command of ["cd docs && git status", "cd docs && CI=1 timeout 5 git log"])
    expect((await facts(command)).isUnclear).toBe(true);
  expect((await facts("cd docs && ls")).isUnclear).toBe(false);
  execFileSync("git", ["init", "--quiet", "--bare", join(root, "src", "bare")]);
  for (const command of ["cd src/bare && git status", "cd src/bare/refs && git log"])
    expect((await facts(command)).isUnclear).toBe(true);
  expect((await facts("cd src && git status")).isUnclear).toBe(false);
});
