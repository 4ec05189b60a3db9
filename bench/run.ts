/**
 * `npm run bench`: measures the built product on this machine, all on loopback, in about ten minutes.
 * Prints a table in Markdown; ends with 1 when something promised was missed. Words name what to measure (default: all).
 */
import { cpus, platform, release } from "node:os";
import { ensureBuilt } from "../scripts/build-stamp.mjs";
import { measureAccepting } from "./accepting.ts";
import { measureAgents } from "./agents.ts";
import { measureLargeState } from "./large-state.ts";
import { measureLongTurns } from "./long-turns.ts";
import { measureSearch } from "./many-sessions.ts";
import { measureManyStreams } from "./many-streams.ts";
import { measurePage } from "./page.ts";
import { measureReading } from "./reading.ts";
import { measureReplay } from "./replay.ts";
import { measureStart } from "./start.ts";
import { measureAddedDelay, measureRelay } from "./streaming.ts";
import { startBenchModel } from "./support/bench-model.ts";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { type Finding, markdownTable } from "./support/table.ts";
import { measurePrompts, measureRounds } from "./turns.ts";

type Measurement = () => Promise<readonly Finding[]>;

async function page(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl);
  try {
    return await measurePage(bench.product);
  } finally {
    await bench.close();
    await model.close();
  }
}

async function turns(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl);
  try {
    const setting = { model, bench, client: await BenchClient.add(bench.product) };
    return [
      ...(await measurePrompts(setting)),
      ...(await measureRounds(setting)),
      ...(await measureAddedDelay(setting)),
    ];
  } finally {
    await bench.close();
    await model.close();
  }
}

const measurements: Readonly<Record<string, Measurement>> = {
  start: measureStart,
  page,
  reading: measureReading,
  turns,
  relay: measureRelay,
  accepting: measureAccepting,
  streams: measureManyStreams,
  replay: measureReplay,
  rounds: measureLongTurns,
  large: measureLargeState,
  search: measureSearch,
  agents: measureAgents,
};

function chosen(words: readonly string[]): readonly Measurement[] {
  const names = words.length > 0 ? words : Object.keys(measurements);
  return names.map((name) => {
    const measurement = measurements[name];
    if (!measurement)
      throw new Error(`Nothing to measure by the name ${name}: ${Object.keys(measurements).join(", ")}`);
    return measurement;
  });
}

ensureBuilt();
const findings: Finding[] = [];
for (const measure of chosen(process.argv.slice(2))) findings.push(...(await measure()));

console.log(
  `Node ${process.versions.node}, ${platform()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}\n`,
);
console.log(markdownTable(findings));
process.exitCode = findings.some(({ passed }) => passed === false) ? 1 : 0;
