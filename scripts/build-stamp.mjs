/** Knows whether what was built still fits the sources, and builds when it does not. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtServer, packageRoot } from "./paths.mjs";

const stampFile = `${packageRoot}backend/dist/.built-from`;
const sources = [
  "backend/src",
  "frontend/src",
  "frontend/public",
  "transcript",
  "scripts",
  "package.json",
  "package-lock.json",
];

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  const entries = readdirSync(`${packageRoot}${path}`, { withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
  );
}

/** SHA-256 over the names and contents of everything that a build reads, and the Node whose code it keeps. */
function sourcesHash() {
  const hash = createHash("sha256").update(`${process.version} ${process.arch}\n`);
  const files = sources.flatMap((path) => (/\.json$/.test(path) ? [path] : filesBelow(path)));
  for (const file of files.sort()) {
    const content = readFileSync(`${packageRoot}${file}`);
    hash.update(`${file}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/** Remembers which sources the build was made from. */
export function stampBuild() {
  // Another build may just be emptying the folder.
  mkdirSync(`${packageRoot}backend/dist`, { recursive: true });
  writeFileSync(stampFile, sourcesHash());
}

export function isBuilt() {
  const outputs = [builtServer, `${packageRoot}frontend/dist/index.html`, stampFile];
  return outputs.every((path) => existsSync(path)) && readFileSync(stampFile, "utf8") === sourcesHash();
}

/** Builds when stale; ends the process with 1 when that fails. Needs the dependencies. */
export function ensureBuilt() {
  if (isBuilt()) return;
  console.error("Building …");
  const result = spawnSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], {
    cwd: packageRoot,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) process.exit(1);
}
