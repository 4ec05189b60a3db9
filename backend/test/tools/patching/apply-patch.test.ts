import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyPatchTool } from "../../../src/tools/patching/apply-patch.ts";
import { patchedBytes } from "../../../src/tools/patching/patch-application.ts";
import { readPatch } from "../../../src/tools/patching/patch-text.ts";
import { readTool } from "../../../src/tools/reading/read.ts";
import { stage } from "../stage.ts";

type Files = Readonly<Record<string, string>>;

async function filesIn(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (path) => [relative(root, path), await readFile(path, "utf8")] as const),
  );
  return Object.fromEntries(texts.sort());
}

const frame = (body: string): string => `*** Begin Patch\n${body}\n*** End Patch`;
const update = (body: string, path = "a"): string => frame(`*** Update File: ${path}\n${body}`);

const code = [
  "class A {",
  "  one() {",
  "    return 1;",
  "  }",
  "  two() {",
  "    return 1;",
  "  }",
  "}",
  "class B {",
  "  one() {",
  "    return 1;",
  "  }",
  "}",
  "",
].join("\n");

const changed = (line: number, text: string): string =>
  code
    .split("\n")
    .map((old, index) => (index === line - 1 ? text : old))
    .join("\n");
const inserted = (afterLine: number, text: string): string =>
  code
    .split("\n")
    .flatMap((old, index) => (index === afterLine - 1 ? [old, text] : [old]))
    .join("\n");

