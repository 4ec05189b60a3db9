/**
 * The program as it is built: one bundle of CommonJS, and beside it what V8 made of it when it was built. An ES module
 * cannot be started from V8's code cache in Node 20; a script can, and starts in three quarters of the time. Another
 * V8, or one with other flags for its memory, does not take the cache: then all is compiled anew.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** The names under which the bundle finds its surroundings; `scripts/build-backend.ts` puts `ownUrl` for `import.meta.url`. */
const surroundings = ["exports", "require", "module", "__filename", "__dirname", "ownUrl"];

/** Of the sum in front of the cache. */
const sumBytes = 4;

/**
 * Compiles a bundle, absolute path, from its code cache if there is a whole one, else anew.
 * The bundle is ASCII alone, so that V8 keeps a byte for a character.
 */
export function compileBundle(bundle: string): Script {
  const text = readFileSync(bundle, "latin1");
  const source = `(function (${surroundings.join(", ")}) {${text}\n})`;
  return new Script(source, { filename: bundle, cachedData: readCache(bundle, text) });
}

/** Runs what was compiled, as Node would run the file. */
export function runBundle(script: Script, bundle: string): void {
  const module = { exports: {} };
  const run: unknown = script.runInThisContext();
  if (typeof run !== "function") throw new TypeError(`${bundle} is not a bundle.`);
  run.call(
    module.exports,
    module.exports,
    createRequire(bundle),
    module,
    bundle,
    dirname(bundle),
    pathToFileURL(bundle).href,
  );
}

/** Where the code cache of a bundle lies. */
export function cacheOf(bundle: string): string {
  return bundle.replace(/\.js$/, ".cache");
}

/** What is to be written there: V8 itself looks at neither the cache's bytes nor the bundle's text, and runs what it finds. */
export function summedCache(cache: Buffer, bundleText: string): Buffer {
  const sum = Buffer.alloc(sumBytes);
  sum.writeUInt32LE(sumOf(cache, bundleText));
  return Buffer.concat([sum, cache]);
}

function readCache(bundle: string, bundleText: string): Buffer | undefined {
  try {
    const file = readFileSync(cacheOf(bundle));
    const cache = file.subarray(sumBytes);
    return file.readUInt32LE() === sumOf(cache, bundleText) ? cache : undefined;
  } catch {
    // It only makes the start faster.
    return undefined;
  }
}

function sumOf(cache: Buffer, bundleText: string): number {
  return crc32(cache, crc32(bundleText));
}
