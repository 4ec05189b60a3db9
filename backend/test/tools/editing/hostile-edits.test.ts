/** Edits and patches of files that are made to keep whoever searches them busy: each of these took minutes, or grew with the square. */
import { expect, test } from "vitest";
import { findText } from "../../../src/tools/changes/text-matching.ts";
import { editTool } from "../../../src/tools/editing/edit.ts";
import { applyPatchTool } from "../../../src/tools/patching/apply-patch.ts";
import { readPatch } from "../../../src/tools/patching/patch-text.ts";
import { stage } from "../stage.ts";

const absent = { new: "q", all: false };

test.each<{ name: string; body: string; old: string }>([
  { name: "a line of no-break spaces", body: "\u00a0".repeat(500_000), old: "foo bar baz" },
  { name: "a padded line", body: `${" ".repeat(500_000)}x\n`, old: "  foo\n    bar\n" },
  { name: "lines that are all alike", body: "a\n".repeat(150_000), old: `${"a\n".repeat(20_000)}b\n` },
])("RES-01: a text is missed in $name in a moment", ({ body, old }) => {
  const bytes = Buffer.from(body, "utf8").toString("latin1");
  expect(findText({ body: bytes }, { ...absent, old })).toEqual({ type: "missing" });
});

test("RES-01: a text that stands on every line is told with its lines in a moment", () => {
  const outcome = findText({ body: "x = 1;\n".repeat(300_000) }, { ...absent, old: "x = 1;" });
  expect(outcome).toMatchObject({ type: "ambiguous" });
  expect(outcome.type === "ambiguous" && [outcome.lines.length, outcome.lines.at(-1)]).toEqual([
    300_000, 300_000,
  ]);
});

test.each<{ name: string; body: string; old: string; after: string }>([
  { name: "one long line", body: "ab ".repeat(100_000), old: "ab", after: "q ".repeat(100_000) },
  {
    name: "text that overlaps itself",
    body: "a".repeat(2_000_000),
    old: "a".repeat(20_000),
    after: "q".repeat(100),
  },
  { name: "indented lines", body: "\tx\n\ty\n".repeat(30_000), old: "  x\n  y", after: "q\n".repeat(30_000) },
])("RES-01: every place in $name is replaced in a moment", ({ body, old, after }) => {
  const outcome = findText({ body }, { old, new: "q", all: true });
  const text = outcome.type === "found" ? outcome.splices.map((splice) => splice.text) : [];
  expect(text.length).toBe(after.split("q").length - 1);
});

test("RES-01: many edits of a large file that overlap nowhere are compared in order of their places", async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => `row ${index} end`).join("\n");
  const s = await stage({ "rows.txt": rows });
  const edits = Array.from({ length: 100 }, (_, index) => ({ old: `w ${300 + index} end`, new: "x" }));
  const everywhere = [{ old: "ro", new: "Ro", all: true }, ...edits];
  await s.call(editTool, { path: "rows.txt", edits: everywhere });
  expect((await s.file("rows.txt")).split("\n").slice(299, 302)).toEqual(["Row 299 end", "Rox", "Rox"]);
  expect(editTool.input.safeParse({ path: "a", edits: [...everywhere, ...everywhere] }).success).toBe(false);
});

test.each<{ name: string; patch: string }>([
  { name: "a path with spaces inside", patch: `*** Add File: a${" ".repeat(300_000)}b\n+x` },
  {
    name: "a new path with spaces inside",
    patch: `*** Update File: a\n*** Move to: a${" ".repeat(300_000)}b`,
  },
  { name: "a header with spaces inside", patch: `*** Update File: a\n@@ x${" ".repeat(300_000)}y\n-a\n+b` },
  { name: "a header of signs", patch: `*** Update File: a\n@@ x${" @@".repeat(100_000)}y\n-a\n+b` },
  { name: "tabs in a diff's title", patch: `--- a/x${"\t".repeat(300_000)}\u2028y\n+++ b/x\n@@\n-a\n+b` },
])("RES-01: a patch with $name is read in a moment", ({ patch }) => {
  expect(readPatch(`*** Begin Patch\n${patch}\n*** End Patch`)).toHaveLength(1);
});

test("RES-01: headers that stand on thousands of lines are refused in a moment, and told how to be mended", async () => {
  const s = await stage({ "gen.txt": `${"    }\n".repeat(60_000)}end\n` });
  const patch = "*** Begin Patch\n*** Update File: gen.txt\n@@     }\n@@     }\n-end\n+fin\n*** End Patch";
  expect(await s.failure(applyPatchTool, { patch })).toBe(
    "The chunk: its @@ line stands on 60000 lines of gen.txt; nothing was changed. Use a line that stands there once, such as one with the class or function, or @@ alone with lines of context.",
  );
});

test("RES-01: headers that stand on hundreds of lines are each looked at once", async () => {
  const s = await stage({ "gen.txt": `${`a\n${"  b\n".repeat(2_000)}`.repeat(300)}end\n` });
  const patch = "*** Begin Patch\n*** Update File: gen.txt\n@@ a\n@@ a\n-end\n+fin\n*** End Patch";
  await s.call(applyPatchTool, { patch });
  expect((await s.file("gen.txt")).endsWith("  b\nfin\n")).toBe(true);
});

test("RES-01: a patch has at most 500 chunks and a million characters", () => {
  const chunks = (count: number) =>
    `*** Begin Patch\n*** Update File: a\n${"@@\n-a\n+b\n".repeat(count)}*** End Patch`;
  expect(readPatch(chunks(500))).toHaveLength(1);
  expect(() => readPatch(chunks(501))).toThrow("501 chunks");
  expect(() => readPatch(`*** Begin Patch\n*** Update File: a\n${"@@ x\n".repeat(51)}-a\n+b`)).toThrow(
    "51 @@ lines",
  );
  expect(applyPatchTool.input.safeParse({ patch: "x".repeat(1_000_001) }).success).toBe(false);
});
