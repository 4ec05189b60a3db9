/** What is kept of the files that the model has seen. */
import { expect, test } from "vitest";
import { SeenFiles } from "../../src/agent/seen-files.ts";

test("hashes of all files are kept, bytes of the newest within two million, and none of a larger file", () => {
  const seen = new SeenFiles();
  const bytes = Buffer.alloc(900_000);
  for (const path of ["a", "b", "c"]) seen.see(path, `hash of ${path}`, bytes);
  seen.see("large", "hash of large", Buffer.alloc(2_000_001));
  const kept = () => ["a", "b", "c", "large"].map((path) => seen.bytesOf(path) !== null);
  expect(kept()).toEqual([false, true, true, false]);
  expect(["a", "b", "c", "large", "other"].map((path) => seen.hashOf(path))).toEqual([
    "hash of a",
    "hash of b",
    "hash of c",
    "hash of large",
    undefined,
  ]);
  seen.see("b", "new hash", bytes);
  seen.forget("c");
  seen.see("a", "hash of a", bytes);
  expect(kept()).toEqual([true, true, false, false]);
  expect(seen.hashOf("b")).toBe("new hash");
});
