/** What is left of a server that was killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { endOrphans } from "../../../src/workspace/processes/orphans.ts";

const processes = fileURLToPath(new URL("../../../src/workspace/processes/processes.ts", import.meta.url));
const script = `
  const { runCommand } = await import(${JSON.stringify(processes)});
  await runCommand({
    command: "setsid sleep 300 & echo $BASHPID $!; sleep 300",
    cwd: "/",
    timeoutMs: 300_000,
    signal: new AbortController().signal,
    onOutput: (_stream, text) => process.stdout.write(text),
  });
`;

/** Another server with a command that runs, and the ids of that command's processes. */
async function serverWithCommand() {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [output] = await once(child.stdout, "data");
  const processIds = String(output).trim().split(" ").map(Number);
  onTestFinished(() => {
    for (const id of processIds.filter(isAlive)) process.kill(id, "SIGKILL");
  });
  return { child, processIds };
}

/** One that nobody has waited for yet is not. */
function isAlive(processId: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${processId}/stat`, "latin1"));
  } catch {
    return false;
  }
}

test.runIf(process.platform === "linux")(
  "PRC-03: ends what a killed server left running, and nothing of one that lives",
  { timeout: 30_000 },
  async () => {
    const [killed, living] = await Promise.all([serverWithCommand(), serverWithCommand()]);
    killed.child.kill("SIGKILL");
    await once(killed.child, "exit");
    expect(killed.processIds.map(isAlive)).toEqual([true, true]);
    await endOrphans();
    expect(killed.processIds.map(isAlive)).toEqual([false, false]);
    expect(living.processIds.map(isAlive)).toEqual([true, true]);
    living.child.kill("SIGKILL");
    await once(living.child, "exit");
    await endOrphans();
    expect(living.processIds.map(isAlive)).toEqual([false, false]);
  },
);
