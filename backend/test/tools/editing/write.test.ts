import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeTool } from "../../../src/tools/editing/write.ts";
import { readTool } from "../../../src/tools/reading/read.ts";
import { stage } from "../stage.ts";

test("makes a file with its folders", async () => {
  const { call, file, root } = await stage();
  expect(await call(writeTool, { path: "src/deep/a.txt", content: "one\ntwo\n" })).toEqual({
    text: "Created src/deep/a.txt: +2 −0",
    content: [
      { type: "diff", path: "src/deep/a.txt", oldText: null, newText: "one\ntwo\n", oldLine: 1, newLine: 1 },
    ],
    output: { type: "edit", added: 2, removed: 0, created: true },
  });
  expect(await file("src/deep/a.txt")).toBe("one\ntwo\n");
  expect((await stat(join(root, "src/deep/a.txt"))).mode & 0o777).toBe(0o644);
});

test("makes an empty file", async () => {
  const { call, file } = await stage();
  expect((await call(writeTool, { path: "a", content: "" })).content).toEqual([
    { type: "diff", path: "a", oldText: null, newText: "", oldLine: 1, newLine: 1 },
  ]);
  expect(await file("a")).toBe("");
});

test("replaces a file that was read, and again what it wrote itself", async () => {
  const { call, file } = await stage({ "a.txt": "one\n" });
  await call(readTool, { path: "a.txt" });
  expect((await call(writeTool, { path: "a.txt", content: "two" })).content).toEqual([
    { type: "diff", path: "a.txt", oldText: "one\n", newText: "two", oldLine: 1, newLine: 1 },
  ]);
  await call(writeTool, { path: "a.txt", content: "three\n" });
  expect(await file("a.txt")).toBe("three\n");
});

test("refuses to replace what was not read or has changed since", async () => {
  const { call, failure, file, root } = await stage({ "a.txt": "one\n" });
  expect(await failure(writeTool, { path: "a.txt", content: "x" })).toBe(
    "a.txt exists and was not read in this session; nothing was written. Read it first, or use edit.",
  );
  await call(readTool, { path: "a.txt" });
  await writeFile(join(root, "a.txt"), "two\n");
  expect(await failure(writeTool, { path: "a.txt", content: "x" })).toBe(
    "a.txt has changed since you last saw it; nothing was written. Read it first, or use edit.",
  );
  expect(await file("a.txt")).toBe("two\n");
});

test("refuses when the file appears between the plan and the run", async () => {
  const { context, file, plan, root } = await stage();
  const planned = await plan(writeTool, { path: "a.txt", content: "x" });
  await writeFile(join(root, "a.txt"), "someone's");
  await expect(planned.run(context)).rejects.toThrow("a.txt was changed by someone else in the meantime");
  expect(await file("a.txt")).toBe("someone's");
});

test("refuses content that leaves code out, a folder, and no change", async () => {
  const { call, failure, root } = await stage({ "a.txt": "one\n" });
  await mkdir(join(root, "folder"));
  expect(await failure(writeTool, { path: "b.py", content: "def a():\n    # ... existing code ...\n" })).toBe(
    'The content leaves code out ("# ... existing code ..."). Write the whole file, or use edit for a piece of it.',
  );
  expect(await failure(writeTool, { path: "folder", content: "x" })).toMatch(
    /is a folder\. Choose a regular text file\.$/,
  );
  await call(readTool, { path: "a.txt" });
  expect(await failure(writeTool, { path: "a.txt", content: "one\n" })).toBe(
    "a.txt already has this content. Go on with the next step.",
  );
});

test("does not write beneath a file", async () => {
  const { failure } = await stage({ "a.txt": "one\n" });
  expect(await failure(writeTool, { path: "a.txt/b", content: "x" })).toMatch(/a\.txt is not a folder/);
});
