import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listFiles, searchText, type TextFound, type TextSearch } from "../../src/workspace/search.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const signal = new AbortController().signal;

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [index, [path, text]] of Object.entries(files).entries()) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
    await utimes(join(root, path), 1_000 + index, 1_000 + index);
  }
  return root;
}

function search(root: string, pattern: string, options: Partial<TextSearch> = {}): Promise<TextFound> {
  return searchText({
    root,
    path: root,
    isFile: false,
    pattern,
    isLiteral: false,
    ignoresCase: false,
    context: 0,
    limit: 100,
    signal,
    ...options,
  });
}

const files = {
  ".gitignore": "node_modules\ngen.ts\n",
  ".git/HEAD": "needle",
  ".hidden/a.ts": "needle hidden",
  ".env": "needle=1",
  "node_modules/x.ts": "needle",
  "gen.ts": "needle",
  "src/a.ts": "one\nneedle two\nthree\n",
  "src/b.md": "a Needle here\r\n",
};

test("finds lines, hidden files included; ignored ones, .git and secrets not", async () => {
  const root = await project(files);
  await mkdir(join(root, ".git"), { recursive: true });
  expect(await search(root, "needle")).toEqual({
    lines: [
      { path: ".hidden/a.ts", line: 1, text: "needle hidden", isMatch: true },
      { path: "src/a.ts", line: 2, text: "needle two", isMatch: true },
    ],
    hasMore: false,
    searched: 5,
    hidden: 1,
  });
});

test("searches a secret file that is named", async () => {
  const root = await project(files);
  const found = await search(root, "needle", { path: join(root, ".env"), isFile: true });
  expect(found.lines).toEqual([{ path: ".env", line: 1, text: "needle=1", isMatch: true }]);
});

test("keeps to a glob, which does not bring ignored files back", async () => {
  const root = await project(files);
  expect((await search(root, "needle", { glob: "*.ts" })).lines.map((line) => line.path)).toEqual([
    ".hidden/a.ts",
    "src/a.ts",
  ]);
  expect((await search(root, "needle", { glob: "src/**" })).lines.map((line) => line.path)).toEqual([
    "src/a.ts",
  ]);
});

test("ignores case, takes plain text, gives lines around", async () => {
  const root = await project({ "a.txt": "x\nA.B(\ny\n" });
  expect((await search(root, "a.b(", { ignoresCase: true, isLiteral: true, context: 1 })).lines).toEqual([
    { path: "a.txt", line: 1, text: "x", isMatch: false },
    { path: "a.txt", line: 2, text: "A.B(", isMatch: true },
    { path: "a.txt", line: 3, text: "y", isMatch: false },
  ]);
});

test("stops at the limit and says that there is more", async () => {
  const root = await project({ "a.txt": "needle\n".repeat(50) });
  const found = await search(root, "needle", { limit: 3 });
  expect([found.lines.length, found.hasMore]).toEqual([3, true]);
});

test("cuts long lines", async () => {
  const root = await project({ "a.txt": `needle${"x".repeat(5_000_000)}` });
  expect((await search(root, "needle")).lines[0]?.text.length).toBeLessThan(400);
});

test("says how many files were searched in vain", async () => {
  const root = await project({ "a.txt": "x", "b.txt": "y" });
  expect(await search(root, "needle")).toEqual({ lines: [], hasMore: false, searched: 2, hidden: 0 });
});

test("tells a bad pattern and a bad glob from other failures", async () => {
  const root = await project({ "a.txt": "x" });
  await expect(search(root, "a(")).rejects.toMatchObject({
    code: "bad_pattern",
    message: expect.stringContaining("unclosed group"),
  });
  await expect(search(root, "x", { glob: "{a" })).rejects.toMatchObject({ code: "bad_pattern" });
  await expect(search(root, "x", { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("takes a pattern and a path that look like options as what they are", async () => {
  const root = await project({ "--pre=touch": "--files\n" });
  expect((await search(root, "--files")).lines.map((line) => line.path)).toEqual(["--pre=touch"]);
});

test("does not follow links out of the project", async () => {
  const root = await project({ "a.txt": "x" });
  const other = await project({ "b.txt": "needle" });
  await symlink(other, join(root, "out"));
  expect((await search(root, "needle")).lines).toEqual([]);
});

test("lists files newest first, without ignored ones, and counts those beyond the limit", async () => {
  const root = await project({
    ".gitignore": "gen.ts\n",
    "a.ts": "",
    "sub/b.ts": "",
    "gen.ts": "",
    "c.md": "",
  });
  await mkdir(join(root, ".git"));
  const list = (options: object) =>
    listFiles({ root, path: root, isFile: false, limit: 10, signal, ...options });
  expect(await list({ glob: "*.ts" })).toEqual({ paths: ["sub/b.ts", "a.ts"], total: 2 });
  expect(await list({ glob: "**/*", limit: 1 })).toEqual({ paths: ["c.md"], total: 4 });
  expect(await list({ path: join(root, "sub") })).toEqual({ paths: ["sub/b.ts"], total: 1 });
});
