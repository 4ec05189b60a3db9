/** How many prompts a second are accepted, each with its line on the disk (`fdatasync`) before the 202. */
import { startBenchModel } from "./support/bench-model.ts";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { type Finding, finding } from "./support/table.ts";

const sessions = 30;
const atOnce = 32;
const oneByOne = 300;

/** Into sessions whose turn is running, so that accepting is all that is done. */
export async function measureAccepting(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl);
  try {
    const client = await BenchClient.add(bench.product);
    const busy: string[] = [];
    for (let count = 0; count < sessions; count += 1) {
      const session = await client.createSession(bench.project);
      await client.prompt(session, "held");
      busy.push(session);
    }
    const single = await secondsOf(async () => {
      for (let count = 0; count < oneByOne; count += 1)
        await client.prompt(busy[count % sessions] ?? "", `one ${count}`);
    });
    const together = await secondsOf(async () => {
      for (const session of busy)
        await Promise.all(
          Array.from({ length: atOnce }, (_, index) => client.prompt(session, `of many ${index}`)),
        );
    });
    return [
      finding(`accepted prompts, one after another, ${oneByOne}`, oneByOne / single, {
        unit: "prompts/s",
        digits: 0,
      }),
      finding(
        `the same, ${atOnce} at once into one session, ${sessions} times`,
        (sessions * atOnce) / together,
        {
          unit: "prompts/s",
          digits: 0,
        },
      ),
    ];
  } finally {
    model.release();
    await bench.close();
    await model.close();
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1_000;
}
