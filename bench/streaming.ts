/** What the product adds between the model's tokens and a client's event stream. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type BenchModel, pacedTokens } from "./support/bench-model.ts";
import { type BenchProduct, startBenchProduct } from "./support/bench-product.ts";
import { BenchClient, type BenchEvent, isGoodEnd } from "./support/client.ts";
import { median, percentile } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const relayedTokens = 50_000;
const charactersPerToken = 5;
const relayRuns = 5;

function agentText({ update }: BenchEvent): string {
  return update.sessionUpdate === "agent_message_chunk" ? (update.content?.text ?? "") : "";
}

/** Tokens as fast as the model can send them, until the client has the last: three processes. */
export async function measureRelay(): Promise<readonly Finding[]> {
  const script = fileURLToPath(new URL("support/model-process.ts", import.meta.url));
  const model = spawn(process.execPath, ["--import", "tsx", script, String(relayedTokens)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(model.stdout.setEncoding("utf8"), "data");
  const bench = await startBenchProduct(String(printed).trim());
  try {
    const client = await BenchClient.add(bench.product);
    const rates: number[] = [];
    for (let run = 0; run <= relayRuns; run += 1) {
      const seconds = await relayOnce(client, bench.project);
      if (run > 0) rates.push(relayedTokens / seconds);
    }
    const what = `${relayedTokens.toLocaleString("en-GB")} tokens from the model to an SSE client, median of ${relayRuns}`;
    return [finding(what, median(rates), { unit: "tokens/s", atLeast: 100_000, digits: 0 })];
  } finally {
    await bench.close();
    model.kill("SIGTERM");
  }
}

/** Seconds from the prompt's sending to the last character at the client. */
async function relayOnce(client: BenchClient, project: string): Promise<number> {
  const session = await client.createSession(project);
  let characters = 0;
  let tookMs = 0;
  let startedMs = 0;
  const followed = client.follow(session, (event) => {
    characters += agentText(event).length;
    if (characters >= relayedTokens * charactersPerToken && tookMs === 0)
      tookMs = performance.now() - startedMs;
    return isGoodEnd(event);
  });
  startedMs = performance.now();
  await client.prompt(session, "stream");
  await followed;
  if (characters !== relayedTokens * charactersPerToken) throw new Error(`${characters} characters arrived.`);
  return tookMs / 1000;
}

interface Setting {
  readonly model: BenchModel;
  readonly client: BenchClient;
  readonly bench: BenchProduct;
}

/** Model's write → client's event, for each token of a paced stream. */
export async function measureAddedDelay({ model, client, bench }: Setting): Promise<readonly Finding[]> {
  const session = await client.createSession(bench.project);
  const arrivedAtMs: number[] = [];
  const followed = client.follow(session, (event) => {
    for (const _end of agentText(event).matchAll(/\./g)) arrivedAtMs.push(performance.now());
    return isGoodEnd(event);
  });
  await client.prompt(session, "paced");
  await followed;
  if (arrivedAtMs.length !== pacedTokens) throw new Error(`${arrivedAtMs.length} tokens arrived.`);
  const delays = arrivedAtMs.map((arrived, index) => arrived - (model.sentAtMs[index] ?? Number.NaN));
  return [
    finding(`added delay of a token at 100 tokens/s, median of ${pacedTokens}`, median(delays), {
      unit: "ms",
      atMost: 5,
      digits: 2,
    }),
    finding("the same, p95", percentile(delays, 0.95), { unit: "ms", atMost: 20, digits: 2 }),
  ];
}
