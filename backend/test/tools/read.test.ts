import { execFileSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTool } from "../../src/tools/read.ts";
import { hashOf } from "../../src/workspace/file-text.ts";
import { stage } from "./stage.ts";

test("gives numbered lines, and remembers what was seen", async () => {
  const { call, context, root } = await stage({ "a.txt": "one\n\ttwo\n" });
  expect(await call(readTool, { path: "a.txt" })).toEqual({
    text: "1\tone\n2\t\ttwo",
    output: { type: "lines", from: 1, to: 2, total: 2 },
  });
  expect([...context.seen]).toEqual([[join(root, "a.txt"), hashOf(Buffer.from("one\n\ttwo\n"))]]);
});

test("gives a part, and says how to go on", async () => {
  const { call } = await stage({ "a.txt": "1\n2\n3\n4\n5\n" });
  expect((await call(readTool, { path: "a.txt", offset: 2, limit: 2 })).text).toBe(
    "2\t2\n3\t3\n\n(lines 2 to 3 of 5; continue with offset=4)",
  );
  expect((await call(readTool, { path: "a.txt", offset: 4 })).text).toBe(
    "4\t4\n5\t5\n\n(lines 4 to 5 of 5, the end)",
  );
});

test("ends after 2,000 lines and after 50 KB", async () => {
  const { call } = await stage({
    "long.txt": "x\n".repeat(2_500),
    "wide.txt": `${"y".repeat(999)}\n`.repeat(100),
  });
  expect((await call(readTool, { path: "long.txt" })).text).toMatch(
    /\(lines 1 to 2000 of 2500; continue with offset=2001\)$/,
  );
  expect((await call(readTool, { path: "wide.txt" })).text).toMatch(
    /\(lines 1 to 50 of 100; continue with offset=51\)$/,
  );
});

test("cuts a line at 2,000 characters", async () => {
  const { call } = await stage({ "a.txt": "x".repeat(2_010) });
  expect((await call(readTool, { path: "a.txt" })).text).toBe(
    `1\t${"x".repeat(2_000)} [10 more characters cut]`,
  );
});

test("lists a folder, folders first", async () => {
  const { call, root } = await stage({ "b.txt": "", "z/x": "", "a/y": "" });
  await symlink("a", join(root, "link"));
  expect(await call(readTool, { path: "." })).toEqual({
    text: "a/\nlink/\nz/\nb.txt\n\n(4 entries)",
    output: { type: "entries", count: 4 },
  });
});

test("lists at most 200 entries", async () => {
  const { call } = await stage(
    Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`f${index}`, ""])),
  );
  expect((await call(readTool, { path: "." })).text).toMatch(
    /\(205 entries, 5 not shown; use glob to narrow it\)$/,
  );
});

test("says of an empty file and folder that they are empty", async () => {
  const { call, root } = await stage({ "a.txt": "" });
  await mkdir(join(root, "empty"));
  expect((await call(readTool, { path: "a.txt" })).text).toBe("(empty file)");
  expect((await call(readTool, { path: "empty" })).text).toBe("(empty folder)");
});

test.each([
  [
    "past the end",
    { path: "a.txt", offset: 9 },
    "The offset is past the end: a.txt has 2 lines. Use an offset from 1 to 2.",
  ],
  [
    "a missing file",
    { path: "src/a.txt" },
    "There is no file src/a.txt. Did you mean a.txt? Use one of these, or glob.",
  ],
  [
    "nothing like it",
    { path: "completely-different.rs" },
    "There is no file completely-different.rs. Use glob to find it.",
  ],
  [
    "an image",
    { path: "logo.png" },
    "logo.png is not text: PNG image, 12 bytes. Only text can be read; use shell with a program that understands it.",
  ],
  ["a pipe", { path: "pipe" }, /is a device, pipe or socket\. Read another file\.$/],
  ["a NUL", { path: "a\0b" }, "A path cannot contain a NUL character. Give a path inside the project."],
])("refuses %s", async (_what, input, message) => {
  const { failure, root } = await stage({
    "a.txt": "1\n2\n",
    "logo.png": Buffer.from("89504e470d0a1a0a0000000d", "hex"),
  });
  execFileSync("mkfifo", [join(root, "pipe")]);
  expect(await failure(readTool, input)).toEqual(
    typeof message === "string" ? message : expect.stringMatching(message),
  );
});

test("plans for the policy where a path really leads", async () => {
  const { plan, root } = await stage();
  await symlink("/etc/passwd", join(root, "link"));
  expect(await plan(readTool, { path: "link" })).toMatchObject({
    title: "/etc/passwd",
    access: { type: "read", paths: ["/etc/passwd", join(root, "link")] },
    subject: { type: "read", path: "/etc/passwd" },
  });
});
