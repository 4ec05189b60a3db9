// @vitest-environment happy-dom
/** What Clear takes from this browser. */
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
});

test("Clear forgets settings and places, and keeps everything that was written and not sent", async () => {
  const { storedNames, writeStored } = await import("../../src/lib/browser/storage.ts");
  for (const name of ["draft.s1", "outbox", "newSession", "theme", "place", "model"]) writeStored(name, "1");
  const { clearStored, countStored } = await import("../../src/state/settings.ts");
  expect(countStored()).toBe(3);
  clearStored();
  expect(storedNames().sort()).toEqual(["draft.s1", "newSession", "outbox"]);
});
