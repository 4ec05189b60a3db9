import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { differenceSince } from "../../../src/tools/changes/change-report.ts";
import { editTool } from "../../../src/tools/editing/edit.ts";
import { readTool } from "../../../src/tools/reading/read.ts";
import { stage } from "../stage.ts";

const source = "function add(a, b) {\n  return a - b;\n}\n\nexport { add };\n";

test("edits, and says what changed", async () => {
  const { call, file, plan } = await stage({ "src/add.js": source });
  const edit = { path: "src/add.js", old: "a - b", new: "a + b" };
  expect(await plan(editTool, edit)).toMatchObject({
    title: "src/add.js",
    locations: [{ path: "src/add.js", line: 1 }],
    access: { type: "write" },
    subject: { type: "edit", path: "src/add.js", added: 1, removed: 1, created: false },
  });
  const diff = {
    type: "diff",
    path: "src/add.js",
    oldText: source,
    newText: source.replace("-", "+"),
    oldLine: 1,
    newLine: 1,
  };
  expect(await call(editTool, edit)).toEqual({
    text: "Changed src/add.js: +1 −1\n2\t  return a + b;",
    content: [diff],
    output: { type: "edit", added: 1, removed: 1, created: false },
  });
  expect(await file("src/add.js")).toBe(source.replace("-", "+"));
});

test("plans without changing anything", async () => {
  const { file, plan } = await stage({ "a.txt": "one\n" });
  await plan(editTool, { path: "a.txt", old: "one", new: "two" });
  expect(await file("a.txt")).toBe("one\n");
});

test("makes several changes, each found in the file as it is, all or none", async () => {
  const { call, failure, file } = await stage({ "a.txt": "one\ntwo\n" });
  expect(
    await failure(editTool, {
      path: "a.txt",
      edits: [
        { old: "one", new: "1" },
        { old: "three", new: "3" },
      ],
    }),
  ).toMatch(/^edits\[1\]: old was not found in a\.txt/);
  expect(await file("a.txt")).toBe("one\ntwo\n");
  await call(editTool, {
    path: "a.txt",
    edits: [
      { old: "one", new: "1" },
      { old: "two", new: "one" },
    ],
  });
  expect(await file("a.txt")).toBe("1\none\n");
});

test("makes changes that stand in another order, and says what each became", async () => {
  const { call, file } = await stage({ "a.txt": "1\n2\n3\n4\n" });
  const edits = [
    { old: "4", new: "four\nfive" },
    { old: "1\n", new: "" },
    { old: "2", new: "two" },
  ];
  expect((await call(editTool, { path: "a.txt", edits })).text).toBe(
    "Changed a.txt: +3 −3\n3\tfour\n4\tfive\n1\ttwo\n1\ttwo",
  );
  expect(await file("a.txt")).toBe("two\n3\nfour\nfive\n");
});

test.each([
  [
    "edits of one place",
    [
      { old: "one\ntwo", new: "x" },
      { old: "two\nthree", new: "y" },
    ],
    "edits[1]: old overlaps that of edits[0]; nothing was changed. Make one edit of the two.",
  ],
  [
    "an edit of what an edit before it makes",
    [
      { old: "one", new: "1" },
      { old: "1\ntwo", new: "x" },
    ],
    "edits[1]: old is there only after the edits before it; nothing was changed, since every edit is found in the file as it is now. Make one edit of those.",
  ],
])("refuses %s", async (_what, edits, message) => {
  const { failure, file } = await stage({ "a.txt": "one\ntwo\nthree\n" });
  expect(await failure(editTool, { path: "a.txt", edits })).toBe(message);
  expect(await file("a.txt")).toBe("one\ntwo\nthree\n");
});

test("takes other dialects' names inside edits too", () => {
  const edits = [{ old_string: "a", newText: "b", replaceAll: true }];
  expect(editTool.input.parse({ path: "a", edits })).toEqual({
    path: "a",
    edits: [{ old: "a", new: "b", all: true }],
  });
});