/** What comes of it: all files, or what the error says while nothing is changed. */
const table: readonly [fact: string, before: Files, patch: string, expected: Files | RegExp][] = [
  ["one line", { a: "1\n2\n3\n" }, update("@@\n 1\n-2\n+two\n 3"), { a: "1\ntwo\n3\n" }],
  ["without any @@", { a: "1\n2\n" }, update("-2\n+two"), { a: "1\ntwo\n" }],
  ["an addition after context", { a: "1\n2\n" }, update("@@\n 1\n+1.5"), { a: "1\n1.5\n2\n" }],
  ["an addition before context", { a: "1\n2\n" }, update("@@\n+0\n 1"), { a: "0\n1\n2\n" }],
  ["a deletion", { a: "1\n2\n3\n" }, update("@@\n 1\n-2\n 3"), { a: "1\n3\n" }],
  ["the deletion of all lines", { a: "1\n2\n" }, update("@@\n-1\n-2"), { a: "" }],
  ["two chunks", { a: "1\n2\n3\n4\n" }, update("@@\n-1\n+one\n@@\n-4\n+four"), { a: "one\n2\n3\nfour\n" }],
  [
    "two chunks in the wrong order",
    { a: "1\n2\n3\n" },
    update("@@\n-3\n+three\n@@\n-1\n+one"),
    { a: "one\n2\nthree\n" },
  ],
  [
    "the same line twice, by the order of the chunks",
    { a: "x\na\nx\n" },
    update("@@\n a\n@@\n-x\n+y"),
    { a: "x\na\ny\n" },
  ],
  ["a new file", {}, frame("*** Add File: src/a\n+1\n+\n+2"), { "src/a": "1\n\n2\n" }],
  ["a new file without any +", {}, frame("*** Add File: a\n1\n\n2"), { a: "1\n\n2\n" }],
  ["a new file with an empty line that has no +", {}, frame("*** Add File: a\n+1\n\n+2"), { a: "1\n\n2\n" }],
  ["a new, empty file", {}, frame("*** Add File: a"), { a: "" }],
  ["a deleted file", { a: "1\n", b: "2\n" }, frame("*** Delete File: a"), { b: "2\n" }],
  ["a moved file", { a: "1\n" }, update("*** Move to: b/c"), { "b/c": "1\n" }],
  ["a moved file that changes", { a: "1\n2\n" }, update("*** Move to: b\n@@\n-2\n+two"), { b: "1\ntwo\n" }],
  ["a move onto itself", { a: "1\n" }, update("*** Move to: ./a\n@@\n-1\n+2"), { a: "2\n" }],
  [
    "several files",
    { a: "1\n", b: "2\n" },
    frame("*** Update File: a\n@@\n-1\n+one\n*** Delete File: b\n*** Add File: c\n+3"),
    { a: "one\n", c: "3\n" },
  ],
  [
    "one file in two sections",
    { a: "1\n2\n" },
    frame("*** Update File: a\n@@\n-1\n+one\n*** Update File: a\n@@\n one\n-2\n+two"),
    { a: "one\ntwo\n" },
  ],
  [
    "a file that is made and changed",
    {},
    frame("*** Add File: a\n+1\n*** Update File: a\n@@\n-1\n+2"),
    { a: "2\n" },
  ],
  [
    "a file in the place of a deleted one",
    { a: "1\n" },
    frame("*** Delete File: a\n*** Add File: a\n+2"),
    { a: "2\n" },
  ],
  [
    "two files that change places",
    { a: "1\n", b: "2\n" },
    frame(
      "*** Update File: a\n*** Move to: c\n*** Update File: b\n*** Move to: a\n*** Update File: c\n*** Move to: b",
    ),
    { a: "2\n", b: "1\n" },
  ],
  ["a code fence", { a: "1\n" }, `\`\`\`diff\n${update("@@\n-1\n+2")}\n\`\`\``, { a: "2\n" }],
  ["a code fence without frame", { a: "1\n" }, "```\n*** Update File: a\n@@\n-1\n+2\n```", { a: "2\n" }],
  ["a heredoc", { a: "1\n" }, `apply_patch <<'EOF'\n${update("@@\n-1\n+2")}\nEOF`, { a: "2\n" }],
  [
    "a heredoc with a tag of its own and no end",
    { a: "1\n" },
    "apply_patch << PATCH\n*** Begin Patch\n*** Update File: a\n@@\n-1\n+2\nPATCH",
    { a: "2\n" },
  ],
  ["words before the patch", { a: "1\n" }, `Here it is:\n\n${update("@@\n-1\n+2")}\nDone.`, { a: "2\n" }],
  ["no frame", { a: "1\n" }, "*** Update File: a\n@@\n-1\n+2\n", { a: "2\n" }],
  ["no end", { a: "1\n" }, "*** Begin Patch\n*** Update File: a\n@@\n-1\n+2\n\n", { a: "2\n" }],
  [
    "two frames",
    { a: "1\n", b: "1\n" },
    `${update("@@\n-1\n+2")}\n${update("@@\n-1\n+2", "b")}`,
    { a: "2\n", b: "1\n" },
  ],
  [
    "numbers in the hunk's header",
    { a: "1\n2\n3\n" },
    update("@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3"),
    { a: "1\ntwo\n3\n" },
  ],
  [
    "wrong numbers in the hunk's header",
    { a: "1\n2\n" },
    update("@@ -90,7 +95 @@\n-2\n+two"),
    { a: "1\ntwo\n" },
  ],
  [
    "numbers, and the function that git shows",
    { a: code },
    update("@@ -9,3 +9,3 @@ class B {\n-    return 1;\n+    return 2;"),
    { a: changed(11, "    return 2;") },
  ],
  [
    "an empty line of context without its space",
    { a: "1\n\n2\n" },
    update("@@\n 1\n\n-2\n+two"),
    { a: "1\n\ntwo\n" },
  ],
  [
    "empty lines between sections",
    { a: "1\n", b: "1\n" },
    frame("*** Update File: a\n@@\n-1\n+2\n\n\n*** Update File: b\n\n@@\n-1\n+2\n"),
    { a: "2\n", b: "2\n" },
  ],
  ["context without its space", { a: "1\n2\n" }, update("@@\n1\n-2\n+two"), { a: "1\ntwo\n" }],
  [
    "a header that narrows",
    { a: code },
    update("@@ class B {\n-    return 1;\n+    return 2;"),
    { a: changed(11, "    return 2;") },
  ],
  [
    "stacked headers",
    { a: code },
    update("@@ class A {\n@@   one() {\n-    return 1;\n+    return 2;"),
    { a: changed(3, "    return 2;") },
  ],
  [
    "stacked headers without indentation",
    { a: code },
    update("@@ class A {\n@@ two() {\n-    return 1;\n+    return 2;"),
    { a: changed(6, "    return 2;") },
  ],
  [
    "a header with its second @@",
    { a: code },
    update("@@ class B { @@\n-    return 1;\n+    return 2;"),
    { a: changed(11, "    return 2;") },
  ],
  [
    "a header that is cut",
    { a: code },
    update("@@ class B\n-    return 1;\n+    return 2;"),
    { a: changed(11, "    return 2;") },
  ],
  [
    "a header that is the first line of the chunk too",
    { a: code },
    update("@@ class B {\n class B {\n   one() {\n-    return 1;\n+    return 2;"),
    { a: changed(11, "    return 2;") },
  ],
  [
    "new lines alone below their header",
    { a: code },
    update("@@ class B {\n+  zero() {}"),
    { a: inserted(9, "  zero() {}") },
  ],
  [
    "new lines alone below stacked headers",
    { a: code },
    update("@@ class B {\n@@   one() {\n+    log();"),
    { a: inserted(10, "    log();") },
  ],
  [
    "new lines alone at the end of the file",
    { a: "1\n" },
    update("@@\n+2\n*** End of File"),
    { a: "1\n2\n" },
  ],
  ["new lines alone in an empty file", { a: "" }, update("@@\n+1"), { a: "1\n" }],
  [
    "the last of several places, by the end of the file",
    { a: "x\n1\nx\n" },
    update("@@\n-x\n+y\n*** End of File"),
    { a: "x\n1\ny\n" },
  ],
  [
    "a header and the end of the file",
    { a: "f\nx\ng\nx\n" },
    update("@@ g\n-x\n+y\n*** End of File"),
    { a: "f\nx\ng\ny\n" },
  ],
  ["no final newline", { a: "1\n2" }, update("@@\n 1\n-2\n+two"), { a: "1\ntwo" }],
  [
    "no final newline, as diff says it",
    { a: "1\n2" },
    update("@@\n 1\n-2\n\\ No newline at end of file\n+two\n\\ No newline at end of file"),
    { a: "1\ntwo" },
  ],
  ["a line after the last one without its end", { a: "1\n2" }, update("@@\n 2\n+3"), { a: "1\n2\n3" }],
  ["new lines below a header that ends the file", { a: "1\nend" }, update("@@ end\n+2"), { a: "1\nend\n2" }],
  ["CRLF", { a: "1\r\n2\r\n3\r\n" }, update("@@\n 1\n-2\n+two\n+more"), { a: "1\r\ntwo\r\nmore\r\n3\r\n" }],
  ["CRLF below a header", { a: "1\r\n2\r\n" }, update("@@ 1\n+1.5"), { a: "1\r\n1.5\r\n2\r\n" }],
  [
    "a patch with CRLF",
    { a: "1\n2\n" },
    update("@@\n 1\n-2\n+two").replaceAll("\n", "\r\n"),
    { a: "1\ntwo\n" },
  ],
  ["a byte order mark", { a: "\uFEFF1\n2\n" }, update("@@\n-1\n+one"), { a: "\uFEFFone\n2\n" }],
  [
    "white space at line ends, kept on lines that stay",
    { a: "1 \n2\t\n" },
    update("@@\n 1\n-2\n+two"),
    { a: "1 \ntwo\n" },
  ],
  [
    "typographic quotes, kept on lines that stay",
    { a: "“1”\n2\n" },
    update('@@\n "1"\n-2\n+two'),
    { a: "“1”\ntwo\n" },
  ],
  [
    "tabs where the patch has spaces",
    { a: "\tif\n\t\tx\n" },
    update("@@\n if\n-    x\n+    y\n+    z"),
    { a: "\tif\n\t\ty\n\t\tz\n" },
  ],
  ["`$&` and its like", { a: "1\n" }, update("@@\n-1\n+$& $1 $$"), { a: "$& $1 $$\n" }],
  [
    "lines that look like marks",
    { a: "-1\n+2\n@@\n" },
    update("@@\n--1\n+-one\n ++2".replace("++2", "+2")),
    { a: "-one\n+2\n@@\n" },
  ],
  [
    "a removed line that looks like a diff's title",
    { a: "-- a\nb\n" },
    update("@@\n--- a\n+++ b\n b"),
    { a: "++ b\nb\n" },
  ],
  [
    "a unified diff",
    { a: "1\n2\n3\n" },
    "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n",
    { a: "1\ntwo\n3\n" },
  ],
  [
    "git's diff of two files",
    { a: "1\n", b: "1\n" },
    "diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\ndiff --git a/b b/b\nindex 1..2 100644\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-1\n+2\n",
    { a: "2\n", b: "2\n" },
  ],
  [
    "a unified diff of a new and a deleted file",
    { a: "1\n" },
    "--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+3\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
    { c: "3\n" },
  ],
  [
    "a unified title inside an update",
    { a: "1\n" },
    update("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2"),
    { a: "2\n" },
  ],
  [
    "other words for the sections",
    { b: "1\n" },
    frame("*** Create File: a\n+1\n*** Remove File: b"),
    { a: "1\n" },
  ],

  [
    "no: nothing like it",
    { a: "1\n2\n" },
    update("@@\n-zzz\n+y"),
    /^The chunk: its lines were not found in a; nothing was changed\. Nothing like it is there\. Read the file again\.$/,
  ],
  [
    "no: a near miss, with the lines",
    { a: "let total = 1;\n" },
    update("@@\n-let totals = 1;\n+x"),
    /The nearest text:\nlines 1 to 1:\n1\tlet total = 1;\nTake the lines/,
  ],
  [
    "no: it is done already",
    { a: "let b = 2;\n" },
    update("@@\n-let a = 1;\n+let b = 2;"),
    /Its new lines are already in the file, line 1\. Read these lines/,
  ],
  [
    "no: several places",
    { a: code },
    update("@@\n-    return 1;\n+    return 2;"),
    /^The chunk fits 3 places in a \(lines 3, 6, 11\); nothing was changed\. Add lines of context/,
  ],
  [
    "no: several places below a header",
    { a: code },
    update("@@ class A {\n-    return 1;\n+    return 2;"),
    /fits 2 places in a \(lines 3, 6\)/,
  ],
  [
    "no: a header that is not there",
    { a: code },
    update("@@ class C {\n-    return 1;\n+    return 2;"),
    /^The chunk: its @@ line was not found in a; nothing was changed\. The nearest text:[\s\S]*Use one of these lines after @@/,
  ],
  [
    "no: new lines below a header that stands twice",
    { a: code },
    update("@@   one() {\n+    log();"),
    /its @@ line stands 2 times in a \(lines 2, 10\)/,
  ],
  [
    "no: new lines that say not where",
    { a: "1\n" },
    update("@@\n+2"),
    /has new lines alone and does not say where[\s\S]*Put the line before them in front, with a space\.$/,
  ],
  ["no: a part of a line", { a: "abc\n" }, update("@@\n-b\n+x"), /were not found/],
  [
    "no: one chunk of two, named",
    { a: "1\n2\n" },
    update("@@\n-1\n+one\n@@\n-zzz\n+3"),
    /^Chunk 2: its lines were not found/,
  ],
  [
    "no: two chunks of one place",
    { a: "1\n2\n" },
    update("@@\n-1\n-2\n+x\n@@\n-2\n+y"),
    /^Chunk 2 overlaps one before it/,
  ],
  ["no: left-out code", { a: "1\n" }, update("@@\n-1\n+// ... rest of the code ..."), /leaves code out/],
  [
    "no: left-out code in a new file",
    {},
    frame("*** Add File: a\n+// ... existing code ..."),
    /leaves code out/,
  ],
  [
    "no: a missing file",
    { abc: "1\n" },
    update("@@\n-1\n+2", "abd"),
    /^There is no file abd\. Did you mean abc\?/,
  ],
  [
    "no: a file that is there already",
    { a: "1\n" },
    frame("*** Add File: a\n+2"),
    /^a already exists; nothing was changed\. Use \*\*\* Update File for it\.$/,
  ],
  ["no: the deletion of a missing file", {}, frame("*** Delete File: a"), /^There is no file a\./],
  [
    "no: a move onto another file",
    { a: "1\n", b: "2\n" },
    update("*** Move to: b"),
    /^b already exists; nothing was changed\. Delete it in the same patch first/,
  ],
  ["no: no file at all", { a: "1\n" }, "just words", /^There is no file in the patch\. A patch is: /],
  ["no: a file without changes", { a: "1\n" }, update(""), /^a has no changes in the patch/],
  ["no: changes that change nothing", { a: "1\n" }, update("@@\n-1\n+1"), /^The patch changes nothing/],
  [
    "no: a line without + in a new file",
    {},
    frame("*** Add File: a\n+1\n2"),
    /the line "2" does not begin with \+/,
  ],
  [
    "no: the second file fails, so the first stays",
    { a: "1\n", b: "2\n" },
    frame("*** Update File: a\n@@\n-1\n+one\n*** Update File: b\n@@\n-9\n+x"),
    /were not found in b/,
  ],
];

