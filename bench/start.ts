/** From starting the process to the first answer of `/api/health`, against a bare Node server, turn about. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../scripts/free-port.ts";
import { builtServer } from "../scripts/paths.mjs";
import { median } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const runs = 15;
const timeoutMs = 10_000;
const bareServer = fileURLToPath(new URL("support/bare-server.mjs", import.meta.url));

export async function measureStart(): Promise<readonly Finding[]> {
  const state = await mkdtemp(join(tmpdir(), "voxpilot-bench-"));
  const ours: number[] = [];
  const bare: number[] = [];
  // One of each is thrown away: the first start reads the files from the disk.
  for (let run = 0; run <= runs; run += 1) {
    const port = await freePort();
    const words = [builtServer, state, "--port", String(port), "--no-open"];
    const ownMs = await startUntilHealthy(words, { port, state });
    const barePort = await freePort();
    const bareMs = await startUntilHealthy([bareServer, String(barePort)], { port: barePort, state });
    if (run > 0) {
      ours.push(ownMs);
      bare.push(bareMs);
    }
  }
  await rm(state, { recursive: true, force: true });
  const ratio = median(ours) / median(bare);
  return [
    finding("process start → first answer of `/api/health`", median(ours), {
      unit: "ms",
      atMost: 250,
      digits: 0,
    }),
    finding("the same, bare `node:http`", median(bare), { unit: "ms", digits: 0 }),
    finding("ratio of the two", ratio, { unit: "×", atMost: 3, digits: 2 }),
  ];
}

async function startUntilHealthy(
  words: readonly string[],
  { port, state }: { readonly port: number; readonly state: string },
): Promise<number> {
  const environment = { ...process.env, HOME: state, VOXPILOT_STATE_DIR: join(state, "state") };
  const startedMs = performance.now();
  const child = spawn(process.execPath, words, { env: environment, cwd: state, stdio: "ignore" });
  while (!(await answers(port))) {
    if (performance.now() - startedMs > timeoutMs) throw new Error(`Nothing answered on port ${port}.`);
    await delay(1);
  }
  const tookMs = performance.now() - startedMs;
  child.kill("SIGTERM");
  await once(child, "exit");
  return tookMs;
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/health`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet: asked again at once.
    return false;
  }
}
