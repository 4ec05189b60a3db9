/** Holds the supply chain to its rules: a lock without addresses, no install scripts, exact versions. */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { packageRoot } from "./paths.mjs";

export interface SupplyChainFiles {
  readonly lock: string;
  readonly npmrc: string;
  readonly manifest: string;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly allowScripts?: Record<string, boolean>;
}

const npmSettings = [
  "engine-strict=true",
  "ignore-scripts=true",
  "omit-lockfile-registry-resolved=true",
  "save-exact=true",
];

/** What is wrong, one sentence each; empty when all is well. */
export function supplyChainProblems(files: SupplyChainFiles): readonly string[] {
  // Both files are npm's own, checked in with the sources: their shape is npm's to keep.
  const lock = JSON.parse(files.lock) as { packages: Record<string, LockedPackage> };
  const manifest = JSON.parse(files.manifest) as Manifest;
  return [
    ...Object.entries(lock.packages).flatMap(([path, locked]) => lockedProblems(path, locked)),
    ...scriptProblems(lock.packages, manifest),
    ...versionProblems(manifest),
    ...npmSettings
      .filter((line) => !files.npmrc.split("\n").includes(line))
      .map((line) => `.npmrc lacks ${line}.`),
  ];
}

function lockedProblems(path: string, locked: LockedPackage): readonly string[] {
  if (path === "") return [];
  const problems: string[] = [];
  if (locked.resolved !== undefined) problems.push(`${path} is locked to the address ${locked.resolved}.`);
  if (locked.integrity === undefined) problems.push(`${path} is locked without an integrity hash.`);
  return problems;
}

/** A package with an install script must be named, and refused, in `allowScripts`. */
function scriptProblems(packages: Record<string, LockedPackage>, manifest: Manifest): readonly string[] {
  return Object.entries(packages)
    .filter(([, locked]) => locked.hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ""))
    .filter((name) => manifest.allowScripts?.[name] !== false)
    .map((name) => `${name} has an install script that allowScripts does not refuse.`);
}

function versionProblems(manifest: Manifest): readonly string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name} is not pinned to one version: ${version}.`);
}

async function readPackageFile(name: string): Promise<string> {
  return await readFile(`${packageRoot}${name}`, "utf8");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [lock, npmrc, manifest] = await Promise.all(
    ["package-lock.json", ".npmrc", "package.json"].map(readPackageFile),
  );
  const problems = supplyChainProblems({ lock: lock ?? "", npmrc: npmrc ?? "", manifest: manifest ?? "" });
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
