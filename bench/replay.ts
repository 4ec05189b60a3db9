/** What it takes to send a long session from its first event: time and bytes, plain and compressed. */

import { createGunzip } from "node:zlib";
import { startBenchModel } from "./support/bench-model.ts";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { writeLongSession } from "./support/long-session.ts";
import { median } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const lengths = [2_000, 5_000];
const runs = 7;
/** As many as the page asks for. */
const pageLimit = 500;

export async function measureReplay(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const lastSeqs = new Map<number, number>();
  const bench = await startBenchProduct(model.baseUrl, async (state, project) => {
    for (const entries of lengths)
      lastSeqs.set(entries, await writeLongSession(state, { project, entries, id: idOf(entries) }));
  });
  try {
    const client = await BenchClient.add(bench.product);
    const findings: Finding[] = [];
    for (const entries of lengths)
      findings.push(...(await measureLength(client, entries, lastSeqs.get(entries) ?? 0)));
    return findings;
  } finally {
    await bench.close();
    await model.close();
  }
}

async function measureLength(
  client: BenchClient,
  entries: number,
  lastSeq: number,
): Promise<readonly Finding[]> {
  const plain = await repeat(() => replay(client, { entries, lastSeq, encoding: "identity" }));
  const gzip = await repeat(() => replay(client, { entries, lastSeq, encoding: "gzip" }));
  const page = await repeat(() => newestPage(client, entries, lastSeq));
  const what = `replay of ${entries.toLocaleString("en-GB")} entries over the stream`;
  return [
    finding(`${what}, plain, median of ${runs}`, plain.ms, { unit: "ms", digits: 0 }),
    finding("the same, bytes", plain.bytes / 1_000, { unit: "kB", digits: 0 }),
    finding("the same, gzip, time", gzip.ms, { unit: "ms", digits: 0 }),
    finding("the same, gzip, bytes", gzip.bytes / 1_000, { unit: "kB", digits: 0 }),
    finding(`newest page of ${pageLimit} of that session, brotli`, page.ms, { unit: "ms", digits: 0 }),
    finding("the same, bytes", page.bytes / 1_000, { unit: "kB", digits: 0 }),
  ];
}

interface Measured {
  readonly ms: number;
  readonly bytes: number;
}

/** The first one is thrown away: the server reads the session from the disk for it. */
async function repeat(measure: () => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = [];
  for (let run = 0; run <= runs; run += 1) all.push(await measure());
  const kept = all.slice(1);
  return { ms: median(kept.map(({ ms }) => ms)), bytes: median(kept.map(({ bytes }) => bytes)) };
}

interface Replay {
  readonly entries: number;
  readonly lastSeq: number;
  readonly encoding: "gzip" | "identity";
}

/** From the request until the last event has come; it is looked for in the text, and nothing is parsed. */
async function replay(client: BenchClient, { entries, lastSeq, encoding }: Replay): Promise<Measured> {
  const startedMs = performance.now();
  const stream = await client.open(`/api/sessions/${idOf(entries)}/events?after=0`, encoding);
  const gunzip = createGunzip();
  let bytes = 0;
  let tail = "";
  const seen = () => tail.includes(`id: ${lastSeq}\n`) && tail.endsWith("\n\n");
  const note = (part: Buffer) => {
    tail = (tail + part.toString("latin1")).slice(-200_000);
  };
  gunzip.on("data", note);
  for await (const part of stream.bytes) {
    bytes += part.length;
    if (encoding === "identity") note(part);
    else {
      await new Promise((resolve) => gunzip.write(part, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (seen()) break;
  }
  stream.close();
  if (!seen()) throw new Error("The replay ended early.");
  return { ms: performance.now() - startedMs, bytes };
}

async function newestPage(client: BenchClient, entries: number, lastSeq: number): Promise<Measured> {
  const startedMs = performance.now();
  const address = `/api/sessions/${idOf(entries)}/events?before=${lastSeq + 1}&limit=${pageLimit}`;
  const { length } = await client.get(address, { "accept-encoding": "br" });
  return { ms: performance.now() - startedMs, bytes: length };
}

function idOf(entries: number): string {
  return `bench-replay-${entries}`;
}
