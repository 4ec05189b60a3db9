import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromByteString, toByteString } from "../../../src/tools/changes/file-lines.ts";
import { type FindOutcome, findText, spliced } from "../../../src/tools/changes/text-matching.ts";
import { editedBytes } from "../../../src/tools/editing/edit-application.ts";

type Replaced = Exclude<FindOutcome, { type: "found" }> | { type: "replaced"; body: string; stage: string };

/** All in byte strings. */
function replaceText(body: string, replacement: { old: string; new: string; all: boolean }): Replaced {
  const outcome = findText({ body }, replacement);
  if (outcome.type !== "found") return outcome;
  return { type: "replaced", body: spliced(body, outcome.splices), stage: outcome.stage };
}

/** `edit`: the old text and the new. */
function replace(body: string, edit: readonly [string, string], all = false): Replaced | string {
  const [old, replacement] = edit.map(toByteString);
  const outcome = replaceText(toByteString(body), { old: old ?? "", new: replacement ?? "", all });
  return outcome.type === "replaced" ? `${outcome.stage}: ${fromByteString(outcome.body)}` : outcome;
}

test.each<{ fact: string; body: string; edit: [string, string]; expected: string }>([
  { fact: "replaces what is there exactly", body: "a b c", edit: ["b", "x"], expected: "exact: a x c" },
  {
    fact: "takes `$&` and its like literally",
    body: "a b c",
    edit: ["b", "$& $1 $` $$"],
    expected: "exact: a $& $1 $` $$ c",
  },
  { fact: "deletes", body: "a\nb\nc\n", edit: ["b\n", ""], expected: "exact: a\nc\n" },
  {
    fact: "finds LF in a CRLF file and writes CRLF",
    body: "a\r\nb\r\nc\r\n",
    edit: ["a\nb", "a\nx\nb"],
    expected: "line_ends: a\r\nx\r\nb\r\nc\r\n",
  },
  {
    fact: "writes CRLF also for one exact line",
    body: "a\r\nb\r\n",
    edit: ["b", "x\ny"],
    expected: "exact: a\r\nx\r\ny\r\n",
  },
  {
    fact: "does not tear a CRLF apart",
    body: "a\r\nb\r\n",
    edit: ["\nb", "\nx"],
    expected: "exact: a\r\nx\r\n",
  },
  {
    fact: "finds CRLF in an LF file and writes LF",
    body: "a\nb\nc\n",
    edit: ["a\r\nb\r\n", "a\r\nx\r\n"],
    expected: "line_ends: a\nx\nc\n",
  },
  {
    fact: "keeps mixed line ends of lines that stay",
    body: "a\r\nb\nc\r\n",
    edit: ["a\nb\nc", "a\nx\nc"],
    expected: "line_ends: a\r\nx\nc\r\n",
  },
  {
    fact: "ignores white space at line ends, and keeps that of lines that stay",
    body: "a  \nb\t\nc\n",
    edit: ["a\nb\nc", "a\nx\nc"],
    expected: "trailing_space: a  \nx\nc\n",
  },
  {
    fact: "keeps a missing final newline",
    body: "a\nb",
    edit: ["b\n", "x\n"],
    expected: "line_ends: a\nx",
  },
  {
    fact: "ignores kinds of quotes, dashes and spaces",
    body: "say “hi” – a\u00a0b\n",
    edit: ['say "hi" - a b', "bye"],
    expected: "unicode: bye\n",
  },
  {
    fact: "ignores indentation and re-indents with the file's spaces",
    body: "  if (a) {\n    b();\n  }\n",
    edit: ["if (a) {\n  b();\n}", "if (a) {\n  b();\n  c();\n}"],
    expected: "indentation:   if (a) {\n    b();\n    c();\n  }\n",
  },
  {
    fact: "takes indentation away that the file does not have",
    body: "if (a) {\n  b();\n}\n",
    edit: ["    if (a) {\n      b();\n    }", "    if (c) {\n      b();\n    }"],
    expected: "indentation: if (c) {\n  b();\n}\n",
  },
  {
    fact: "re-indents with tabs where the file has tabs",
    body: "\tif (a) {\n\t\tb();\n\t}\n",
    edit: ["  if (a) {\n    b();\n  }", "  if (a) {\n    b();\n    c();\n  }"],
    expected: "indentation: \tif (a) {\n\t\tb();\n\t\tc();\n\t}\n",
  },
  {
    fact: "re-indents with spaces where the edit has tabs",
    body: "    a\n        b\n",
    edit: ["\ta\n\t\tb", "\ta\n\t\tx"],
    expected: "indentation:     a\n        x\n",
  },
  {
    fact: "gives new blank lines no indentation",
    body: "  a\n  b\n",
    edit: ["a\nb\n", "a\n\nb\n"],
    expected: "indentation:   a\n\n  b\n",
  },
  {
    fact: "strips line numbers of a reading",
    body: "one\ntwo\nthree\n",
    edit: ["2\ttwo\n3\tthree", "2\ttwo\n3\tx"],
    expected: "line_numbers: one\ntwo\nx\n",
  },
  {
    fact: "strips line numbers from old alone",
    body: "one\ntwo\n",
    edit: ["2: two", "x"],
    expected: "line_numbers: one\nx\n",
  },
  {
    fact: "does not take a byte of a character for white space",
    body: "caf\u00e0\nb\n",
    edit: ["caf\u00e0 \nb", "c\nb"],
    expected: "trailing_space: c\nb\n",
  },
])("$fact", ({ body, edit, expected }) => {
  expect(replace(body, edit)).toBe(expected);
});

