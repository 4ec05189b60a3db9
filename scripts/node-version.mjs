/** Stops with one clear line when Node is too old, before anything newer is used. */
import { readFileSync } from "node:fs";
import { packageRoot } from "./paths.mjs";

/**
 * Compares dotted versions number by number.
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const [have, need] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, part] of (need ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** Ends the process with 1 and a line that says what to do, unless `engines.node` is met. */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(`${packageRoot}package.json`, "utf8"));
  const least = engines.node.replace(/^>=/, "");
  if (isAtLeast(process.versions.node, least)) return;
  console.error(
    `VoxPilot needs Node ${least} or newer; this is ${process.versions.node}. Get one from https://nodejs.org.`,
  );
  process.exit(1);
}