test("keeps a byte order mark, CRLF, bytes that are no UTF-8, and the mode", async () => {
  const bytes = Buffer.concat([
    Buffer.from("\uFEFFone\r\ntwo\r\n"),
    Buffer.from([0xff, 0xfe, 0xe9]),
    Buffer.from("\r\nthree"),
  ]);
  const { call, root } = await stage({ "a.txt": bytes });
  await chmod(join(root, "a.txt"), 0o755);
  await call(editTool, { path: "a.txt", old: "\uFEFFone\ntwo", new: "one\n2\nand" });
  expect(await readFile(join(root, "a.txt"))).toEqual(
    Buffer.concat([
      Buffer.from("\uFEFFone\r\n2\r\nand\r\n"),
      Buffer.from([0xff, 0xfe, 0xe9]),
      Buffer.from("\r\nthree"),
    ]),
  );
  expect((await stat(join(root, "a.txt"))).mode & 0o777).toBe(0o755);
  expect(await readdir(root)).toEqual(["a.txt"]);
});

test("says when it matched loosely", async () => {
  const { call } = await stage({ "a.ts": "  if (a) {\n    b();\n  }\n" });
  const { text } = await call(editTool, {
    path: "a.ts",
    old: "if (a) {\n  b();\n}",
    new: "if (a) {\n  c();\n}",
  });
  expect(text).toBe(
    "Changed a.ts: +1 −1\n2\t    c();\n(old was found ignoring indentation; new was indented like the file)",
  );
});

test("shows the nearest lines when the text is not there", async () => {
  const { failure } = await stage({ "add.js": source });
  expect(await failure(editTool, { path: "add.js", old: "  return a * b;", new: "x" })).toBe(
    "old was not found in add.js; nothing was changed. The nearest text:\nlines 2 to 2:\n2\t  return a - b;\nTake old from the file exactly as it stands there, without line numbers.",
  );
  expect(await failure(editTool, { path: "add.js", old: "zzzzzz qqqqqq", new: "x" })).toBe(
    "old was not found in add.js; nothing was changed. Nothing like it is there. Read the file again.",
  );
});

test("says when the new text is already there", async () => {
  const { failure } = await stage({ "a.txt": "one\nnew line\nthree\n" });
  expect(await failure(editTool, { path: "a.txt", old: "old line", new: "new line\nthree" })).toBe(
    "old was not found in a.txt; nothing was changed. new is already in the file, lines 2 to 3. Read these lines before you edit again.",
  );
});

test("says how often and where a text is that is not unique", async () => {
  const { failure, call, file } = await stage({ "a.txt": "x\ny\nx\n" });
  expect(await failure(editTool, { path: "a.txt", old: "x", new: "z" })).toBe(
    "old occurs 2 times in a.txt (lines 1, 3); nothing was changed. Add lines around it until it is unique, or set all to true.",
  );
  await call(editTool, { path: "a.txt", old: "x", new: "z", all: true });
  expect(await file("a.txt")).toBe("z\ny\nz\n");
});

test.each([
  ["no texts", { path: "a.txt" }, "`old` and `new` are missing. Give both, or edits: [{old, new}]."],
  [
    "an empty old",
    { path: "a.txt", old: "", new: "x" },
    "old is empty. Give the text to replace, or use write for a whole file.",
  ],
  [
    "nothing new",
    { path: "a.txt", old: "one", new: "one" },
    "old and new are the same. Give the text as it shall become in new.",
  ],
  [
    "a comment for left-out code",
    { path: "a.txt", old: "one", new: "one\n// ... rest of the code ...\n" },
    'new leaves code out ("// ... rest of the code ..."), which would delete it. Give the whole text in new, or edit a smaller piece.',
  ],
  ["a folder", { path: ".", old: "a", new: "b" }, /is a folder\. Choose a regular text file\.$/],
  [
    "a binary file",
    { path: "b.bin", old: "a", new: "b" },
    "b.bin is not text (binary file). Use shell with a program that understands it.",
  ],
  [
    "a missing file",
    { path: "src/a.tx", old: "a", new: "b" },
    "There is no file src/a.tx. Did you mean a.txt? Use one of these, or glob.",
  ],
])("refuses %s", async (_what, input, message) => {
  const { failure } = await stage({ "a.txt": "one\ntwo\n", "b.bin": Buffer.from("a\0b") });
  expect(await failure(editTool, input)).toEqual(
    typeof message === "string" ? message : expect.stringMatching(message),
  );
});

test("keeps an omission comment that is in the file already", async () => {
  const { call, file } = await stage({ "a.txt": "// ... rest of the code\none\n" });
  await call(editTool, {
    path: "a.txt",
    old: "// ... rest of the code\none",
    new: "// ... rest of the code\ntwo",
  });
  expect(await file("a.txt")).toBe("// ... rest of the code\ntwo\n");
});

