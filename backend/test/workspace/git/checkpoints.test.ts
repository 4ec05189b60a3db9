import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Checkpoints } from "../../../src/workspace/git/checkpoints.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { git, plantCanary } from "./git-fixture.ts";

test("the same files give the same tree, without a repository and without a trace in the project", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "one\n", "src/b.txt": "two\n" });
  const first = await checkpoints.take(project);
  expect(await checkpoints.take(project)).toEqual(first);
  expect(first.omitted).toEqual([]);
  expect((await readdir(project.root, { recursive: true })).sort()).toEqual(["a.txt", "src", "src/b.txt"]);
  expect(await checkpoints.summarise(project, first.tree, first.tree)).toEqual({
    files: [],
    fileCount: 0,
    added: 0,
    removed: 0,
  });
});

test("tells what changed: added, modified, deleted, renamed, binary, odd names, a file that became a link", async () => {
  const long = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join("");
  const { checkpoints, project } = await setUp({
    "a.txt": "one\ntwo\n",
    "gone.txt": "x\n",
    "old.txt": long,
    "to-link": "y\n",
  });
  const { root } = project;
  const before = await checkpoints.take(project);
  await writeFile(join(root, "a.txt"), "one\n2\n");
  await rm(join(root, "gone.txt"));
  await rename(join(root, "old.txt"), join(root, 'new "q" é\n.txt'));
  await writeFile(join(root, "picture"), Buffer.from([0, 1, 2, 3]));
  await rm(join(root, "to-link"));
  await symlink("a.txt", join(root, "to-link"));
  const after = await checkpoints.take(project);
  const files = [
    { path: "a.txt", status: "modified", added: 1, removed: 1, binary: false },
    { path: "gone.txt", status: "deleted", added: 0, removed: 1, binary: false },
    { path: 'new "q" é\n.txt', oldPath: "old.txt", status: "renamed", added: 0, removed: 0, binary: false },
    { path: "picture", status: "added", added: 0, removed: 0, binary: true },
    { path: "to-link", status: "modified", added: 1, removed: 1, binary: false },
  ];
  expect(await checkpoints.summarise(project, before.tree, after.tree)).toEqual({
    files,
    fileCount: 5,
    added: 2,
    removed: 3,
  });
  const diffs = await checkpoints.diff(project, { fromTree: before.tree, toTree: after.tree });
  expect(diffs).toEqual([
    {
      file: files[0],
      truncated: false,
      hunks: [
        {
          heading: "",
          oldStart: 1,
          newStart: 1,
          lines: [
            { type: "context", text: "one", oldLine: 1, newLine: 1 },
            { type: "removed", text: "two", oldLine: 2 },
            { type: "added", text: "2", newLine: 2 },
          ],
        },
      ],
    },
    {
      file: files[1],
      truncated: false,
      hunks: [{ heading: "", oldStart: 1, newStart: 0, lines: [{ type: "removed", text: "x", oldLine: 1 }] }],
    },
    { file: files[2], truncated: false, hunks: [] },
    { file: files[3], truncated: false, hunks: [] },
    {
      file: files[4],
      truncated: false,
      hunks: [
        { heading: "", oldStart: 1, newStart: 0, lines: [{ type: "removed", text: "y", oldLine: 1 }] },
        {
          heading: "",
          oldStart: 0,
          newStart: 1,
          lines: [{ type: "added", text: "a.txt", newLine: 1, noNewline: true }],
        },
      ],
    },
  ]);
});

test("the diff of one file, also of a renamed one, and none of a file that did not change", async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const { checkpoints, project } = await setUp({
    "old.txt": `${lines.join("\n")}\n`,
    "[a]*.txt": "x\n",
    "other.txt": "x\n",
  });
  const before = await checkpoints.take(project);
  await rm(join(project.root, "old.txt"));
  await writeFile(join(project.root, "new.txt"), `${lines.with(15, "changed").join("\n")}`);
  await writeFile(join(project.root, "[a]*.txt"), "y\n");
  const after = await checkpoints.take(project);
  const between = { fromTree: before.tree, toTree: after.tree };
  const [renamed] = await checkpoints.diff(project, { ...between, path: "new.txt" });
  expect(renamed?.file).toEqual({
    path: "new.txt",
    oldPath: "old.txt",
    status: "renamed",
    added: 2,
    removed: 2,
    binary: false,
  });
  expect(renamed?.hunks.flatMap((hunk) => hunk.lines.filter((line) => line.type !== "context"))).toEqual([
    { type: "removed", text: "line 15", oldLine: 16 },
    { type: "added", text: "changed", newLine: 16 },
    { type: "removed", text: "line 29", oldLine: 30 },
    { type: "added", text: "line 29", newLine: 30, noNewline: true },
  ]);
  expect(
    (await checkpoints.diff(project, { ...between, path: "[a]*.txt" })).map((diff) => diff.file.path),
  ).toEqual(["[a]*.txt"]);
  expect(await checkpoints.diff(project, { ...between, path: "other.txt" })).toEqual([]);
});

