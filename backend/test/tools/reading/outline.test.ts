import { expect, test } from "vitest";
import { outlineOf, outlineText } from "../../../src/tools/reading/outline.ts";

test.each<{ path: string; source: string; outline: string }>([
  {
    path: "a.ts",
    source:
      'import x from "y";\n\nexport class A extends B {\n  #x = 1;\n\n  async run(a: string): Promise<void> {\n    if (a) {\n      go();\n    }\n  }\n}\n\nexport const make = (a: number) => {\n  return a;\n};\n\ninterface C {\n  a: string;\n}\n',
    outline:
      "3-11 export class A extends B\n  6-10 async run(a: string): Promise<void>\n13-15 export const make = (a: number) =>\n17-19 interface C",
  },
  {
    path: "a.py",
    source:
      "import x\n\nclass A:\n    def one(self):\n        return 1\n\n    async def two(self):\n        pass\n\n\ndef three():\n    def inner():\n        pass\n    return inner\n",
    outline:
      "3-8 class A:\n  4-5 def one(self):\n  7-8 async def two(self):\n11-14 def three():\n  12-13 def inner():",
  },
  {
    path: "a.go",
    source: "package a\n\ntype T struct {\n\tx int\n}\n\nfunc (t *T) Run() error {\n\treturn nil\n}\n",
    outline: "3-5 type T struct\n7-9 func (t *T) Run() error",
  },
  {
    path: "a.rs",
    source: "pub struct S;\n\nimpl S {\n    pub fn run(&self) -> u8 {\n        1\n    }\n}\n",
    outline: "1 pub struct S;\n3-7 impl S\n  4-6 pub fn run(&self) -> u8",
  },
  {
    path: "A.java",
    source:
      "public class A {\n  private int x;\n\n  public int run(int a) throws E {\n    return go(a);\n  }\n}\n",
    outline: "1-7 public class A\n  4-6 public int run(int a) throws E",
  },
  {
    path: "a.c",
    source: "static int run(int a)\n{\n  return go(a);\n}\n\nstruct s {\n  int x;\n};\n",
    outline: "1-4 static int run(int a)\n6-8 struct s",
  },
  {
    path: "a.rb",
    source: "class A\n  def one\n    1\n  end\nend\n",
    outline: "1-5 class A\n  2-4 def one",
  },
  {
    path: "a.md",
    source: "# One\n\ntext\n\n## Two\n\ntext\n\n# Three\n",
    outline: "1-8 # One\n  5-8 ## Two\n9-10 # Three",
  },
  { path: "a.css", source: ".a {\n  color: red;\n}\n", outline: "1-3 .a" },
  { path: "a.txt", source: "some words\nand more\n", outline: "" },
])("the outline of $path", ({ path, source, outline }) => {
  expect(outlineText(outlineOf(path, source.split("\n")), 10_000)).toBe(outline);
});

test("an outline without room leaves inner symbols out, then the last ones", () => {
  const symbols = outlineOf("a.py", ["class A:", "    def one():", "        pass", "def two():", "    pass"]);
  expect(outlineText(symbols, 30)).toBe("1-3 class A:\n4-5 def two():");
  expect(outlineText(symbols, 15)).toBe("1-3 class A:\n… and 1 more");
});

test("an outline of a long file of long lines is made in time", () => {
  const lines = Array.from({ length: 20_000 }, () => `${"a b(".repeat(90)}`);
  const startedAt = performance.now();
  outlineOf("a.java", lines);
  outlineOf("a.ts", lines);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test.each<{ name: string; path: string; line: string; count: number }>([
  { name: "padded lines of a text", path: "a.txt", line: " ".repeat(399), count: 20_000 },
  { name: "lines padded before a last word", path: "a.txt", line: `${" ".repeat(398)}x`, count: 20_000 },
  { name: "C lines of many words", path: "a.c", line: "a ".repeat(199), count: 20_000 },
  {
    name: "C lines of many words and brackets",
    path: "a.c",
    line: `${"a ".repeat(150)}(${") ".repeat(45)}x`,
    count: 20_000,
  },
  { name: "lines that could be methods", path: "a.js", line: `a(${"):".repeat(199)}`, count: 20_000 },
  { name: "lines that could be constants", path: "a.js", line: `const a:${" ".repeat(380)}`, count: 20_000 },
  { name: "style rules that do not open", path: "a.css", line: `a${" ".repeat(398)}`, count: 20_000 },
  { name: "headings", path: "a.md", line: "# a", count: 500_000 },
  { name: "symbols without a body", path: "a.py", line: "def a():", count: 500_000 },
])("RES-01: the outline of hostile $name is made in a moment", ({ path, line, count }) => {
  expect(outlineOf(path, Array(count).fill(line)).length).toBeLessThanOrEqual(20_000);
});

test("methods and functions are told from calls by their brackets", () => {
  const lines = [
    "run(a) {",
    "get  size(): number {",
    "make({ a }: B): Promise<() => void> {",
    "go(a);",
    "go(a) || {",
  ];
  expect(outlineOf("a.ts", lines).map(({ text }) => text)).toEqual([
    "run(a)",
    "get size(): number",
    "make({ a }: B): Promise<() => void>",
  ]);
  const functions = [
    "@Test public void run() throws E {",
    "char *name(int a)",
    "go(a)",
    "a = go(b);",
    "int x(int a;)",
  ];
  expect(outlineOf("A.java", functions).map(({ text }) => text)).toEqual([
    "@Test public void run() throws E",
    "char *name(int a)",
  ]);
});
