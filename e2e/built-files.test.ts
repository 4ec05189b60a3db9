/** What is built loads from nowhere else and never updates itself. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { compileBundle } from "../backend/src/built-program.ts";
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

test("starts from the code that V8 kept when it was built", async () => {
  const [bundle = ""] = await builtFiles("backend/dist", /^server-\w+\.js$/);
  expect(compileBundle(bundle).cachedDataRejected).toBe(false);
});
