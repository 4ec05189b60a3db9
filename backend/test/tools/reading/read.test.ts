import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { limitsFor } from "../../../src/agent/room/result-limits.ts";
import { readTool } from "../../../src/tools/reading/read.ts";
import { hashOf } from "../../../src/workspace/files/file-text.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { stage } from "../stage.ts";

test("gives numbered lines, and remembers what was seen", async () => {
  const { call, context, root } = await stage({ "a.txt": "one\n\ttwo\n" });
  expect(await call(readTool, { path: "a.txt" })).toEqual({
    text: "1\tone\n2\t\ttwo",
    output: { type: "lines", from: 1, to: 2, total: 2 },
  });
  const bytes = Buffer.from("one\n\ttwo\n");
  expect(context.seen.hashOf(join(root, "a.txt"))).toBe(hashOf(bytes));
  expect(context.seen.bytesOf(join(root, "a.txt"))).toEqual(bytes);
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
    "a program",
    { path: "tool" },
    "tool is not text: ELF program, 12 bytes. Only text can be read; use shell with a program that understands it.",
  ],
  ["a pipe", { path: "pipe" }, /is a device, pipe or socket\. Read another file\.$/],
  ["a NUL", { path: "a\0b" }, "A path cannot contain a NUL character. Give a path inside the project."],
])("refuses %s", async (_what, input, message) => {
  const { failure, root } = await stage({
    "a.txt": "1\n2\n",
    tool: Buffer.from("7f454c460201010000000000", "hex"),
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

const picture = Buffer.from("89504e470d0a1a0a0000000d", "hex");

test("attaches a picture where the model sees it, and tells of it where not", async () => {
  const { call, context } = await stage({ "logo.png": picture });
  const output = { type: "image", mimeType: "image/png", bytes: 12 };
  expect(await call(readTool, { path: "logo.png" })).toEqual({
    text: "logo.png: PNG image, 12 bytes. This model takes no pictures: go by the name, or ask the user.",
    output,
  });
  const seeing = { ...context, seesImages: true };
  expect(await (await readTool.plan({ path: "logo.png" }, seeing)).run(seeing)).toEqual({
    text: "logo.png: PNG image, 12 bytes (attached)",
    images: [{ type: "image", mimeType: "image/png", data: picture.toString("base64") }],
    output,
  });
});

/** Stands for poppler's program: page n of ten says so, with what it read on its input. */
async function withProgram(script: string): Promise<void> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "pdftotext"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

afterEach(() => vi.unstubAllEnvs());

test("reads the text of a PDF by its pages", async () => {
  await withProgram(
    'head=$(head -c 4); i=$4; while [ $i -le $6 ] && [ $i -le 10 ]; do printf "%s page %s\\n\\f" "$head" $i; i=$((i+1)); done',
  );
  const { call, failure } = await stage({ "a.pdf": "%PDF-1.7\n" });
  expect((await call(readTool, { path: "a.pdf", pages: "2-3" })).text).toBe(
    '--- page 2 ---\n%PDF page 2\n\n--- page 3 ---\n%PDF page 3\n\n(pages 2 to 3; continue with pages="4-")',
  );
  expect((await call(readTool, { path: "a.pdf", pages: "9-" })).text).toMatch(/\(pages 9 to 10, the end\)$/);
  expect((await call(readTool, { path: "a.pdf", pages: "11" })).text).toBe(
    "a.pdf is a PDF document of 9 bytes. It has no page 11, or no text there. Try other pages.",
  );
  expect(await failure(readTool, { path: "a.pdf", pages: "x" })).toBe(
    'pages is "x". Give one page such as "3", or a range such as "2-5".',
  );
});

test("says when the text of a PDF cannot be had", async () => {
  const { failure } = await stage({ "a.pdf": "%PDF-1.7\n" });
  await withProgram(
    "printf 'Syntax Error: Couldn%st find trailer dictionary\\nSyntax Error: Couldn%st read xref table\\n' \"'\" \"'\" >&2; exit 1",
  );
  expect(await failure(readTool, { path: "a.pdf" })).toBe(
    "a.pdf is a PDF document of 9 bytes; pdftotext could not read it: Syntax Error: Couldn't find trailer dictionary. Try other pages, or go on without it.",
  );
  await withProgram(
    "echo 'Command Line Error: Wrong page range given: the first page (900) can not be after the last page (36).' >&2; exit 99",
  );
  expect(await failure(readTool, { path: "a.pdf", pages: "900" })).toBe(
    "a.pdf is a PDF document of 9 bytes and 36 pages: it has no page 900. Give pages from 1 to 36.",
  );
  await withProgram("exit 3");
  expect(await failure(readTool, { path: "a.pdf" })).toBe(
    "a.pdf is a PDF document of 9 bytes; pdftotext could not read it: pdftotext ended with 3. Try other pages, or go on without it.",
  );
  vi.stubEnv("PATH", await temporaryFolder());
  expect(await failure(readTool, { path: "a.pdf" })).toBe(
    "a.pdf is a PDF document of 9 bytes; its text cannot be read because pdftotext is not installed here. Ask the user to install poppler-utils, or use another program with shell.",
  );
});

const long = Array.from({ length: 200 }, (_, index) => [
  `export function f${index}() {`,
  `  return ${index};`,
  "}",
]).flat();

test("a file longer than the model has room for comes with its outline, once", async () => {
  const { context } = await stage({ "long.ts": `${long.join("\n")}\n` });
  const small = { ...context, limits: limitsFor("small", null) };
  const read = async (input: { path: string; offset?: number }) =>
    (await (await readTool.plan(input, small)).run(small)).text;
  const first = await read({ path: "long.ts" });
  expect(first).toMatch(
    /^Outline of 600 lines:\n1-3 export function f0\(\)\n4-6 export[\s\S]*\n… and \d+ more\n\n1\texport function f0\(\) \{\n[\s\S]*\(lines 1 to 150 of 600; continue with offset=151\)$/,
  );
  expect(Buffer.byteLength(first)).toBeLessThan(small.limits.readBytes + 1_000);
  expect(await read({ path: "long.ts", offset: 598 })).toBe(
    "598\texport function f199() {\n599\t  return 199;\n600\t}\n\n(lines 598 to 600 of 600, the end)",
  );
});

test("takes 0 for the first line, and a limit that is too high for the highest", async () => {
  const { call } = await stage({ "a.txt": "1\n2\n" });
  expect((await call(readTool, { path: "a.txt", offset: 0, limit: 99_999 })).text).toBe("1\t1\n2\t2");
  expect(readTool.input.parse({ path: "a", pages: 3 })).toEqual({ path: "a", pages: "3" });
});
