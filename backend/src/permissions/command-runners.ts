/** Programs that run the project's own code or keep its history: what they do, the project says. In `auto` they run. */

import type { Word } from "../workspace/commands/shell-lexer.ts";
import type { Shape } from "./command-shapes.ts";

/** Targets and scripts that by their name reach out of the project. */
const reachesOut = /publish|deploy|release|push|install|upload|login|prepare|download|fetch|update|upgrade/i;
const scriptName = /^[\w:.@-]+$/;

/** Whether the arguments of a project's tool are of a known form; the paths among them are checked elsewhere. */
export function isProjectRun(program: string, words: readonly Word[]): boolean {
  const texts = words.map((word) => word.text);
  switch (program) {
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return isScriptRun(texts);
    case "node":
      return isNodeRun(texts);
    case "python":
    case "python3":
      return isPythonRun(texts);
    case "make":
      return texts.every(
        (text) =>
          /^-[jks]\d*$/.test(text) ||
          (/^[\w.-]+$/.test(text) && !text.startsWith("-") && !reachesOut.test(text)),
      );
    case "cargo":
      return (
        /^(?:test|build|check|clippy|fmt|doc|bench)$/.test(texts[0] ?? "") &&
        texts.some((text) => text === "--offline" || text === "--frozen") &&
        !texts.includes("--config")
      );
    case "pytest":
    case "mypy":
    case "ruff":
    case "tsc":
    case "vitest":
    case "jest":
    case "eslint":
    case "biome":
      return texts.every((text) => !(text.startsWith("-") && reachesOut.test(text)));
    default:
      return false;
  }
}

function isScriptRun(texts: readonly string[]): boolean {
  const end = texts.indexOf("--");
  const own = (end < 0 ? texts : texts.slice(0, end)).filter(
    (text) => text !== "--silent" && text !== "-s" && text !== "--if-present",
  );
  const [verb, script, ...rest] = own;
  if (verb === "test" || verb === "t") return own.length === 1;
  if (verb !== "run" && verb !== "run-script") return false;
  return (
    script !== undefined &&
    rest.length === 0 &&
    scriptName.test(script) &&
    !script.startsWith("-") &&
    !reachesOut.test(script)
  );
}

const nodeOptions = new Set([
  "--test",
  "--check",
  "-c",
  "--enable-source-maps",
  "--experimental-strip-types",
  "--no-warnings",
  "--test-only",
]);

function isNodeRun(texts: readonly string[]): boolean {
  const first = texts.findIndex((text) => !text.startsWith("-"));
  const options = first < 0 ? texts : texts.slice(0, first);
  return options.every((text) => nodeOptions.has(text)) && (first >= 0 || options.includes("--test"));
}

const pythonModules = new Set([
  "pytest",
  "unittest",
  "mypy",
  "ruff",
  "compileall",
  "doctest",
  "black",
  "flake8",
]);

function isPythonRun(texts: readonly string[]): boolean {
  const [first = "", second = ""] = texts;
  if (first === "-m") return pythonModules.has(second);
  return /^[^-].*\.py$/.test(first);
}

const paging = ["no-color", "color"];

/** Subcommands of git that read, or add to the history what can be taken back. */
export const gitShapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  [
    "status",
    {
      flags: "sbv",
      long: ["short", "branch", "porcelain", "ignored", ...paging],
      longValues: ["porcelain"],
      operands: "names",
    },
  ],
  [
    "diff",
    {
      flags: "bwpR",
      values: "U",
      long: [
        "stat",
        "shortstat",
        "numstat",
        "name-only",
        "name-status",
        "cached",
        "staged",
        "check",
        "word-diff",
        ...paging,
      ],
      longValues: ["unified", "diff-filter"],
      operands: "read",
    },
  ],
  [
    "log",
    {
      flags: "p",
      values: "nLS",
      hasCounts: true,
      long: [
        "oneline",
        "stat",
        "shortstat",
        "graph",
        "all",
        "decorate",
        "patch",
        "name-only",
        "name-status",
        "follow",
        "no-merges",
        "reverse",
        ...paging,
      ],
      longValues: ["max-count", "since", "until", "author", "grep", "format", "pretty", "date"],
      operands: "read",
    },
  ],
  [
    "show",
    {
      flags: "s",
      long: ["stat", "name-only", "name-status", "oneline", "no-patch", ...paging],
      longValues: ["format", "pretty"],
      operands: "read",
    },
  ],
  ["blame", { flags: "wls", values: "L", operands: "read" }],
  [
    "ls-files",
    {
      flags: "comdszt",
      long: ["others", "exclude-standard", "modified", "deleted", "cached"],
      operands: "names",
    },
  ],
  [
    "rev-parse",
    { long: ["abbrev-ref", "short", "show-toplevel", "is-inside-work-tree", "verify"], operands: "names" },
  ],
  ["branch", { flags: "arv", long: ["list", "show-current", "all"], operands: "none" }],
  ["add", { flags: "AunvN", long: ["all", "update", "dry-run"], operands: "names", reach: ["writes_files"] }],
  [
    "commit",
    {
      flags: "aqv",
      values: "m",
      long: ["all", "quiet"],
      longValues: ["message"],
      operands: "none",
      reach: ["writes_files"],
    },
  ],
  ["--version", { operands: "none" }],
]);
