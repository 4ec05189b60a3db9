/**
 * The program as it is built: one bundle of CommonJS, and beside it what V8 made of it when it was built. An ES module
 * cannot be started from V8's code cache in Node 20; a script can, and starts in three quarters of the time.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

/** The names under which the bundle finds its surroundings; `scripts/build-backend.ts` puts `ownUrl` for `import.meta.url`. */
const surroundings = ["exports", "require", "module", "__filename", "__dirname", "ownUrl"];

/**
 * Compiles a bundle, absolute path, from the code cache if there is one that fits this Node, else anew.
 * The bundle is ASCII alone, so that V8 keeps a byte for a character.
 */
export function compileBundle(bundle: string): Script {
  const source = `(function (${surroundings.join(", ")}) {${readFileSync(bundle, "latin1")}\n})`;
  return new Script(source, { filename: bundle, cachedData: readCache(bundle) });
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

/** Where the code cache of a bundle lies: its name says the bundle's hash, so that the two always belong together. */
export function cacheOf(bundle: string): string {
  return bundle.replace(/\.js$/, ".cache");
}

function readCache(bundle: string): Buffer | undefined {
  try {
    return readFileSync(cacheOf(bundle));
  } catch {
    // It only makes the start faster.
    return undefined;
  }
}
