/** Lets V8 keep what it made of the built program while that started once. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "./paths.mjs";

const startsWithinMs = 30_000;

/** Starts the bundle, absolute path, in folders of its own until it answers. Throws when nothing could be kept. */
export function writeCodeCache(bundle: string): void {
  const folder = mkdtempSync(join(tmpdir(), "voxpilot-build-"));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "scripts/start-once.ts", bundle, folder],
      {
        cwd: packageRoot,
        // Nothing of the builder's own settings.
        env: { PATH: process.env.PATH, HOME: folder, VOXPILOT_STATE_DIR: join(folder, "state") },
        stdio: ["ignore", "ignore", "pipe"],
        encoding: "utf8",
        timeout: startsWithinMs,
      },
    );
    if (status !== 0) throw new Error(`The built program does not start: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
