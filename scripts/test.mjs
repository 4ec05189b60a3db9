/**
 * `npm test`: installs when needed, gets a browser, builds, then runs every test.
 * Words after the options filter the test files. The last line printed is `N passed, N failed, N skipped`.
 * Options: `--e2e` only the browser tests, `--coverage` only the others, measuring their coverage, `--long` the long
 * forms of the tests that have one (hours for all; VOXPILOT_TEST_SEED repeats what was drawn).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "./build-stamp.mjs";
import { ensureBrowser } from "./find-browser.mjs";
import { ensureInstalled } from "./install.mjs";
import { requireNode } from "./node-version.mjs";
import { packageRoot } from "./paths.mjs";

const words = process.argv.slice(2);
const filters = words.filter((word) => !word.startsWith("--"));
const options = new Set(words.filter((word) => word.startsWith("--")));
const known = ["--e2e", "--coverage", "--long"];
const unknown = [...options].find((option) => !known.includes(option));
if (unknown) {
  console.error(`${unknown} is not known. Options: ${known.join(", ")}; other words filter the test files.`);
  process.exit(1);
}

requireNode();
ensureInstalled();
const browser = options.has("--coverage") ? null : ensureBrowser();
ensureBuilt();

const scratch = mkdtempSync(join(tmpdir(), "voxpilot-test-"));

/**
 * Runs vitest once. A run that dies before it can count is one failure.
 * @param {string} name
 * @param {readonly string[]} vitestOptions
 */
function run(name, vitestOptions) {
  const countsFile = join(scratch, name);
  const vitest = [join(packageRoot, "node_modules/vitest/vitest.mjs"), "run", "--passWithNoTests"];
  const { status } = spawnSync(process.execPath, [...vitest, ...vitestOptions, ...filters], {
    cwd: packageRoot,
    stdio: "inherit",
    env: {
      ...process.env,
      VOXPILOT_TEST_COUNTS: countsFile,
      ...(options.has("--long") ? { VOXPILOT_TEST_LONG: "1" } : {}),
      ...(browser === null ? {} : { VOXPILOT_TEST_BROWSER: browser }),
    },
  });
  const counts = readCounts(countsFile);
  return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/**
 * @param {string} file
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The run ended before its reporter could write: nothing was counted.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const browserTests = readdirSync(join(packageRoot, "e2e")).map((name) => `e2e/${name}`);
const namesBrowserTest = filters.some((word) => browserTests.some((file) => file.includes(word)));
const isForBrowser = filters.length === 0 || namesBrowserTest;
const isForOthers = filters.length === 0 || filters.some((word) => !word.startsWith("e2e"));

const runs = [
  ...(options.has("--e2e") || !isForOthers
    ? []
    : [run("unit", options.has("--coverage") ? ["--coverage"] : [])]),
  ...(options.has("--coverage") || !isForBrowser ? [] : [run("e2e", ["--config", "e2e/vitest.config.ts"])]),
];
rmSync(scratch, { recursive: true, force: true });

/** @param {"passed" | "failed" | "skipped"} key */
const total = (key) => runs.reduce((sum, counts) => sum + counts[key], 0);
const nothingRan = total("passed") + total("failed") === 0;
if (nothingRan) console.error(`No test file fits: ${filters.join(" ")}`);
console.log(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
process.exitCode = total("failed") > 0 || nothingRan ? 1 : 0;
