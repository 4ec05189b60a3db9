/** What is built loads from nowhere else and never updates itself. */
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { cacheOf } from "../backend/src/built-program.ts";
import { packageRoot } from "../scripts/paths.mjs";

async function builtFiles(folder: string, names: RegExp): Promise<readonly string[]> {
  const entries = await readdir(`${packageRoot}${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Names of XML vocabularies look like addresses; nothing is ever fetched from them. */
const vocabularies = /^http:\/\/www\.w3\.org\//;

test("builds a page that names no other origin to load from", async () => {
  const files = await builtFiles("frontend/dist", /\.(html|css|webmanifest)$/);
  expect(files.length).toBeGreaterThan(1);
  const contents = await Promise.all(files.map((path) => readFile(path, "utf8")));
  const addresses = contents.flatMap(
    (content) => content.match(/(https?:)?\/\/[a-z0-9][^\s"'<>()]*/gi) ?? [],
  );
  expect(addresses.filter((address) => !vocabularies.test(address))).toEqual([]);
});

test("builds scripts that import from their own folder alone", async () => {
  const entryPoints = [...(await builtFiles("frontend/dist/assets", /\.js$/))];
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    write: false,
    metafile: true,
    outdir: ".",
  });
  const inputs = Object.entries(metafile.inputs);
  const foreign = inputs.flatMap(([path, { imports }]) => [
    ...imports.filter(({ external }) => external).map((one) => one.path),
    ...(path.startsWith("frontend/dist/assets/") ? [] : [path]),
  ]);
  expect(inputs.length).toBeGreaterThan(0);
  expect(foreign).toEqual([]);
});

test("has nothing in the product that looks for or installs updates", async () => {
  const files = await builtFiles("backend/dist", /\.js$/);
  expect(files.length).toBeGreaterThan(0);
  const contents = await Promise.all(files.map((path) => readFile(path, "utf8")));
  const updaters = /https?:\/\/registry\b|update-notifier|releases\/latest|npm (install|update)\b/;
  expect(contents.flatMap((content) => content.match(updaters)?.[0] ?? [])).toEqual([]);
});

test("starts from the code that V8 kept when it was built, and without it when that is damaged", async () => {
  const [bundle = ""] = await builtFiles("backend/dist", /^server-\w+\.js$/);
  const folder = await mkdtemp(join(tmpdir(), "voxpilot-built-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const copy = join(folder, basename(bundle));
  await copyFile(bundle, copy);
  await copyFile(cacheOf(bundle), cacheOf(copy));
  expect(cacheIsTaken(copy)).toBe("true");
  const cache = await open(cacheOf(copy), "r+");
  await cache.write(Buffer.alloc(4_096), 0, 4_096, 532_480);
  await cache.close();
  expect(cacheIsTaken(copy)).toBe("undefined");
});

/** In a Node without flags: with some of them V8 takes no cache. */
function cacheIsTaken(bundle: string): string {
  const program = JSON.stringify(`${packageRoot}backend/src/built-program.ts`);
  const code = `import { compileBundle } from ${program};
    const rejected = compileBundle(${JSON.stringify(bundle)}).cachedDataRejected;
    console.log(rejected === undefined ? "undefined" : String(!rejected));`;
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code], {
    cwd: packageRoot,
    env: { PATH: process.env.PATH },
    encoding: "utf8",
  });
  return stdout.trim();
}
