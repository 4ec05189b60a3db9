/** `start-once BUNDLE FOLDER`: the built program in this very process, until it has answered once; then the code that V8 made of it is written. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { cacheOf, compileBundle, runBundle, summedCache } from "../backend/src/built-program.ts";
import { freePort } from "./free-port.ts";

const [, , bundle = "", folder = ""] = process.argv;
const port = await freePort();

process.chdir(folder);
process.argv = [process.execPath, "voxpilot", folder, "--port", String(port), "--no-open"];
const script = compileBundle(bundle);
runBundle(script, bundle);
while (!(await answers())) {
  // The program says so when it could not start.
  if (process.exitCode !== undefined) process.exit();
  await delay(5);
}
writeWhole(cacheOf(bundle), summedCache(script.createCachedData(), readFileSync(bundle, "latin1")));
// It puts away what it made.
process.kill(process.pid, "SIGTERM");

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/health`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** Under its name there is all of it or nothing, also after a power cut. */
function writeWhole(path: string, bytes: Buffer): void {
  const unfinished = `${path}.${process.pid}`;
  const file = openSync(unfinished, "wx");
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}
