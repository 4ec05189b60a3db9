/** A hundred sessions that all stream at once: what each token waits, and what memory it takes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { createParser } from "eventsource-parser";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient, type BenchEvent } from "./support/client.ts";
import { nowMicroseconds, wrapMicroseconds } from "./support/clock.ts";
import { processorSeconds, residentMegabytes, watchMemory } from "./support/memory.ts";
import { median, percentile } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const sessions = 100;
const tokensPerSecond = 50;
const seconds = 10;
/** Until all have begun. */
const ignoredSeconds = 2;
/** As many as one stream of a device may carry. */
const perStream = 20;

export async function measureManyStreams(): Promise<readonly Finding[]> {
  const plain = await streamAll("identity");
  const compressed = await streamAll("gzip");
  const what = `${sessions} sessions at ${tokensPerSecond} tokens/s each`;
  return [
    finding(
      `${what}: added delay of a token, median of ${plain.delaysMs.length.toLocaleString("en-GB")}`,
      median(plain.delaysMs),
      {
        unit: "ms",
        digits: 2,
      },
    ),
    finding("the same, p95", percentile(plain.delaysMs, 0.95), { unit: "ms", atMost: 20, digits: 2 }),
    finding("the same, p99", percentile(plain.delaysMs, 0.99), { unit: "ms", digits: 2 }),
    finding("the same, compressed, p95", percentile(compressed.delaysMs, 0.95), {
      unit: "ms",
      atMost: 20,
      digits: 2,
    }),
    finding("processor time of the server while they stream", 100 * plain.processorShare, {
      unit: "% of one",
      digits: 0,
    }),
    finding("the same, compressed", 100 * compressed.processorShare, { unit: "% of one", digits: 0 }),
    finding(`memory (RSS), ${sessions} sessions idle`, plain.idleMegabytes, { unit: "MB" }),
    finding("the same, the most while they stream", plain.mostMegabytes, { unit: "MB" }),
    finding("the same, compressed", compressed.mostMegabytes, { unit: "MB" }),
  ];
}

interface Streamed {
  readonly delaysMs: readonly number[];
  readonly idleMegabytes: number;
  readonly mostMegabytes: number;
  /** Of one processor. */
  readonly processorShare: number;
}

async function streamAll(encoding: "gzip" | "identity"): Promise<Streamed> {
  const script = fileURLToPath(new URL("support/stamping-model.ts", import.meta.url));
  const tokens = tokensPerSecond * (seconds + ignoredSeconds);
  const words = ["--import", "tsx", script, String(tokens), String(tokensPerSecond)];
  const model = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await once(model.stdout.setEncoding("utf8"), "data");
  const bench = await startBenchProduct(String(printed).trim());
  try {
    const client = await BenchClient.add(bench.product);
    const ids: string[] = [];
    for (let count = 0; count < sessions; count += 1) ids.push(await client.createSession(bench.project));
    const groups = Array.from({ length: sessions / perStream }, (_, index) =>
      ids.slice(index * perStream, (index + 1) * perStream),
    );
    const reading = groups.map((group) => readDelays(client, { group, encoding, tokens }));
    const idleMegabytes = await residentMegabytes(bench.product.pid);
    const memory = watchMemory(bench.product.pid);
    const before = { processor: await processorSeconds(bench.product.pid), atMs: performance.now() };
    await Promise.all(ids.map((id) => client.prompt(id, "stream")));
    const delaysMs = (await Promise.all(reading)).flat();
    const took = (performance.now() - before.atMs) / 1_000;
    const processorShare = ((await processorSeconds(bench.product.pid)) - before.processor) / took;
    return { delaysMs, idleMegabytes, processorShare, mostMegabytes: await memory.stop() };
  } finally {
    await bench.close();
    model.kill("SIGTERM");
  }
}

interface Reading {
  readonly group: readonly string[];
  readonly encoding: "gzip" | "identity";
  readonly tokens: number;
}

/** Each token says when it was handed to the socket: from then until it is read here. */
async function readDelays(client: BenchClient, { group, encoding, tokens }: Reading): Promise<number[]> {
  const query = group.map((id) => `session=${id}:0`).join("&");
  const stream = await client.open(`/api/events?${query}`, encoding);
  const delaysMs: number[] = [];
  const counts = new Map<string, number>();
  const texts = new Map<string, string>();
  let ended = 0;
  const take = (event: BenchEvent & { readonly sessionId: string }) => {
    const { sessionId, update } = event;
    if (update.sessionUpdate === "state_update" && update.state === "idle") ended += 1;
    if (update.sessionUpdate !== "agent_message_chunk") return;
    const text = (texts.get(sessionId) ?? "") + (update.content?.text ?? "");
    // A stamp may still be on its way in part.
    const whole = text.slice(0, text.lastIndexOf(".") + 1);
    texts.set(sessionId, text.slice(whole.length));
    for (const [, sentAt] of whole.matchAll(/(\d+)\./g)) {
      const count = (counts.get(sessionId) ?? 0) + 1;
      counts.set(sessionId, count);
      const took = wrapMicroseconds(nowMicroseconds() - Number(sentAt));
      if (count > ignoredSeconds * tokensPerSecond) delaysMs.push(took / 1_000);
    }
  };
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === "update") take(JSON.parse(data));
    },
  });
  const decoder = new TextDecoder();
  const plain = encoding === "gzip" ? gunzipped(stream.bytes) : stream.bytes;
  for await (const bytes of plain) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    if (ended === group.length) break;
  }
  stream.close();
  const arrived = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (arrived !== tokens * group.length) throw new Error(`${arrived} tokens arrived.`);
  return delaysMs;
}

function gunzipped(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  void (async () => {
    for await (const part of bytes) gunzip.write(part);
  })().catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error(String(error))));
  return gunzip;
}
