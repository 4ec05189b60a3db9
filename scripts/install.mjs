/** Installs the dependencies when they are missing or older than the lock file. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { packageRoot } from "./paths.mjs";

const lockFile = `${packageRoot}package-lock.json`;
const stampFile = `${packageRoot}node_modules/.voxpilot-installed`;
/** npm writes this one itself at the end of every install. */
const npmOwnStamp = `${packageRoot}node_modules/.package-lock.json`;

/** What an install depends on: the lock, and the platform whose binaries were fetched. */
function wanted() {
  const lock = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  return `${lock} ${process.platform}-${process.arch}\n`;
}

function isInstalled() {
  if (existsSync(stampFile)) return readFileSync(stampFile, "utf8") === wanted();
  return existsSync(npmOwnStamp) && statSync(npmOwnStamp).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** @param {readonly string[]} options */
function npm(options) {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith("js") ? [process.execPath, [script]] : ["npm", []];
  const result = spawnSync(command, [...first, ...options], { cwd: packageRoot, stdio: ["ignore", 2, 2] });
  return result.status === 0;
}

/** Leaves `node_modules` as the lock file says, or ends the process with 1. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.error("Installing the dependencies …");
  const options = ["--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
  // A registry that lacks another platform's optional packages fails `ci`, but serves `install`.
  if (!npm(["ci", ...options]) && !npm(["install", ...options])) {
    console.error(
      "The dependencies could not be installed; npm's own words stand above. Try again with a network.",
    );
    process.exit(1);
  }
  writeFileSync(stampFile, wanted());
}
