/** What a process has ever held of memory at once. */
import { readFile } from "node:fs/promises";

/** Bytes. What Node tells counts what the parent held before this program began; the system's own figure does not. */
export async function peakMemoryBytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes));
}
