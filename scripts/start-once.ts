/** `start-once BUNDLE FOLDER`: the built program in this very process, until it has answered once; then the code that V8 made of it is written. */
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { cacheOf, compileBundle, runBundle } from "../backend/src/built-program.ts";
import { freePort } from "../e2e/support/free-port.ts";

const [, , bundle = "", folder = ""] = process.argv;
const port = await freePort();

process.chdir(folder);
process.argv = [process.execPath, "voxpilot", folder, "--port", String(port), "--no-open"];
const script = compileBundle(bundle);
runBundle(script, bundle);
while (!(await answers())) await delay(5);
writeFileSync(cacheOf(bundle), script.createCachedData());
process.exit(0);

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/health`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
