/** The scripts that run before anything is installed, and the names that people type. */
import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { findBrowser } from "../../../scripts/find-browser.mjs";
import { isAtLeast } from "../../../scripts/node-version.mjs";
import { packageRoot } from "../../../scripts/paths.mjs";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ["20.19.0", "20.19.0", true],
  ["20.18.9", "20.19.0", false],
  ["20.100.0", "20.19.0", true],
  ["22.0.0", "20.19.0", true],
  ["18.20.4", "20.19.0", false],
])("takes Node %s for at least %s: %s", (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});

test("drives the browser that was named, and no other when that one cannot be run", () => {
  vi.stubEnv("VOXPILOT_TEST_BROWSER", process.execPath);
  expect(findBrowser()).toBe(process.execPath);
  vi.stubEnv("VOXPILOT_TEST_BROWSER", "/nowhere/chrome");
  expect(findBrowser()).toBe(null);
});

const recipes = [
  "install",
  "dev-backend",
  "dev-frontend",
  "generate",
  "test",
  "test-cov",
  "lint",
  "typecheck",
  "format",
  "build",
  "clean",
  "check",
];

test("every recipe of the Justfile calls the npm script of its name", async () => {
  const justfile = await readFile(`${packageRoot}Justfile`, "utf8");
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(`${packageRoot}package.json`, "utf8"),
  );
  const bodies = [...justfile.matchAll(/^([a-z-]+)(?: \*\w+)?:\n {4}npm (?:run )?([a-z-]+)/gm)];
  expect(bodies.map(([, recipe]) => recipe)).toEqual(recipes);
  const called = bodies.filter(([, recipe]) => recipe !== "install");
  expect(called.map(([, , script]) => script)).toEqual(recipes.slice(1));
  expect(recipes.slice(1).filter((name) => scripts[name] === undefined)).toEqual([]);
});
