import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { FileNames, rankOf } from "../../../src/workspace/files/file-names.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("finds files by letters of their paths, best first, without ignored and secret ones", async () => {
  const root = await temporaryFolder();
  const paths = [
    "src/session-store.ts",
    "src/store.ts",
    "docs/resting.md",
    ".env",
    "dist/store.js",
    ".ignore",
  ];
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path === ".ignore" ? "dist/\n" : "x");
  }
  const names = new FileNames();
  expect(await names.find(root, { query: "store", limit: 10 })).toEqual([
    "src/store.ts",
    "src/session-store.ts",
  ]);
  expect(await names.find(root, { query: "sesst", limit: 1 })).toEqual(["src/session-store.ts"]);
  expect(await names.find(root, { query: "zzz", limit: 10 })).toEqual([]);
  expect((await names.find(root, { query: "", limit: 10 })).sort()).toEqual([
    ".ignore",
    "docs/resting.md",
    "src/session-store.ts",
    "src/store.ts",
  ]);
});

test.each([
  ["src/auth.ts", "auth", "src/author/x.ts"],
  ["src/read-file.ts", "rf", "src/raffle.ts"],
  ["a/index.ts", "a/i", "b/alphai.ts"],
])("%s fits %s better than %s", (better, query, worse) => {
  expect(rankOf(better, query) ?? 0).toBeGreaterThan(rankOf(worse, query) ?? 0);
});
