/** Checks every source against `source-rules.ts`; prints what breaks a rule and ends with 1. */
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { packageRoot } from "./paths.mjs";
import { violationsIn } from "./source-rules.ts";

const folders = [
  "backend/src",
  "backend/test",
  "frontend/src",
  "frontend/test",
  "transcript",
  "scripts",
  "e2e",
  "bench",
];

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(`${packageRoot}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|js)$/.test(entry.name))
    .map((entry) => relative(packageRoot, `${entry.parentPath}/${entry.name}`))
    .filter((path) => !path.includes("sample-project/") && path !== "frontend/src/api.d.ts");
}

const violations = folders
  .flatMap(sourcesIn)
  .flatMap((path) => violationsIn(path, readFileSync(`${packageRoot}${path}`, "utf8")));

for (const { file, line, message } of violations) console.error(`${file}:${line}: ${message}`);
process.exitCode = violations.length > 0 ? 1 : 0;
