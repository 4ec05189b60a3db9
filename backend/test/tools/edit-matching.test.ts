import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  fromByteString,
  type MatchOutcome,
  replaceText,
  toByteString,
} from "../../src/tools/edit-matching.ts";

/** `edit`: the old text and the new. */
function replace(body: string, edit: readonly [string, string], all = false): MatchOutcome | string {
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
    expected: "trailing_space: a\nx",
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
