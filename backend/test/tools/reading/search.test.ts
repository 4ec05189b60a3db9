import { mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limitsFor } from "../../../src/agent/room/result-limits.ts";
import { globTool } from "../../../src/tools/reading/glob.ts";
import { grepTool } from "../../../src/tools/reading/grep.ts";
import { listTool } from "../../../src/tools/reading/list.ts";
import { stage } from "../stage.ts";

test("glob lists files newest first", async () => {
  const { call, root } = await stage({ "old.ts": "", "src/new.ts": "", "x.md": "" });
  await utimes(join(root, "old.ts"), 1_000, 1_000);
  expect(await call(globTool, { pattern: "**/*.ts" })).toEqual({
    text: "src/new.ts\nold.ts",
    output: { type: "entries", count: 2 },
  });
  expect((await call(globTool, { pattern: join(root, "src/*.ts") })).text).toBe("src/new.ts");
  expect((await call(globTool, { pattern: "*.ts", path: "src" })).text).toBe("src/new.ts");
});

test("glob says how many more there are, and when there are none", async () => {
  const { call } = await stage(
    Object.fromEntries(Array.from({ length: 103 }, (_, index) => [`f${index}.ts`, ""])),
  );
  expect((await call(globTool, { pattern: "*.ts" })).text).toMatch(
    /\(the newest 100 of 103 files; narrow the pattern to see the others\)$/,
  );
  expect((await call(globTool, { pattern: "*.rs" })).text).toBe(
    "No file matches *.rs in the project. Ignored files are not listed. Try a wider pattern such as **/*name*.",
  );
});

test("glob refuses a bad pattern, a file and a missing folder", async () => {
  const { failure } = await stage({ "a.ts": "" });
  expect(await failure(globTool, { pattern: "{a" })).toMatch(/Correct the pattern and try again\.$/);
  expect(await failure(globTool, { pattern: "*", path: "a.ts" })).toBe(
    "a.ts is a file. Give a folder as path, or use read.",
  );
  expect(await failure(globTool, { pattern: "*", path: "src" })).toMatch(/^There is no file src\./);
});

const files = { "src/a.ts": "one\nneedle 1\ntwo\nthree\nfour\nneedle 2\n", "b.md": "Needle\n" };

test("grep groups lines by file", async () => {
  const { call } = await stage(files);
  expect(await call(grepTool, { pattern: "needle", ignore_case: true })).toEqual({
    text: "b.md\n1: Needle\n\nsrc/a.ts\n2: needle 1\n6: needle 2",
    output: { type: "matches", count: 3, files: 2 },
  });
  expect((await call(grepTool, { pattern: "needle", context: 1 })).text).toBe(
    "src/a.ts\n1- one\n2: needle 1\n3- two\n\n5- four\n6: needle 2",
  );
  expect((await call(grepTool, { pattern: "needle", mode: "files", glob: "*.ts" })).text).toBe("src/a.ts");
  expect((await call(grepTool, { pattern: "needle", mode: "count", path: "src" })).text).toBe("src/a.ts: 2");
});

test("grep stops at 100 matches", async () => {
  const { call } = await stage({ "a.txt": "needle\n".repeat(150) });
  expect((await call(grepTool, { pattern: "needle" })).text).toMatch(
    /\(the first 100 matches; there are more: narrow the search with path or glob\)$/,
  );
});

test("grep says what was searched in vain", async () => {
  const { call } = await stage(files);
  expect((await call(grepTool, { pattern: "absent", glob: "*.ts" })).text).toBe(
    "No match for absent in the project, files like *.ts (1 files searched). Ignored files are not searched. Try a shorter pattern or ignore_case.",
  );
});

test("grep searches for plain text what is no expression, and says why", async () => {
  const { call, failure } = await stage({ "a.txt": "f(x\n" });
  expect((await call(grepTool, { pattern: "f(" })).text).toMatch(
    /^The pattern is not a valid regular expression, so it was searched as plain text:\n[\s\S]*unclosed group[\s\S]*a\.txt\n1: f\(x$/,
  );
  expect((await call(grepTool, { pattern: "f(", literal: true })).text).toBe("a.txt\n1: f(x");
  expect(await failure(grepTool, { pattern: "f", glob: "{a" })).toMatch(/Correct it and try again\.$/);
});

test("RES-01: an expression that backtracks for ever elsewhere is answered, beside one that is not taken", async () => {
  const { call } = await stage({ "a.txt": `${"a".repeat(40)}!\n` });
  expect((await call(grepTool, { pattern: "(a+)+$" })).output).toEqual({
    type: "matches",
    count: 0,
    files: 0,
  });
  // A linear engine has no way back: it says so instead of trying.
  expect((await call(grepTool, { pattern: "(a)\\1" })).text).toMatch(/backreferences are not supported/);
});

test("grep names files where their lines would be too long", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`f${index}.txt`, "needle\n".repeat(10)]),
  );
  const { context } = await stage(files);
  const small = { ...context, limits: limitsFor("small", null) };
  const result = await (await grepTool.plan({ pattern: "needle" }, small)).run(small);
  expect(result.text).toMatch(
    /^The lines of 40 and more matches would be too long; here are the files\. Narrow [\s\S]*\n\nf0\.txt: 10\n[\s\S]*f7\.txt: 10$/,
  );
  expect(result.output).toEqual({ type: "matches", count: 80, files: 8 });
  const one = await (await grepTool.plan({ pattern: "needle", path: "f0.txt", context: 1 }, small)).run(
    small,
  );
  expect(one.output).toEqual({ type: "matches", count: 10, files: 1 });
});

test("grep takes other dialects' words for its modes", () => {
  expect(grepTool.input.parse({ pattern: "a", mode: "files_with_matches" })).toEqual({
    pattern: "a",
    mode: "files",
  });
  expect(grepTool.input.safeParse({ pattern: "a", mode: "else" }).success).toBe(false);
});

test("list shows two levels, folders first, without what is ignored", async () => {
  const { call, failure, root } = await stage({
    "b.txt": "",
    "src/a.ts": "",
    "src/deep/x/y.ts": "",
    "src/deep/z.ts": "",
    "out/x": "",
    ".gitignore": "out\n",
  });
  await mkdir(join(root, ".git"));
  expect(await call(listTool, {})).toEqual({
    text: "src/\n  deep/ (2 files)\n  a.ts\n.gitignore\nb.txt\n\n(5 files)",
    output: { type: "entries", count: 5 },
  });
  expect((await call(listTool, { path: "src", depth: 3 })).text).toBe(
    "deep/\n  x/\n    y.ts\n  z.ts\na.ts\n\n(3 files)",
  );
  expect(await failure(listTool, { path: "b.txt" })).toBe("b.txt is a file. Use read for it.");
});

test("list stops at 200 lines", async () => {
  const { call } = await stage(
    Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`f${index}`, ""])),
  );
  expect((await call(listTool, {})).text).toMatch(
    /\n… and 5 more: list a folder of these, or use glob\n\n\(205 files\)$/,
  );
});

test("grep keeps secrets back, and says so", async () => {
  const { call, root } = await stage({ ".env": "needle=1\n", "a.txt": "needle\n" });
  await mkdir(join(root, ".git"));
  expect((await call(grepTool, { pattern: "needle" })).text).toBe(
    "a.txt\n1: needle\n\n(1 matches in files with secrets are not shown; give such a file as path to ask for it)",
  );
});
