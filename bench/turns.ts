/** What the product adds to a turn: before the model is first asked, and in each round of a tool. */
import type { BenchModel } from "./support/bench-model.ts";
import { type BenchProduct, fileCount } from "./support/bench-product.ts";
import { type BenchClient, isGoodEnd } from "./support/client.ts";
import { median, percentile } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const prompts = 20;
const roundRuns = 5;

export interface Setting {
  readonly model: BenchModel;
  readonly client: BenchClient;
  readonly bench: BenchProduct;
}

/** To the model's having the request: from the client's sending of the prompt, and from its being told "accepted". */
export async function measurePrompts({ model, client, bench }: Setting): Promise<readonly Finding[]> {
  const afterSending: number[] = [];
  const afterAccepting: number[] = [];
  for (let run = 0; run <= prompts; run += 1) {
    const session = await client.createSession(bench.project);
    model.reset();
    const sentAtMs = performance.timeOrigin + performance.now();
    await client.prompt(session, "hello");
    const acceptedAtMs = performance.timeOrigin + performance.now();
    await client.turnEnd(session);
    const [request] = model.requests();
    // The first turn of a process loads code that the others find loaded.
    if (run === 0 || !request) continue;
    afterSending.push(request.receivedAtMs - sentAtMs);
    afterAccepting.push(request.receivedAtMs - acceptedAtMs);
  }
  return [
    finding(`prompt accepted → model request, median of ${prompts}`, median(afterAccepting), {
      unit: "ms",
      atMost: 10,
    }),
    finding("the same, from the prompt's sending", median(afterSending), { unit: "ms" }),
    finding("the same, p95", percentile(afterSending, 0.95), { unit: "ms" }),
  ];
}

/** From the end of the model's response with a call of `read` to its next request. */
export async function measureRounds({ model, client, bench }: Setting): Promise<readonly Finding[]> {
  const gaps: number[] = [];
  for (let run = 0; run <= roundRuns; run += 1) {
    const session = await client.createSession(bench.project);
    const measured = await roundGaps({ model, client, bench }, session);
    if (run > 0) gaps.push(...measured);
  }
  return [
    finding(`tool round, \`read\`: response end → next request, median of ${gaps.length}`, median(gaps), {
      unit: "ms",
      atMost: 6,
    }),
    finding("the same, p95", percentile(gaps, 0.95), { unit: "ms" }),
  ];
}

/** Runs one turn of `fileCount` rounds in a session; from the end of each response until the model has the next request. */
export async function roundGaps({ model, client }: Setting, session: string): Promise<readonly number[]> {
  model.reset();
  const before = await client.lastSeq(session);
  await client.prompt(session, "rounds");
  await client.follow(session, isGoodEnd, before);
  const requests = model.requests();
  if (requests.length !== fileCount + 1)
    throw new Error(`${requests.length} requests in ${fileCount} rounds.`);
  const ends = requests.map(({ endedAtMs }) => endedAtMs ?? Number.NaN);
  return requests.slice(1).map(({ receivedAtMs }, index) => receivedAtMs - (ends[index] ?? 0));
}
