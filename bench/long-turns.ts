/** What a tool round costs when the session is short, and when a thousand rounds lie behind it. */
import { startBenchModel } from "./support/bench-model.ts";
import { fileCount, startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { median } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";
import { roundGaps } from "./turns.ts";

/** Rounds behind the measured ones; a turn has `fileCount` of them. */
const lengths = [20, 200, 1_000];
/** So many turns are measured at each length: one is too few to tell. */
const measuredTurns = 3;
/** A cost that grows with the log would be 5 × and 50 ×. */
const mostGrowth = 1.5;

export async function measureLongTurns(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl);
  try {
    const client = await BenchClient.add(bench.product);
    const setting = { model, bench, client };
    // The first turns of a process run code that is not compiled yet.
    const warm = await client.createSession(bench.project);
    for (let turn = 0; turn < 5; turn += 1) await roundGaps(setting, warm);
    const session = await client.createSession(bench.project);
    const costs: { readonly rounds: number; readonly ms: number }[] = [];
    let rounds = 0;
    for (const wanted of lengths) {
      for (; rounds < wanted; rounds += fileCount) await roundGaps(setting, session);
      const gaps: number[] = [];
      for (let turn = 0; turn < measuredTurns; turn += 1) gaps.push(...(await roundGaps(setting, session)));
      rounds += measuredTurns * fileCount;
      costs.push({ rounds: wanted, ms: median(gaps) });
    }
    const [, middle, last] = costs;
    return [
      ...costs.map(({ rounds, ms }) =>
        finding(
          `tool round with ${rounds.toLocaleString("en-GB")} rounds behind it, median of ${measuredTurns * fileCount}`,
          ms,
          { unit: "ms" },
        ),
      ),
      finding("1,000 rounds against 200", (last?.ms ?? Number.NaN) / (middle?.ms ?? Number.NaN), {
        unit: "×",
        atMost: mostGrowth,
        digits: 2,
      }),
    ];
  } finally {
    await bench.close();
    await model.close();
  }
}