test("keeps every byte: line ends and text that attributes would change", async () => {
  const { checkpoints, project } = await setUp({
    ".gitattributes": "* text=auto eol=lf ident\n*.bin -diff\n",
    "a.txt": "one\r\n$Id$\r\n",
  });
  const before = await checkpoints.take(project);
  await writeFile(join(project.root, "a.txt"), "one\n$Id$\r\n");
  const after = await checkpoints.take(project);
  const [diff] = await checkpoints.diff(project, { fromTree: before.tree, toTree: after.tree });
  expect(diff?.hunks.flatMap((hunk) => hunk.lines.map((line) => `${line.type} ${line.text}`))).toEqual([
    "removed one\r",
    "added one",
    "context $Id$\r",
  ]);
});

test("leaves out what is ignored, repositories inside and files over 5 MB, and names the latter two", async () => {
  const { checkpoints, project } = await setUp({
    ".gitignore": "ignored\n",
    ignored: "x",
    "node_modules/a/index.js": "x",
    "kept.txt": "x",
    "grows.bin": "small",
    "nested/file.txt": "x",
  });
  git(join(project.root, "nested"), "init", "--quiet");
  await writeFile(join(project.root, "large.bin"), "");
  await truncate(join(project.root, "large.bin"), 5_000_001);
  const before = await checkpoints.take(project);
  expect(before.omitted).toEqual(["large.bin", "nested/"]);
  await truncate(join(project.root, "grows.bin"), 6_000_000);
  await writeFile(join(project.root, "ignored"), "y");
  await writeFile(join(project.root, "nested", "file.txt"), "y");
  const after = await checkpoints.take(project);
  expect(after.omitted).toEqual(["grows.bin", "large.bin", "nested/"]);
  const { files } = await checkpoints.summarise(project, before.tree, after.tree);
  expect(files.map((file) => `${file.status} ${file.path}`)).toEqual(["deleted grows.bin"]);
});

test("a person's private excludes count, and the project's own repository is neither read nor changed", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "one\n", "private.txt": "x\n" });
  git(project.root, "init", "--quiet");
  await writeFile(join(project.root, ".git", "info", "exclude"), "private.txt\n");
  git(project.root, "add", ".");
  const repositoryBefore = await fingerprint(join(project.root, ".git"));
  const before = await checkpoints.take(project);
  await writeFile(join(project.root, "private.txt"), "y\n");
  await writeFile(join(project.root, "a.txt"), "two\n");
  const after = await checkpoints.take(project);
  const { files } = await checkpoints.summarise(project, before.tree, after.tree);
  expect(files.map((file) => file.path)).toEqual(["a.txt"]);
  expect(await fingerprint(join(project.root, ".git"))).toBe(repositoryBefore);
});

test("hostile settings and attributes of the project run nothing", async () => {
  const { checkpoints, project } = await setUp({
    "a.txt": "one\n",
    ".gitattributes": "* filter=evil diff=evil merge=evil working-tree-encoding=UTF-16\n",
  });
  const canary = await plantCanary(await temporaryFolder());
  git(project.root, "init", "--quiet");
  for (const key of [
    "core.fsmonitor",
    "core.pager",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "filter.evil.clean",
    "filter.evil.process",
    "filter.evil.smudge",
  ]) {
    git(project.root, "config", "--file", ".git/config", key, canary.command);
  }
  for (const hook of ["pre-commit", "post-index-change", "reference-transaction"]) {
    await writeFile(join(project.root, ".git", "hooks", hook), `#!/bin/sh\n${canary.command}\n`);
    await chmod(join(project.root, ".git", "hooks", hook), 0o755);
  }
  const before = await checkpoints.take(project);
  await writeFile(join(project.root, "a.txt"), "two\n");
  const after = await checkpoints.take(project);
  const between = { fromTree: before.tree, toTree: after.tree };
  await checkpoints.summarise(project, before.tree, after.tree);
  const [diff] = await checkpoints.diff(project, between);
  expect(diff?.hunks.flatMap((hunk) => hunk.lines.map((line) => line.text))).toEqual(["one", "two"]);
  expect(canary.hasRun()).toBe(false);
});

test("a diff over 2,000 lines a file is cut and says so", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "" });
  const before = await checkpoints.take(project);
  await writeFile(join(project.root, "a.txt"), "x\n".repeat(3_000));
  await writeFile(join(project.root, "b.txt"), "y\n");
  const after = await checkpoints.take(project);
  const diffs = await checkpoints.diff(project, { fromTree: before.tree, toTree: after.tree });
  const sizes = diffs.map((diff) => [
    diff.file.path,
    diff.file.added,
    diff.hunks[0]?.lines.length,
    diff.truncated,
  ]);
  expect(sizes).toEqual([
    ["a.txt", 3_000, 2_000, true],
    ["b.txt", 1, 1, false],
  ]);
});