test("the table of patches has at least 60 rows, each a fact of its own", () => {
  expect(new Set(table.map(([fact]) => fact)).size).toBe(table.length);
  expect(table.length).toBeGreaterThanOrEqual(60);
});

test.each(table)("patches %s", async (...row) => {
  const [, before, patch, expected] = row;
  const { call, failure, root } = await stage(before);
  if (expected instanceof RegExp) {
    expect(await failure(applyPatchTool, { patch })).toMatch(expected);
    expect(await filesIn(root)).toEqual(before);
    return;
  }
  await call(applyPatchTool, { patch });
  expect(await filesIn(root)).toEqual(expected);
});

test("shows exactly what is then written, and says what was done", async () => {
  const { call, plan, root } = await stage({ a: "1\n2\n", b: "old\n", c: "moved\n" });
  await chmod(join(root, "c"), 0o755);
  const patch = frame(
    "*** Update File: a\n@@\n-2\n+two\n*** Delete File: b\n*** Update File: c\n*** Move to: d\n*** Add File: e\n+new",
  );
  const content = [
    { type: "diff", path: "a", oldText: "1\n2\n", newText: "1\ntwo\n", oldLine: 1, newLine: 1 },
    { type: "diff", path: "b", oldText: "old\n", newText: "", oldLine: 1, newLine: 1 },
    { type: "diff", path: "e", oldText: null, newText: "new\n", oldLine: 1, newLine: 1 },
  ];
  expect(await plan(applyPatchTool, { patch })).toMatchObject({
    title: "a, b, c → d, e",
    access: { type: "write", paths: ["a", "b", "c", "d", "e"].map((name) => join(root, name)) },
    subject: {
      type: "edit",
      path: "a, b, c → d, e",
      added: 2,
      removed: 2,
      created: false,
      deleted: true,
      moved: true,
    },
    content,
  });
  expect(await call(applyPatchTool, { patch })).toEqual({
    text: "Changed a: +1 −1\nDeleted b: +0 −1\nMoved c → d: +0 −0\nCreated e: +1 −0",
    content,
    output: { type: "edit", added: 2, removed: 2, created: false },
  });
  expect((await stat(join(root, "d"))).mode & 0o777).toBe(0o755);
});

