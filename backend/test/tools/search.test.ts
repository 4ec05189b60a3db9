import { mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { globTool } from "../../src/tools/glob.ts";
import { grepTool } from "../../src/tools/grep.ts";
import { stage } from "./stage.ts";

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

test("grep offers a literal search for a bad expression", async () => {
  const { call, failure } = await stage({ "a.txt": "f(x\n" });
  expect(await failure(grepTool, { pattern: "f(" })).toMatch(
    /unclosed group[\s\S]*call grep again with literal: true\.$/,
  );
  expect((await call(grepTool, { pattern: "f(", literal: true })).text).toBe("a.txt\n1: f(x");
});

test("RES-01: an expression that backtracks for ever elsewhere is answered, beside one that is not taken", async () => {
  const { call, failure } = await stage({ "a.txt": `${"a".repeat(40)}!\n` });
  expect((await call(grepTool, { pattern: "(a+)+$" })).output).toEqual({
    type: "matches",
    count: 0,
    files: 0,
  });
  // A linear engine has no way back: it says so instead of trying.
  expect(await failure(grepTool, { pattern: "(a)\\1" })).toMatch(/backreferences are not supported/);
});

test("grep keeps secrets back, and says so", async () => {
  const { call, root } = await stage({ ".env": "needle=1\n", "a.txt": "needle\n" });
  await mkdir(join(root, ".git"));
  expect((await call(grepTool, { pattern: "needle" })).text).toBe(
    "a.txt\n1: needle\n\n(1 matches in files with secrets are not shown; give such a file as path to ask for it)",
  );
});
