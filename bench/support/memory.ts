/** Memory and processor time of a process, as the system tells them. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Resident megabytes. Linux and macOS alike: `ps` tells kibibytes. */
export async function residentMegabytes(pid: number): Promise<number> {
  return (Number(await tell("rss=", pid)) * 1024) / 1_000_000;
}

/** Whole seconds that a process has been on a processor, all its threads together. */
export async function processorSeconds(pid: number): Promise<number> {
  // [[days-]hours:]minutes:seconds
  const parts = (await tell("time=", pid)).split(/[-:]/).map(Number);
  return parts.reduce((sum, part, index) => sum * (parts.length - index === 3 ? 24 : 60) + part, 0);
}

async function tell(what: string, pid: number): Promise<string> {
  const child = spawn("ps", ["-o", what, "-p", String(pid)], { stdio: ["ignore", "pipe", "inherit"] });
  return (await text(child.stdout)).trim();
}

/** Watches a process; `stop` resolves to the most that was seen. */
export function watchMemory(pid: number): { stop(): Promise<number> } {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, await residentMegabytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return most;
    },
  };
}
