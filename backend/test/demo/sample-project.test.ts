/** The sample project as it ships. */
import { spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { copySampleProject } from "../../src/demo/sample-project.ts";
import { runShell } from "./tiny-agent.ts";

async function copy(): Promise<string> {
  const project = await copySampleProject();
  onTestFinished(() => rm(dirname(project), { recursive: true }));
  return project;
}

async function git(cwd: string, ...command: readonly string[]): Promise<string> {
  const child = spawn("git", command, { cwd, stdio: ["ignore", "pipe", "ignore"] });
  return (await text(child.stdout)).trim();
}

test("fails two of its eight tests, both about the login", async () => {
  const output = await runShell(await copy(), "node --test --test-reporter=spec");
  expect(output).toMatch(/^ℹ tests 8$/m);
  expect(output).toMatch(/^ℹ fail 2$/m);
  const failed = [...output.matchAll(/^✖ (a .+|every .+) \(/gm)].map((match) => match[1]);
  expect(new Set(failed)).toEqual(
    new Set(["a login is still good after ten minutes", "every visit renews the login"]),
  );
});

test("is copied whole into a folder named shop, twice into two", async () => {
  const [first, second] = [await copy(), await copy()];
  expect(first).not.toBe(second);
  expect(basename(first)).toBe("shop");
  const files = await readdir(first);
  expect(files.sort()).toEqual([
    ".git",
    ".gitignore",
    "AGENTS.md",
    "README.md",
    "package.json",
    "src",
    "test",
  ]);
});

test("is a clean repository with one commit by its own author", async () => {
  const project = await copy();
  expect(await git(project, "log", "--format=%an <%ae> %s")).toBe(
    "Shop <shop@example.invalid> The shop, as it was found",
  );
  expect(await git(project, "status", "--porcelain", "--branch")).toBe("## main");
});
