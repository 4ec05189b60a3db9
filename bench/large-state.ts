/** A machine after years: ten thousand sessions, and one whose log is a gigabyte. */
import { startBenchModel } from "./support/bench-model.ts";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { type LargeLog, writeLargeLog, writeManySessions } from "./support/large-state.ts";
import { residentMegabytes } from "./support/memory.ts";
import { type Finding, finding } from "./support/table.ts";

const sessions = 10_000;
const logBytes = 1_000_000_000;
const largeSessionId = "bench-large-session";

/** Each figure is that of a first time: of the process, and of the session. The page cache is warm. */
export async function measureLargeState(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  let large: LargeLog = { lastSeq: 0 };
  const first = await startBenchProduct(model.baseUrl, async (state, project) => {
    await writeManySessions(state, { project, count: sessions });
    large = await writeLargeLog(state, { project, bytes: logBytes, id: largeSessionId });
  });
  let bench = first;
  try {
    // The first start after files were put there may build what later ones find.
    const device = await BenchClient.add(bench.product);
    await device.get("/api/sessions");
    bench = await bench.restart();
    const client = device.at(bench.product);
    await client.get("/api/sessions");
    const listed = performance.now() - bench.startedMs;
    const afterList = await residentMegabytes(bench.product.pid);
    const address = `/api/sessions/${largeSessionId}/events?before=${large.lastSeq + 1}&limit=500`;
    const opened = await timed(async () => {
      const page: { lastSeq: number } = JSON.parse(String(await client.get(address)));
      if (page.lastSeq < large.lastSeq) throw new Error(`The log ended at ${page.lastSeq}.`);
    });
    const again = await timed(() => client.get(address));
    const afterOpen = await residentMegabytes(bench.product.pid);
    return [
      finding("10,000 sessions listed, from the start of the process", listed, {
        unit: "ms",
        atMost: 1_000,
        digits: 0,
      }),
      finding("memory (RSS) after that", afterList, { unit: "MB", atMost: 250, digits: 0 }),
      finding("last page of a log of 1 GB, first time after a start", opened, {
        unit: "ms",
        atMost: 2_000,
        digits: 0,
      }),
      finding("the same again: from the end of the log, which nobody opens", again, {
        unit: "ms",
        digits: 0,
      }),
      finding("memory (RSS) after that", afterOpen, { unit: "MB", atMost: 250, digits: 0 }),
    ];
  } finally {
    await bench.close();
    await model.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