test("writes none of the files when one cannot be written", async () => {
  const { context, plan, root } = await stage({ a: "1\n", b: "2\n", "c/x": "3\n" });
  const patch = frame(
    "*** Update File: a\n@@\n-1\n+one\n*** Delete File: b\n*** Add File: n\n+4\n*** Update File: c/x\n@@\n-3\n+three",
  );
  const before = await filesIn(root);
  const planned = await plan(applyPatchTool, { patch });
  await chmod(join(root, "c"), 0o555);
  // Root may write everywhere: then a folder in the file's place stands for the failure.
  if (process.getuid?.() === 0) {
    await rm(join(root, "c/x"));
    await mkdir(join(root, "c/x"));
    await expect(planned.run(context)).rejects.toThrow("is a folder");
    expect(await filesIn(root)).toEqual({ a: "1\n", b: "2\n" });
    return;
  }
  await expect(planned.run(context)).rejects.toThrow();
  await chmod(join(root, "c"), 0o755);
  expect(await filesIn(root)).toEqual(before);
});

test("gives every file its old content again when writing fails on the way", async () => {
  const { context, plan, root } = await stage({ a: "1\n", b: "2\n" });
  // A name that is too long fails when it is written, after the others.
  const patch = frame(
    `*** Update File: a\n@@\n-1\n+one\n*** Delete File: b\n*** Add File: x/${"n".repeat(250)}\n+4`,
  );
  const planned = await plan(applyPatchTool, { patch });
  const long = join(root, "x");
  await writeFile(long, "a file in the folder's place");
  await expect(planned.run(context)).rejects.toThrow();
  expect(await filesIn(root)).toEqual({ a: "1\n", b: "2\n", x: "a file in the folder's place" });
});

