/** Ends everything that a child process started, also what left its process group (security requirement PRC-02). */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { systemErrorCode } from "../workspace-error.ts";

/** The environment variable that marks a run's processes; it is inherited, so that `setsid` does not hide a child. */
export const runMark = "VOXPILOT_RUN";

export interface ProcessGroup {
  /** The leader's process id, which is the group's id. */
  readonly id: number;
  /** The value of `runMark` in the children's environment. */
  readonly mark: string;
}

const pollMs = 25;
const graceMs = 2_000;

/** SIGTERM, up to two seconds, SIGKILL. Resolves when nothing of the group is alive, with whether there was anything. */
export async function endGroup(group: ProcessGroup): Promise<"nothing" | "ended"> {
  if (livingMembers(group).length === 0) return "nothing";
  signalAll(group, "SIGTERM");
  if (await isGone(group, graceMs)) return "ended";
  signalAll(group, "SIGKILL");
  await isGone(group, graceMs);
  return "ended";
}

/** Ends it at once and does not wait: for the very end of the server. */
export function killGroup(group: ProcessGroup): void {
  signalAll(group, "SIGKILL");
}

async function isGone(group: ProcessGroup, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (livingMembers(group).length > 0) {
    if (performance.now() > deadline) return false;
    await wait(pollMs);
  }
  return true;
}

function signalAll(group: ProcessGroup, signal: "SIGTERM" | "SIGKILL"): void {
  for (const target of livingMembers(group)) {
    try {
      process.kill(target, signal);
    } catch (error) {
      // It ended by itself in this moment.
      if (systemErrorCode(error) !== "ESRCH" && systemErrorCode(error) !== "EPERM") throw error;
    }
  }
}

/** Targets for `kill`: process ids, or the negative group id where the system does not show its processes as files. */
function livingMembers(group: ProcessGroup): number[] {
  if (process.platform === "linux") return linuxMembers(group);
  try {
    process.kill(-group.id, 0);
    return [-group.id];
  } catch (error) {
    // EPERM on macOS: only zombies are left.
    const code = systemErrorCode(error);
    if (code === "ESRCH" || code === "EPERM") return [];
    throw error;
  }
}

function linuxMembers(group: ProcessGroup): number[] {
  const mark = `${runMark}=${group.mark}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => belongs(name, group.id, mark))
    .map(Number);
}

function belongs(processId: string, groupId: number, mark: string): boolean {
  const status = procFile(processId, "stat");
  // "1234 (any name) S parent group …"; Z and X are dead already and have only not been waited for.
  const [state = "X", , processGroup] = status.slice(status.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X" || state === "") return false;
  if (Number(processGroup) === groupId) return true;
  return procFile(processId, "environ").split("\0").includes(mark);
}

function procFile(processId: string, name: string): string {
  try {
    return readFileSync(`/proc/${processId}/${name}`, "latin1");
  } catch {
    // Ended since it was listed, or another user's: none of ours.
    return "";
  }
}
