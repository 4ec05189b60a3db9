/** The table of docs/security.md is true: every requirement has its row, and every test that it names is there. */
import { readFile } from "node:fs/promises";
import ts from "typescript";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);

function ids(area: string, numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `${area}-${String(number).padStart(2, "0")}`);
}

/** What must hold before a release. */
const required = [
  ...ids("NET", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25]),
  ...ids("WEB", [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14]),
  ...ids("SEC", [1, 2, 3, 4, 7, 8]),
  ...ids(
    "DUR",
    Array.from({ length: 24 }, (_, index) => index + 1),
  ),
  ...ids("RES", [1, 2, 4, 7]),
  ...ids("MDL", [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14]),
  ...ids("INJ", [4]),
  ...ids("APR", [13, 18, 19]),
  ...ids("FS", [1, 2, 5, 13]),
];

interface Row {
  readonly id: string;
  readonly tests: readonly { readonly name: string; readonly file: string }[];
}

async function rows(): Promise<readonly Row[]> {
  const text = await readFile(new URL("docs/security.md", root), "utf8");
  return [
    ...text.matchAll(/^\| ((?:NET|WEB|SEC|DUR|RES|MDL|INJ|APR|FS)-\d\d) \| [^|]+ \| ([^|]+) \|$/gm),
  ].map(([, id = "", cell = ""]) => ({
    id,
    tests: [...cell.matchAll(/`([^`]+)` in `([^`]+)`/g)].map(([, name = "", file = ""]) => ({
      name,
      file,
    })),
  }));
}

/** What stands as a test's title in a source, as it is written there, with the names of strings resolved: what it prints is none. */
function titlesIn(source: string): readonly string[] {
  const file = ts.createSourceFile("a.test.ts", source, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, string>();
  const titles: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isStringLiteralLike(node.initializer))
      constants.set(node.name.getText(), node.initializer.text);
    if (ts.isCallExpression(node) && namesTest(node.expression)) titles.push(...node.arguments.slice(0, 1));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return titles.map((title) => {
    const asWritten = constants.get(title.getText()) ?? written(title);
    return asWritten.replace(/\$\{(\w+)\}/g, (whole, name: string) => constants.get(name) ?? whole);
  });
}

/** `test`, what `test.each(…)` and its like give, and `describe`, whose title stands before those of its tests. */
function namesTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === "test" || callee.text === "describe";
  return ts.isCallExpression(callee) && /^test\.(each|for|runIf|skipIf)$/.test(callee.expression.getText());
}

/** A string's text; a template as it stands there. */
function written(expression: ts.Expression): string {
  return ts.isStringLiteralLike(expression) ? expression.text : expression.getText().replace(/^`|`$/g, "");
}

test("only what stands as a title counts, not what a test prints", () => {
  const source = [
    'const named = "NET-03: by name";',
    'test("NET-01: plain, \\"quoted\\"", () => console.log("NET-09: printed"));',
    "test(`NET-02: $" + "{count} of them`, () => undefined);",
    'test.each([["NET-09: a row"]])("NET-04: %s", () => undefined);',
    'test.runIf("NET-09: never")(named, () => undefined);',
    "test(`$" + "{named} and more`, () => undefined);",
  ];
  expect(titlesIn(source.join("\n"))).toEqual([
    'NET-01: plain, "quoted"',
    "NET-02: $" + "{count} of them",
    "NET-04: %s",
    "NET-03: by name",
    "NET-03: by name and more",
  ]);
});

test("every requirement stands in docs/security.md once, in order", async () => {
  expect((await rows()).map(({ id }) => id)).toEqual(required);
});

test("every requirement has a test that bears its id and stands in the file that is named", async () => {
  const wrong: string[] = [];
  for (const { id, tests } of await rows()) {
    if (tests.length === 0) wrong.push(`${id}: no test`);
    for (const { name, file } of tests) {
      const source = await readFile(new URL(file, root), "utf8").catch(() => "");
      if (!name.split(":")[0]?.includes(id)) wrong.push(`${id}: “${name}” is named for another`);
      if (!titlesIn(source).some((title) => title.includes(name)))
        wrong.push(`${id}: “${name}” is no test of ${file}`);
    }
  }
  expect(wrong).toEqual([]);
});