/** What is found, and where it goes wrong: `null` is missing, numbers are the lines of an ambiguous text. */
const table: readonly [
  fact: string,
  body: string,
  old: string,
  text: string,
  expected: string | null | number[],
][] = [
  ["a word in a line", "let a = 1;\n", "a = 1", "a = 2", "exact: let a = 2;\n"],
  ["the whole file", "a\nb\n", "a\nb\n", "c\n", "exact: c\n"],
  ["the first byte", "abc", "a", "x", "exact: xbc"],
  ["the last byte", "abc", "c", "x", "exact: abx"],
  ["text that grows", "a\n", "a\n", "a\na\na\n", "exact: a\na\na\n"],
  ["text that vanishes with its line", "a\nb\nc", "b\n", "", "exact: a\nc"],
  ["`$1`, `$$`, `$'` and a backslash", "x", "x", "$1$$$'\\1", "exact: $1$$$'\\1"],
  ["what is a regular expression elsewhere", "a.*[b](c)+?\n", ".*[b](c)+?", "x", "exact: ax\n"],
  ["a tab that is a tab", "\ta\n", "\ta", "\tb", "exact: \tb\n"],
  ["a letter of two bytes", "größe = 1\n", "größe", "Größe", "exact: Größe = 1\n"],
  ["a letter beyond the first plane", "a 😀 b", "😀", "🎉", "exact: a 🎉 b"],
  ["a text beside invisible characters", "a\u200bb\n", "a\u200bb", "ab", "exact: ab\n"],
  ["a NUL free file with a form feed", "a\fb\n", "a\fb", "c", "exact: c\n"],
  ["a lone CR as a letter", "a\rb\n", "a\rb", "c", "exact: c\n"],
  ["several lines of a CRLF file", "a\r\nb\r\nc\r\n", "b\nc\n", "x\ny\n", "line_ends: a\r\nx\r\ny\r\n"],
  ["CRLF written by the edit in a CRLF file", "a\r\nb\r\n", "a\r\n", "x\r\ny\r\n", "exact: x\r\ny\r\nb\r\n"],
  ["a CRLF file's last line without its end", "a\r\nb", "a\nb\n", "a\nc\n", "line_ends: a\r\nc"],
  ["a line end that the file's end stands for", "a\nb", "b\n", "b\nc\n", "line_ends: a\nb\nc"],
  ["the last line, deleted where no line end is", "a\nb", "b\n", "", "line_ends: a\n"],
  ["LF lines in a file of mostly CRLF", "a\r\nb\nc\r\n", "b\n", "x\n", "exact: a\r\nx\nc\r\n"],
  ["spaces that the file has at line ends", "a   \nb\n", "a\nb", "c\nb", "trailing_space: c\nb\n"],
  ["spaces that only the edit has at line ends", "a\nb\n", "a  \nb\t", "c\nb", "trailing_space: c\nb\n"],
  ["white space on an empty line", "a\n   \nb\n", "a\n\nb", "a\n\nc", "trailing_space: a\n   \nc\n"],
  ["a space at the end of CRLF lines", "a \r\nb\r\n", "a\nb", "x\nb", "trailing_space: x\r\nb\r\n"],
  ["typographic quotes in the file", "say(“hi”)\n", 'say("hi")', 'say("ho")', 'unicode: say("ho")\n'],
  ["typographic quotes in the edit", 'say("hi")\n', "say(“hi”)", "say(1)", "unicode: say(1)\n"],
  ["single quotes", "it’s\n", "it's", "it is", "unicode: it is\n"],
  ["an en dash", "1 – 2\n", "1 - 2", "3", "unicode: 3\n"],
  ["a minus sign", "1 − 2\n", "1 - 2", "3", "unicode: 3\n"],
  ["a space that does not break", "a\u00a0b\n", "a b", "c", "unicode: c\n"],
  ["an ellipsis", "wait…\n", "wait...", "go", "unicode: go\n"],
  ["a typographic line that stays", "“a”\nb\n", '"a"\nb', '"a"\nc', "unicode: “a”\nc\n"],
  ["less indentation than the file has", "\t\tf();\n", "f();\n", "g();\n", "exact: \t\tg();\n"],
  [
    "lines with less indentation",
    "\t\tf();\n\t\tg();\n",
    "f();\ng();",
    "f();\nh();",
    "indentation: \t\tf();\n\t\th();\n",
  ],
  [
    "lines with more indentation",
    "f();\ng();\n",
    "  f();\n  g();",
    "  f();\n  h();",
    "indentation: f();\nh();\n",
  ],
  [
    "four spaces where the file has two",
    "  a\n    b\n",
    "    a\n      b",
    "    a\n      c",
    "indentation:   a\n    c\n",
  ],
  [
    "spaces where the file has tabs, a line added deeper",
    "\tif\n\t\tx\n",
    "    if\n        x",
    "    if\n        x\n            y",
    "indentation: \tif\n\t\tx\n\t\t\ty\n",
  ],
  ["indentation in a CRLF file", "  a\r\n  b\r\n", "a\nb", "a\nc", "indentation:   a\r\n  c\r\n"],
  ["numbers and tabs of a reading", "a\nb\n", "1\ta\n2\tb", "1\tx\n2\tb", "line_numbers: x\nb\n"],
  ["numbers and bars", "a\nb\n", " 1| a\n 2| b", "x\nb", "line_numbers: x\nb\n"],
  ["numbers and arrows", "a\nb\n", "     1→a\n     2→b", "x\nb", "line_numbers: x\nb\n"],
  ["numbers, and another indentation", "  a\n  b\n", "1\ta\n2\tb", "a\nc", "line_numbers:   a\n  c\n"],
  ["nothing: another word", "let a = 1;\n", "let b = 1;", "x", null],
  ["nothing: one letter too many", "abcdef\n", "abcdeff", "x", null],
  ["nothing: another case", "Name\n", "name", "x", null],
  ["nothing: a line between is missing", "a\nb\nc\n", "a\nc", "x", null],
  ["nothing: lines in another order", "a\nb\n", "b\na", "x", null],
  ["nothing: white space within a line differs", "a  b\n", "a b", "x", null],
  ["nothing: a line broken in two", "f(a, b)\n", "f(a,\n  b)", "x", null],
  ["nothing: only a part of the lines has numbers", "a\nb\n", "1\ta\nb", "x", null],
  ["nothing: an empty file", "", "a", "x", null],
  ["nothing: a body between the same first and last line", "{\n a\n b\n}\n", "{\n c\n}", "x", null],
  ["nothing: part of a line, with another indentation", "  ab\n  cd\n", "a\nc", "x", null],
  ["two words in one line", "a a\n", "a", "x", [1, 1]],
  ["two lines", "a\nb\na\n", "a\n", "x\n", [1, 3]],
  ["two places that overlap", "aaa\n", "aa", "x", [1, 1]],
  ["two CRLF places", "a\r\nb\r\na\r\nb\r\n", "a\nb", "x", [1, 3]],
  ["two places that differ at line ends", "a \nb\na\t\nb\n", "a\nb", "x", [1, 3]],
  ["two places that differ in quotes", "“a”\n„a“\n", '"a"', "x", [1, 2]],
  ["two places that differ in indentation", "  a\n  b\n    a\n    b\n", "\ta\n\tb", "x", [1, 3]],
];

