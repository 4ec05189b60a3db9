import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DurableFiles, durableFiles } from "../../src/workspace/durable-files.ts";
import { Projects, projectId } from "../../src/workspace/projects.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("lists the folders of the command line first, then what was used last", async () => {
  const { projects, folder, again } = await setUp(["given"]);
  for (const name of ["one", "two", "one"]) await projects.open(join(folder, name));
  const names = ["given", "one", "two"];
  expect((await projects.list()).map((project) => project.name)).toEqual(names);
  expect((await again().list()).map((project) => project.name)).toEqual(names);
});

test("describes a project: a stable id, its path, its branch and its instructions", async () => {
  const { projects, folder } = await setUp([]);
  const path = join(folder, "one");
  await mkdir(join(path, ".git"));
  await writeFile(join(path, ".git", "HEAD"), "ref: refs/heads/main\n");
  await writeFile(join(path, "CLAUDE.md"), "x");
  const opened = await projects.open(path);
  expect(opened).toEqual({
    id: projectId(path),
    name: "one",
    path,
    branch: "main",
    instructions: ["CLAUDE.md"],
    lastUsedAt: opened.lastUsedAt,
  });
  await writeFile(join(path, "AGENTS.md"), "x");
  expect((await projects.find(opened.id))?.instructions).toEqual(["AGENTS.md"]);
  expect((await projects.open(opened.id)).path).toBe(path);
  expect(await projects.find("0123456789abcdef")).toBeNull();
});

test("a link and its target are one project", async () => {
  const { projects, folder } = await setUp([]);
  await symlink(join(folder, "one"), join(folder, "link"));
  expect((await projects.open(join(folder, "link"))).id).toBe((await projects.open(join(folder, "one"))).id);
  expect(await projects.list()).toHaveLength(1);
});

test("refuses what cannot be a project, with the reason", async () => {
  const { projects, folder, state } = await setUp([]);
  await writeFile(join(folder, "file"), "x");
  const reasons = await Promise.all(
    [
      "/",
      homedir(),
      state,
      folder,
      join(state, "sessions"),
      join(folder, "file"),
      join(folder, "none"),
      "relative",
    ].map(async (path) => {
      const error: unknown = await projects.open(path).catch((refusal: unknown) => refusal);
      return error instanceof Error && "reason" in error ? error.reason : error;
    }),
  );
  expect(reasons).toEqual([
    "root",
    "home",
    "state_folder",
    "state_folder",
    "state_folder",
    "not_a_folder",
    "not_found",
    "not_found",
  ]);
  expect(await projects.list()).toEqual([]);
});

test("a damaged list is set aside and a new one begun", async () => {
  const { folder, state, again } = await setUp([]);
  await writeFile(join(state, "projects.json"), "{damaged");
  const projects = again();
  expect(await projects.list()).toEqual([]);
  await projects.open(join(folder, "one"));
  expect((await again().list()).map((project) => project.name)).toEqual(["one"]);
  const aside = (await readdir(state)).filter((name) => name.endsWith(".damaged"));
  expect(aside).toHaveLength(1);
  expect(await readFile(join(state, aside[0] ?? ""), "utf8")).toBe("{damaged");
});

test("names the file that the agent is given, and no other", async () => {
  const { projects, folder } = await setUp([]);
  const path = join(folder, "one");
  await mkdir(join(path, ".github"));
  for (const name of ["CLAUDE.md", ".github/copilot-instructions.md"]) await writeFile(join(path, name), "x");
  expect((await projects.open(path)).instructions).toEqual(["CLAUDE.md"]);
  await writeFile(join(folder, "outside.md"), "x");
  await symlink(join(folder, "outside.md"), join(path, "AGENTS.md"));
  expect((await projects.open(path)).instructions).toEqual(["CLAUDE.md"]);
});

test("a list that could not be read once is read again", async () => {
  const { folder, state, projects } = await setUp([]);
  await projects.open(join(folder, "one"));
  let isFailing = true;
  const read: DurableFiles["read"] = (path) =>
    isFailing ? Promise.reject(new Error("disk error")) : durableFiles.read(path);
  const again = new Projects({ directory: state, files: { ...durableFiles, read }, folders: [] });
  await expect(again.list()).rejects.toThrow("disk error");
  isFailing = false;
  expect((await again.list()).map((project) => project.name)).toEqual(["one"]);
});

test("a folder is opened also when that cannot be remembered on disk", async () => {
  const { folder, state } = await setUp([]);
  const writeAtomic = () => Promise.reject(new Error("no space left on device"));
  const projects = new Projects({ directory: state, files: { ...durableFiles, writeAtomic }, folders: [] });
  const warned = once(process, "warning");
  expect((await projects.open(join(folder, "one"))).name).toBe("one");
  expect((await warned)[0]).toMatchObject({ message: expect.stringContaining("no space left on device") });
});

async function setUp(given: string[]) {
  const folder = await temporaryFolder();
  const state = join(folder, "state");
  for (const name of ["state", "state/sessions", "one", "two", "given"]) await mkdir(join(folder, name));
  const folders = given.map((name) => join(folder, name));
  const again = () => new Projects({ directory: state, files: durableFiles, folders });
  return { folder, state, projects: again(), again };
}
