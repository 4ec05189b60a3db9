/** A session's life on a played disk: which of its system calls fail is up to the test, and so is when the power goes. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeMachine } from "../sessions/session-fixture.ts";
import { type Call, systemError, watchCalls } from "./played-calls.ts";
import { PlayedDisk } from "./played-disk.ts";
import { type Acknowledged, liveThrough, nothingAcknowledged } from "./session-scenario.ts";

/** How a system says no. */
export const systemCodes = ["EIO", "ENOSPC", "EROFS", "EMFILE", "EACCES"] as const;
export type SystemCode = (typeof systemCodes)[number];

/** What a life left. */
export interface Lived {
  readonly disk: PlayedDisk;
  readonly acknowledged: Acknowledged;
  readonly calls: readonly Call[];
  readonly machine: Awaited<ReturnType<typeof makeMachine>>;
}

/** Lives through the scenario; `fails` says which call fails, by its number. */
export async function live(
  fails: (number: number, call: Call) => SystemCode | null,
  onCall: (disk: PlayedDisk, acknowledged: Acknowledged) => void = () => undefined,
): Promise<Lived> {
  const machine = await makeMachine();
  const disk = new PlayedDisk(machine.state);
  const acknowledged = nothingAcknowledged();
  const calls: Call[] = [];
  watchCalls({
    folder: machine.state,
    before: async (call) => {
      const code = fails(calls.length, call);
      calls.push(call);
      if (code !== null) throw systemError(code);
    },
    after: (call, handle) => {
      disk.after(call, handle);
      onCall(disk, acknowledged);
    },
    failed: (call) => disk.failed(call),
  });
  try {
    await liveThrough(machine, acknowledged);
  } finally {
    watchCalls(null);
  }
  return { disk, acknowledged, calls, machine };
}

/** The machine as it comes back: what was safe on that disk, in a state folder beside the one that was lived in. */
export async function afterPowerCut(disk: PlayedDisk, machine: Lived["machine"]): Promise<Lived["machine"]> {
  const state = join(machine.state, "..", `after-${afterPowerCut.count++}`);
  await mkdir(state);
  await disk.layOut(state);
  return { ...machine, state };
}
afterPowerCut.count = 0;

/** Does it; a failure tells of what. */
export async function named(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