test.each(table)("finds %s", (...row) => {
  const [, body, old, text, expected] = row;
  const outcome = replace(body, [old, text]);
  if (typeof expected === "string") expect(outcome).toBe(expected);
  else
    expect(outcome).toEqual(expected === null ? { type: "missing" } : { type: "ambiguous", lines: expected });
});

test("a file of 300,000 lines is edited at its end, and a text that is not in it is told of in time", () => {
  const body = Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`).join("");
  const startedAt = performance.now();
  expect(replace(body, ["line 299999\n", "end\n"])).toBe(`exact: ${body.replace("line 299999\n", "end\n")}`);
  expect(replace(body, ["line  299999", "end"])).toEqual({ type: "missing" });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("is ambiguous when the text is there more than once, and says where", () => {
  expect(replace("a\nb\na\n", ["a", "x"])).toEqual({ type: "ambiguous", lines: [1, 3] });
  expect(replace("aaa", ["aa", "x"])).toEqual({ type: "ambiguous", lines: [1, 1] });
  expect(replace("  a\nb\n    a\n", ["a  ", "x"])).toEqual({ type: "ambiguous", lines: [1, 3] });
});

test("does not go on to a looser stage after an ambiguous one", () => {
  expect(replace("x\nx\n  x \n", ["x\n", "y\n"])).toEqual({ type: "ambiguous", lines: [1, 2] });
});

test("replaces every place when asked", () => {
  expect(replace("a b a", ["a", "$&"], true)).toBe("exact: $& b $&");
  expect(replace("aaaa", ["aa", "b"], true)).toBe("exact: bb");
  expect(replace("  f(\n    x)\n\n      f(\n        x)\n", ["f(\n  x)", "g(\n  x)"], true)).toBe(
    "indentation:   g(\n    x)\n\n      g(\n        x)\n",
  );
});

test("finds nothing where a body differs between the same first and last lines", () => {
  expect(replace("function a() {\n  one();\n  two();\n}\n", ["function a() {\n  other();\n}", "x"])).toEqual({
    type: "missing",
  });
});

test("finds nothing where indentation differs in different ways", () => {
  expect(replace("  a\n b\n", ["a\n      b", "x"])).toEqual({ type: "missing" });
});

test("never takes blank lines for a loose match", () => {
  expect(replace("a\n\nb\n", ["  \n  ", "x"])).toEqual({ type: "missing" });
});

const line = fc.stringMatching(/^[ \t]{0,3}[a-c“é{}]{0,4}[ \t]{0,2}$/);
const edit = fc.record({
  rows: fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { minLength: 1, maxLength: 12 }),
  start: fc.nat(11),
  count: fc.integer({ min: 1, max: 4 }),
  added: fc.array(line, { maxLength: 4 }),
  /** What of the lines' white space a model gets wrong. */
  written: fc.constantFrom(
    (text: string) => text,
    (text: string) => text.trimEnd(),
    (text: string) => text.trim(),
  ),
});

test("touches no byte outside the one region, whatever the file and the edit", async () => {
  const stages = new Set<string>();
  const property = fc.property(edit, ({ rows, start, count, added, written }) => {
    // Each line is the only one of its kind, so that there is one region that can be meant.
    const texts = rows.map(
      ([text, end], index) =>
        [`${text.trimEnd()}#${"abcdefghijkl"[index]}${/[ \t]*$/.exec(text)?.[0]}`, end] as const,
    );
    const from = start % texts.length;
    const region = texts.slice(from, from + count);
    const old = region.map(([text]) => written(text)).join("\n");
    const whole = (lines: typeof texts) => toByteString(lines.map((parts) => parts.join("")).join(""));
    const outcome = replaceText(whole(texts), {
      old: toByteString(old),
      new: toByteString(added.join("\n")),
      all: false,
    });
    if (outcome.type !== "replaced") return;
    stages.add(outcome.stage);
    expect(outcome.body.startsWith(whole(texts.slice(0, from)))).toBe(true);
    expect(outcome.body.endsWith(whole(texts.slice(from + count)))).toBe(true);
  });
  // A fixed seed: that every stage was reached is asserted too.
  await fc.assert(property, { numRuns: 1_000, seed: 20 });
  expect([...stages].sort()).toEqual(["exact", "indentation", "line_ends", "trailing_space"]);
});