test("writes nothing when one of the files changes between the plan and the run", async () => {
  const { context, plan, root } = await stage({ a: "1\n", b: "2\n" });
  const patch = frame("*** Update File: a\n@@\n-1\n+one\n*** Update File: b\n@@\n-2\n+two");
  const planned = await plan(applyPatchTool, { patch });
  await writeFile(join(root, "b"), "else\n");
  await expect(planned.run(context)).rejects.toThrow("b was changed by someone else in the meantime");
  expect(await filesIn(root)).toEqual({ a: "1\n", b: "else\n" });
});

test("names to the policy what lies outside, and what a link leads to", async () => {
  const { plan, root, failure } = await stage({ real: "1\n" });
  await symlink("real", join(root, "AGENTS.md"));
  const add = await plan(applyPatchTool, { patch: frame("*** Add File: ../out\n+1") });
  expect(add.access).toEqual({ type: "write", paths: [join(root, "..", "out")] });
  const linked = await plan(applyPatchTool, { patch: update("@@\n-1\n+2", "AGENTS.md") });
  expect(linked.access).toEqual({ type: "write", paths: [join(root, "real"), join(root, "AGENTS.md")] });
  await writeFile(join(root, "..", "out"), "secret\n");
  expect(await failure(applyPatchTool, { patch: update("@@\n-x\n+y", "../out") })).toMatch(
    /must be read before it is changed\. Read it first\.$/,
  );
});

