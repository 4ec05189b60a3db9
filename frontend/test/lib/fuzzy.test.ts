import { expect, test } from "vitest";
import { fuzzyMatch, fuzzySort } from "../../src/lib/fuzzy.ts";

test.each([
  ["rev", "review", [0, 1, 2]],
  ["RN", "release-notes", [0, 8]],
  ["notes", "release-notes", [8, 9, 10, 11, 12]],
  ["", "anything", []],
  ["zz", "release", null],
  ["ser", "release", null],
  ["auth", "src/auth.ts", [4, 5, 6, 7]],
  ["uth", "auth/uth", [5, 6, 7]],
])("‘%s’ in ‘%s’ stands at %j", (letters, text, places) => {
  expect(fuzzyMatch(letters, text)?.places ?? null).toEqual(places);
});

test("what begins with the letters comes first, then words that do, and equals keep their order", () => {
  const names = ["commit", "recompact", "compact", "new", "pre-comp"];
  expect(fuzzySort(names, "comp", (name) => name).map(({ item }) => item)).toEqual([
    "compact",
    "pre-comp",
    "recompact",
  ]);
  expect(fuzzySort(names, "", (name) => name).map(({ item }) => item)).toEqual(names);
});