test("keeps every byte of a file that is not UTF-8", async () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString("latin1"));
  const property = fc.property(bytes, bytes, (before, after) => {
    const replacement = { old: "<<unique text>>", new: toByteString("é$&"), all: false };
    const outcome = replaceText(`${before}<<unique text>>${after}`, replacement);
    expect(outcome).toMatchObject({ type: "replaced", body: `${before}${toByteString("é$&")}${after}` });
  });
  await fc.assert(property);
});

test("several edits touch no byte outside their own places, in whatever order they stand", async () => {
  const cases = fc.record({
    rows: fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { minLength: 3, maxLength: 12 }),
    picks: fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 4 }),
    texts: fc.array(fc.string({ maxLength: 6 }), { minLength: 4, maxLength: 4 }),
  });
  const property = fc.property(cases, ({ rows, picks, texts }) => {
    const parts = rows.map(([text, end], index) => ({ head: text, name: `#${"abcdefghijkl"[index]}#`, end }));
    const chosen = picks.filter((pick) => pick < parts.length);
    if (chosen.length === 0) return;
    const changes = chosen.map((pick, index) => ({ old: parts[pick]?.name ?? "", new: `<${texts[index]}>` }));
    const before = parts.map(({ head, name, end }) => head + name + end).join("");
    const expected = parts
      .map(({ head, name, end }, index) => {
        const place = chosen.indexOf(index);
        // A line end in the new text becomes the file's own.
        return head + (place < 0 ? name : `<${texts[place]}>`) + end;
      })
      .join("");
    if (texts.some((text) => /[\r\n]/.test(text))) return;
    const { after } = editedBytes({ shown: "a", changes, bytes: Buffer.from(before), difference: null });
    expect(after.toString("utf8")).toBe(expected);
  });
  await fc.assert(property, { numRuns: 500 });
});