test("writes nothing when the file changes between the plan and the run", async () => {
  const { context, file, plan, root } = await stage({ "a.txt": "one\n" });
  const planned = await plan(editTool, { path: "a.txt", old: "one", new: "two" });
  await writeFile(join(root, "a.txt"), "one, by someone else\n");
  await expect(planned.run(context)).rejects.toThrow(
    "a.txt was changed by someone else in the meantime; nothing was written. Read it again.",
  );
  expect(await file("a.txt")).toBe("one, by someone else\n");
});

test("writes nothing when the path leads elsewhere at the run", async () => {
  const { context, plan, root } = await stage({ "src/a.txt": "one\n" });
  const outside = join(root, "..", "outside");
  await mkdir(outside);
  await writeFile(join(outside, "a.txt"), "one\n");
  const planned = await plan(editTool, { path: "src/a.txt", old: "one", new: "two" });
  await rename(join(root, "src"), join(root, "src2"));
  await symlink(outside, join(root, "src"));
  await expect(planned.run(context)).rejects.toThrow("leads elsewhere");
  expect(await readFile(join(outside, "a.txt"), "utf8")).toBe("one\n");
});

test("applies an exact edit to a file that has changed, and says so; a loose one not", async () => {
  const { call, failure, file, root } = await stage({ "a.txt": "one\ntwo\n" });
  await call(readTool, { path: "a.txt" });
  await writeFile(join(root, "a.txt"), "zero\none\n  two\n");
  expect(await failure(editTool, { path: "a.txt", old: "one\ntwo", new: "x\ntwo" })).toBe(
    "a.txt has changed since you last saw it (lines 1 to 3 differ); nothing was changed. Read it again.",
  );
  expect((await call(editTool, { path: "a.txt", old: "one", new: "1" })).text).toBe(
    "Changed a.txt: +1 −1\nThe file had changed since you last saw it; lines 1 to 3 differ. Read it again before you rely on the rest of it.\n2\t1",
  );
  expect(await file("a.txt")).toBe("zero\n1\n  two\n");
});

test.each([
  ["1\n2\n3\n", "1\nx\n3\n", "line 2 differs"],
  ["1\n2\n3\n4\n", "1\nx\ny\nz\n4\n", "lines 2 to 4 differ"],
  ["1\n2\n3\n", "1\n3\n", "lines are gone before line 2"],
  ["1\n2\n", "1\n2\n3\n4\n", "lines 3 to 4 differ"],
])("names what is other in a file since it was seen: %j, now %j: %s", (before, now, words) => {
  expect(differenceSince(Buffer.from(before), Buffer.from(now))).toBe(words);
});

test("knows the file after its own edit", async () => {
  const { call } = await stage({ "a.txt": "one\n" });
  await call(readTool, { path: "a.txt" });
  await call(editTool, { path: "a.txt", old: "one", new: "two" });
  expect((await call(editTool, { path: "a.txt", old: "two", new: "three" })).text).toBe(
    "Changed a.txt: +1 −1\n1\tthree",
  );
});

test("tells nothing of a secret or outside file that was not read", async () => {
  const { failure, root, plan } = await stage({ ".env": "KEY=secret-value\n" });
  await writeFile(join(root, "..", "outside.txt"), "secret-value\n");
  const text = await failure(editTool, { path: ".env", old: "KEY=secret", new: "x" });
  expect(text).toBe(".env must be read before it is edited. Read it first.");
  expect(await failure(editTool, { path: "../outside.txt", old: "x", new: "y" })).toMatch(
    /must be read before it is edited/,
  );
  await symlink(join(root, ".env"), join(root, "notes.txt"));
  await expect(plan(editTool, { path: "notes.txt", old: "x", new: "y" })).rejects.toThrow("must be read");
});

test("gives the policy both names of a file that is a link", async () => {
  const { root, plan } = await stage({ "real.txt": "one\n" });
  await symlink("real.txt", join(root, "AGENTS.md"));
  const planned = await plan(editTool, { path: "AGENTS.md", old: "one", new: "two" });
  expect(planned.access).toEqual({ type: "write", paths: [join(root, "real.txt"), join(root, "AGENTS.md")] });
});