test("a file that has changed since it was read takes only what is certain, and is not deleted", async () => {
  const { call, failure, root } = await stage({ a: "1\n2\n" });
  await call(readTool, { path: "a" });
  await writeFile(join(root, "a"), "0\n1\n  2\n");
  expect(await failure(applyPatchTool, { patch: update("@@\n 1\n-2\n+x") })).toMatch(
    /has changed since you last saw it/,
  );
  expect(await failure(applyPatchTool, { patch: frame("*** Delete File: a") })).toMatch(/has changed since/);
  expect((await call(applyPatchTool, { patch: update("@@\n-1\n+one") })).text).toContain(
    "The file had changed",
  );
  expect(await readFile(join(root, "a"), "utf8")).toBe("0\none\n  2\n");
});

const line = fc.stringMatching(/^[ \t]{0,3}[a-c“é{}$&]{0,4}[ \t]{0,2}$/);

test("touches no byte outside the one region, whatever the file and the patch", async () => {
  const stages = new Set<string>();
  const cases = fc.record({
    rows: fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { minLength: 2, maxLength: 10 }),
    start: fc.nat(9),
    count: fc.integer({ min: 1, max: 3 }),
    added: fc.array(line, { minLength: 1, maxLength: 3 }),
    written: fc.constantFrom(
      (text: string) => text,
      (text: string) => text.trimEnd(),
      (text: string) => text.trim(),
    ),
  });
  const property = fc.property(cases, ({ rows, start, count, added, written }) => {
    // Each line is the only one of its kind, so that there is one region that can be meant.
    const texts = rows.map(
      ([text, end], index) => `${text.trimEnd()}#${index}${/[ \t]*$/.exec(text)?.[0]}${end}`,
    );
    const from = start % texts.length;
    const region = texts.slice(from, from + count);
    const chunk = [
      ...region.map((text) => `-${written(text.replace(/\r?\n$/, ""))}`),
      ...added.map((text) => `+${text}`),
    ];
    const [file] = readPatch(update(`@@\n${chunk.join("\n")}`));
    if (file?.type !== "update") throw new Error("not an update");
    const bytes = Buffer.from(texts.join(""));
    const task = { shown: "a", chunks: file.chunks, bytes, isStale: false };
    let after: Buffer;
    try {
      after = patchedBytes(task).after;
    } catch {
      // What cannot be placed is not written at all.
      stages.add("refused");
      return;
    }
    stages.add("placed");
    const head = Buffer.from(texts.slice(0, from).join(""));
    const tail = Buffer.from(texts.slice(from + count).join(""));
    expect(after.subarray(0, head.length)).toEqual(head);
    expect(after.subarray(after.length - tail.length)).toEqual(tail);
  });
  await fc.assert(property, { numRuns: 500, seed: 20 });
  expect(stages).toContain("placed");
});
