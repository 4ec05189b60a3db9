/** The table of docs/security.md is true: every requirement has its row, and every test that it names is there. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);

function ids(area: string, numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `${area}-${String(number).padStart(2, "0")}`);
}

/** What must hold before a release. */
const required = [
  ...ids("NET", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24]),
  ...ids("WEB", [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14]),
  ...ids("SEC", [1, 2, 3, 4, 7]),
];
/** They belong to what is not there yet. */
const later = ids("WEB", [7, 11, 12]);

interface Row {
  readonly id: string;
  readonly tests: readonly { readonly name: string; readonly file: string }[];
}

async function rows(): Promise<readonly Row[]> {
  const text = await readFile(new URL("docs/security.md", root), "utf8");
  return [...text.matchAll(/^\| ((?:NET|WEB|SEC)-\d\d) \| [^|]+ \| ([^|]+) \|$/gm)].map(
    ([, id = "", cell = ""]) => ({
      id,
      tests: [...cell.matchAll(/`([^`]+)` in `([^`]+)`/g)].map(([, name = "", file = ""]) => ({
        name,
        file,
      })),
    }),
  );
}

test("every requirement stands in docs/security.md once, in order", async () => {
  expect((await rows()).map(({ id }) => id)).toEqual(required);
});

test("every requirement but those for later has a test that bears its id and stands in the file that is named", async () => {
  const wrong: string[] = [];
  for (const { id, tests } of await rows()) {
    if ((tests.length === 0) !== later.includes(id)) wrong.push(`${id}: ${tests.length} tests`);
    for (const { name, file } of tests) {
      const source = await readFile(new URL(file, root), "utf8").catch(() => "");
      if (!name.split(":")[0]?.includes(id)) wrong.push(`${id}: “${name}” is named for another`);
      // A template or an escape may stand in the source: names are compared as they are written there.
      if (!source.includes(name.replaceAll('"', '\\"'))) wrong.push(`${id}: “${name}” is not in ${file}`);
    }
  }
  expect(wrong).toEqual([]);
});
