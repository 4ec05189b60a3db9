/** Ends what a server that was killed left running (security requirement PRC-03). */
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { endGroup, runMark } from "./process-group.ts";

/** No process group has it. */
const noGroup = -1;

/** Marks the processes of one run as this server's: its process id, when that began, and a name of their own. */
export async function newRunMark(): Promise<string> {
  return `${process.pid}.${await startedAt(process.pid)}.${randomUUID()}`;
}

/** Ends every process whose mark names a server that is gone. Elsewhere than on Linux nobody can tell: nothing is done. */
export async function endOrphans(): Promise<void> {
  if (process.platform !== "linux") return;
  const processIds = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const marks = new Set(await Promise.all(processIds.map(markOf)));
  // A server that runs in a command of another one carries that one's mark itself.
  marks.delete(process.env[runMark] ?? null);
  await Promise.all([...marks].map((mark) => (mark === null ? undefined : endIfOrphaned(mark))));
}

async function endIfOrphaned(mark: string): Promise<void> {
  const [, processId = "", started = ""] = /^(\d+)\.(\d+)\./.exec(mark) ?? [];
  if (processId === "" || (await startedAt(Number(processId))) === started) return;
  await endGroup({ id: noGroup, mark });
}

async function markOf(processId: string): Promise<string | null> {
  const variables = (await procFile(processId, "environ")).split("\0");
  const mark = variables.find((variable) => variable.startsWith(`${runMark}=`));
  return mark?.slice(runMark.length + 1) ?? null;
}

/** In the system's own clock ticks; "0" for a process that is gone. A process id alone may be another's by now. */
async function startedAt(processId: number): Promise<string> {
  const status = await procFile(String(processId), "stat");
  return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
}

async function procFile(processId: string, name: string): Promise<string> {
  try {
    return await readFile(`/proc/${processId}/${name}`, "latin1");
  } catch {
    // Ended since it was listed, another user's, or a system without such files.
    return "";
  }
}
