/** A real file system of a few megabytes, where this machine lets us make one. */
import { execFile } from "node:child_process";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

export interface SmallDisk {
  readonly path: string;
  /** Leaves about so many bytes free; Infinity: gives all of it back. */
  leaveFree(bytes: number): Promise<void>;
}

/** Mounts it in a folder until the test ends; null where only others may mount (no root, another system). */
export async function mountSmallDisk(path: string, megabytes: number): Promise<SmallDisk | null> {
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
  } catch {
    // Whoever asks reports it as not run.
    return null;
  }
  onTestFinished(async () => {
    await run("umount", ["-l", path]);
  });
  const filler = join(path, "filler");
  return {
    path,
    async leaveFree(bytes) {
      const file = await open(filler, "a");
      try {
        if (bytes === Number.POSITIVE_INFINITY) return await file.truncate(0);
        await fill(file);
        await file.truncate(Math.max(0, (await stat(filler)).size - bytes));
      } finally {
        await file.close();
      }
    },
  };
}

async function fill(file: Awaited<ReturnType<typeof open>>): Promise<void> {
  for (let block = 65_536; block >= 1; ) {
    try {
      await file.write(Buffer.alloc(block));
    } catch {
      // No room for a block of this size: a smaller one may still go in.
      block = Math.floor(block / 2);
    }
  }
}
