/** Source text as coloured runs. The grammars are a chunk of their own, fetched at the first use. */
import { h } from "../dom.ts";
import { lazy } from "../lazy.ts";
import type { SyntaxRun } from "./syntax.ts";

/** Longer source stays plain: colour is not worth a frozen phone. */
const maximumLength = 60_000;
/** Colour never waits longer than this for a quiet moment. */
const patienceMs = 400;

const grammars = lazy(() => import("./highlight-grammars.ts"));

/** The runs of `code`, or null when the language is not known, or the code too long, or the grammars cannot be had. */
export async function highlight(code: string, language: string): Promise<readonly SyntaxRun[] | null> {
  if (language === "" || code.length > maximumLength) return null;
  try {
    const { runsOf } = await grammars.load();
    // A task of its own, when nothing else is wanted: many blocks at once must not hold up a tap.
    await idleMoment();
    return runsOf(code, language);
  } catch {
    // Colour is a nicety: without its chunk the text stays plain.
    return null;
  }
}

function idleMoment(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no idle callback.
    if (globalThis.requestIdleCallback === undefined) setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: patienceMs });
  });
}

/** The same runs, cut into lines without their ends. */
export function linesOfRuns(runs: readonly SyntaxRun[]): readonly (readonly SyntaxRun[])[] {
  const lines: SyntaxRun[][] = [[]];
  for (const run of runs) {
    for (const [index, text] of run.text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (text !== "") lines.at(-1)?.push({ text, role: run.role });
    }
  }
  return lines;
}

/** Nodes for runs. */
export function runNodes(runs: readonly SyntaxRun[]): readonly Node[] {
  return runs.map((run) =>
    run.role === null
      ? document.createTextNode(run.text)
      : h("span", { class: `syntax-${run.role}` }, run.text),
  );
}

const languageOfEnding: Readonly<Record<string, string>> = {
  c: "cpp",
  h: "cpp",
  cc: "cpp",
  cpp: "cpp",
  hpp: "cpp",
  css: "css",
  scss: "css",
  diff: "diff",
  patch: "diff",
  go: "go",
  htm: "xml",
  html: "xml",
  svg: "xml",
  vue: "xml",
  xml: "xml",
  java: "java",
  kt: "java",
  cjs: "javascript",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  json: "json",
  jsonc: "json",
  md: "markdown",
  py: "python",
  rb: "ruby",
  rs: "rust",
  bash: "bash",
  sh: "bash",
  zsh: "bash",
  sql: "sql",
  cts: "typescript",
  mts: "typescript",
  ts: "typescript",
  tsx: "typescript",
  yaml: "yaml",
  yml: "yaml",
  toml: "ini",
};

/** The language that a file's name tells, or "". */
export function languageOfPath(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return languageOfEnding[ending] ?? "";
}
