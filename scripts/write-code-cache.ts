/** Lets V8 keep what it made of the built program while that started once. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheOf } from "../backend/src/built-program.ts";
import { packageRoot } from "./paths.mjs";

const startsWithinMs = 30_000;

/** Starts the bundle, absolute path, in folders of its own until it answers. Where it cannot, that is said: without the cache it only starts slower. */
export function writeCodeCache(bundle: string): void {
  const folder = mkdtempSync(join(tmpdir(), "voxpilot-build-"));
  try {
    const { stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "scripts/start-once.ts", bundle, folder],
      {
        cwd: packageRoot,
        env: { ...systemEnvironment(), HOME: folder, VOXPILOT_STATE_DIR: join(folder, "state") },
        stdio: ["ignore", "ignore", "pipe"],
        encoding: "utf8",
        timeout: startsWithinMs,
        // The program takes its time over every other signal.
        killSignal: "SIGKILL",
      },
    );
    if (!existsSync(cacheOf(bundle)))
      console.error(`The server could not be started here, so it will start slower:\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What programs need to run at all, and nothing of the builder's own settings. */
function systemEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return { PATH, TMPDIR, LD_LIBRARY_PATH };
}
