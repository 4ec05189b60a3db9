/** What comes from outside is locked without addresses and installed without running its scripts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { supplyChainProblems } from "../../../scripts/check-lock.ts";
import { packageRoot } from "../../../scripts/paths.mjs";

const npmrc = await readFile(`${packageRoot}.npmrc`, "utf8");
const integrity = "sha512-AAAA";

function problemsOf(locked: object, manifest: object): readonly string[] {
  const lock = JSON.stringify({ packages: { "": {}, "node_modules/thing": locked } });
  return supplyChainProblems({ lock, npmrc, manifest: JSON.stringify(manifest) });
}

test("finds nothing wrong with the package's own files", async () => {
  const [lock = "", manifest = ""] = await Promise.all(
    ["package-lock.json", "package.json"].map((name) => readFile(`${packageRoot}${name}`, "utf8")),
  );
  expect(supplyChainProblems({ lock, npmrc, manifest })).toEqual([]);
});

test("finds a download address in the lock", () => {
  expect(problemsOf({ integrity, resolved: "https://example.org/thing.tgz" }, {})).toEqual([
    "node_modules/thing is locked to the address https://example.org/thing.tgz.",
  ]);
});

test("finds a package without an integrity hash", () => {
  expect(problemsOf({}, {})).toEqual(["node_modules/thing is locked without an integrity hash."]);
});

test("finds an install script that nobody refused", () => {
  const locked = { integrity, hasInstallScript: true };
  expect(problemsOf(locked, {})).toEqual(["thing has an install script that allowScripts does not refuse."]);
  expect(problemsOf(locked, { allowScripts: { thing: false } })).toEqual([]);
});

test("finds a version that is not exact", () => {
  expect(problemsOf({ integrity }, { devDependencies: { thing: "^1.2.3" } })).toEqual([
    "thing is not pinned to one version: ^1.2.3.",
  ]);
});

test("finds a setting of npm that was taken out", () => {
  const files = {
    lock: '{"packages":{}}',
    manifest: "{}",
    npmrc: npmrc.replace("ignore-scripts=true\n", ""),
  };
  expect(supplyChainProblems(files)).toEqual([".npmrc lacks ignore-scripts=true."]);
});

test("runs no script of a package that is installed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "voxpilot-canary-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const mark = join(folder, "script-ran");
  await mkdir(join(folder, "canary"));
  const script = `node -e "require('fs').writeFileSync('${mark}', '')"`;
  const canary = { name: "canary", version: "1.0.0", scripts: { preinstall: script, postinstall: script } };
  await writeFile(join(folder, "canary/package.json"), JSON.stringify(canary));
  await writeFile(join(folder, "package.json"), JSON.stringify({ dependencies: { canary: "file:canary" } }));
  await copyFile(`${packageRoot}.npmrc`, join(folder, ".npmrc"));
  const npm = spawn("npm", ["install", "--install-links", "--offline"], { cwd: folder, stdio: "ignore" });
  expect(await once(npm, "exit")).toEqual([0, null]);
  expect(existsSync(join(folder, "node_modules/canary/package.json"))).toBe(true);
  expect(existsSync(mark)).toBe(false);
});