test("a file that reads like a patch is not taken for one", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "x\n", "b.txt": "x\n" });
  const before = await checkpoints.take(project);
  await writeFile(join(project.root, "a.txt"), "x\rdiff --git a/q b/q\n@@ -1 +1 @@\n-- \n++ z\n");
  await writeFile(join(project.root, "b.txt"), "y\n");
  const after = await checkpoints.take(project);
  const diffs = await checkpoints.diff(project, { fromTree: before.tree, toTree: after.tree });
  expect(
    diffs.map((diff) => diff.hunks.flatMap((hunk) => hunk.lines.map((line) => `${line.type} ${line.text}`))),
  ).toEqual([
    ["removed x", "added x\rdiff --git a/q b/q", "added @@ -1 +1 @@", "added -- ", "added ++ z"],
    ["removed x", "added y"],
  ]);
});

test("calls for one project wait for each other, and a lock or a damaged index left behind is no obstacle", async () => {
  const { checkpoints, project, directory } = await setUp({ "a.txt": "one\n" });
  const taken = await Promise.all(Array.from({ length: 5 }, () => checkpoints.take(project)));
  expect(new Set(taken.map((checkpoint) => checkpoint.tree)).size).toBe(1);
  await writeFile(join(directory, "p1.git", "index.lock"), "");
  await writeFile(join(directory, "p1.git", "index"), "damaged");
  await writeFile(join(project.root, "a.txt"), "two\n");
  const after = await new Checkpoints({ directory }).take(project);
  const [first] = taken;
  const summary = await checkpoints.summarise(project, first?.tree ?? "", after.tree);
  expect(summary.files.map((file) => file.path)).toEqual(["a.txt"]);
});

test("a stopped checkpoint rejects, and the next one works", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "one\n" });
  await expect(checkpoints.take(project, AbortSignal.abort())).rejects.toMatchObject({ reason: "aborted" });
  expect((await checkpoints.take(project)).omitted).toEqual([]);
});

test("a checkpoint that is stopped while it waits for another one rejects at once, and that one is taken", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "one\n" });
  const order: string[] = [];
  const first = checkpoints.take(project).then(() => order.push("taken"));
  const stop = new AbortController();
  const waiting = checkpoints.take(project, stop.signal).catch((error: unknown) => {
    order.push("stopped");
    return error;
  });
  stop.abort();
  expect(await waiting).toMatchObject({ reason: "aborted" });
  const next = checkpoints.take(project).then(() => order.push("next"));
  await Promise.all([first, next]);
  expect(order).toEqual(["stopped", "taken", "next"]);
});

test("whoever asks while one waits gets that one, which is of a moment after all of them asked", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "one\n" });
  const running = checkpoints.take(project);
  const [second, third] = [checkpoints.take(project), checkpoints.take(project)];
  await running;
  expect(await second).toBe(await third);
  await writeFile(join(project.root, "a.txt"), "two\n");
  expect(await checkpoints.take(project)).not.toEqual(await third);
});

async function setUp(files: Record<string, string>) {
  const root = join(await temporaryFolder(), "project");
  const directory = await temporaryFolder();
  await mkdir(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { checkpoints: new Checkpoints({ directory }), project: { id: "p1", root }, directory };
}

async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) hash.update(path).update(await readFile(path));
  return hash.digest("hex");
}

test("the paths that differ are told for each pair of trees, in their order; a tree that is gone is an error", async () => {
  const { checkpoints, project } = await setUp({ "a.txt": "1", "b.txt": "1" });
  const one = (await checkpoints.take(project)).tree;
  await writeFile(join(project.root, "a.txt"), "2");
  await writeFile(join(project.root, 'odd "n\n'), "2");
  const two = (await checkpoints.take(project)).tree;
  await rm(join(project.root, "b.txt"));
  const three = (await checkpoints.take(project)).tree;
  const pairs = [
    [one, two],
    [two, two],
    [two, three],
    [one, two],
    [three, one],
  ] as const;
  const asked = pairs.map(([fromTree, toTree]) => ({ fromTree, toTree }));
  const odd = 'odd "n\n';
  expect(await checkpoints.changedPaths(project, asked)).toEqual([
    ["a.txt", odd],
    [],
    ["b.txt"],
    ["a.txt", odd],
    ["a.txt", "b.txt", odd],
  ]);
  expect(await checkpoints.changedPaths(project, [])).toEqual([]);
  const gone = { fromTree: one, toTree: "1".repeat(40) };
  for (const trees of [[gone], [...asked, gone], [gone, ...asked]])
    await expect(checkpoints.changedPaths(project, trees)).rejects.toThrow("diff-tree");
});

test("that a checkpoint cannot be synced in the background is told", async () => {
  const directory = await temporaryFolder();
  const root = await temporaryFolder();
  await writeFile(join(root, "a.txt"), "x");
  const project = { id: "p1", root };
  // None is synced before what it fails on is there.
  await new Checkpoints({ directory, syncAfterMs: 3_600_000 }).take(project);
  await mkdir(join(directory, "p1.git", "synced"));
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  await new Checkpoints({ directory, syncAfterMs: 0 }).take(project);
  await vi.waitFor(() =>
    expect(warnings.join("\n")).toContain(`A checkpoint of ${root} is not sure to survive a power cut`),
  );
});
