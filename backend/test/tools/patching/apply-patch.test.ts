import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyPatchTool } from "../../../src/tools/patching/apply-patch.ts";
import { patchedBytes } from "../../../src/tools/patching/patch-application.ts";
import { readPatch } from "../../../src/tools/patching/patch-text.ts";
import { readTool } from "../../../src/tools/reading/read.ts";
import { stage } from "../stage.ts";
import { table } from "./patch-table.ts";
import { type Files, frame, update } from "./patch-texts.ts";

async function filesIn(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (path) => [relative(root, path), await readFile(path, "utf8")] as const),
  );
  return Object.fromEntries(texts.sort());
}

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
  const refusal =
    "a has changed since you last saw it (lines 1 to 3 differ); nothing was changed. Read it again.";
  expect(await failure(applyPatchTool, { patch: update("@@\n 1\n-2\n+x") })).toBe(refusal);
  expect(await failure(applyPatchTool, { patch: frame("*** Delete File: a") })).toBe(refusal);
  expect((await call(applyPatchTool, { patch: update("@@\n-1\n+one") })).text).toBe(
    "Changed a: +1 −1\nThe file had changed since you last saw it; lines 1 to 3 differ. Read it again before you rely on the rest of it.",
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
    const task = { shown: "a", chunks: file.chunks, bytes, difference: null };
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
