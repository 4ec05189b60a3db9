/** Finding words in a thousand sessions of about 100 kB each: first without texts to search, then with them. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { encodeLine } from "../backend/src/sessions/log/log-line.ts";
import { writeSummary } from "../backend/src/sessions/store/saved-summary.ts";
import { durableFiles } from "../backend/src/workspace/durable-files.ts";
import { applyToSummary, newSummary } from "../transcript/summary.ts";
import { startBenchModel } from "./support/bench-model.ts";
import { startBenchProduct } from "./support/bench-product.ts";
import { BenchClient } from "./support/client.ts";
import { creationOf, turnUpdates } from "./support/long-session.ts";
import { median } from "./support/statistics.ts";
import { type Finding, finding } from "./support/table.ts";

const sessions = 1_000;
const logBytes = 100_000;
const runs = 5;
const needle = "a singular needle";

/** In memory, so that a log is as long as it is meant to be. */
function eventsOf(id: string, project: string, isHolder: boolean): readonly SessionEvent[] {
  const updates: SessionUpdate[] = [creationOf(id, project)];
  if (isHolder)
    updates.push({
      sessionUpdate: "user_message_chunk",
      messageId: "needle",
      content: { type: "text", text: needle },
    });
  let bytes = 0;
  for (let turn = 1; bytes < logBytes; turn += 1) {
    const added = turnUpdates(turn);
    bytes += JSON.stringify(added).length + added.length * 80;
    updates.push(...added);
  }
  return updates.map((update, index) => {
    return { seq: index + 1, at: new Date(Date.UTC(2026, 0, 5) + index * 100).toISOString(), update };
  });
}

async function writeSessions(state: string, project: string): Promise<void> {
  for (let number = 0; number < sessions; number += 1) {
    const id = `bench-found-${String(number).padStart(5, "0")}`;
    const folder = join(state, "sessions", id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const created = creationOf(id, project);
    const [first, ...rest] = eventsOf(id, project, number === 500);
    if (first === undefined) throw new Error("A log begins with its creation.");
    const log = join(folder, "log.jsonl");
    await writeFile(join(folder, "created.json"), JSON.stringify(created), { mode: 0o600 });
    await writeFile(log, [first, ...rest].map(encodeLine), { mode: 0o600 });
    const summary = rest.reduce(applyToSummary, newSummary(created, first));
    await writeSummary(durableFiles, folder, { summary, logSize: (await stat(log)).size });
  }
}

/** The page cache is warm; the texts are those of the first search. */
export async function measureSearch(): Promise<readonly Finding[]> {
  const model = await startBenchModel();
  const bench = await startBenchProduct(model.baseUrl, writeSessions);
  try {
    const client = await BenchClient.add(bench.product);
    await client.get("/api/sessions");
    const search = (words: string) => client.get(`/api/search?q=${encodeURIComponent(words)}`);
    const first = await timed(() => search(needle));
    const once = await medianOf(() => search(needle));
    const everywhere = await medianOf(() => search("the"));
    const nowhere = await medianOf(() => search("nobody says this"));
    const unit = { unit: "ms", digits: 0 } as const;
    return [
      finding("first search in 1,000 sessions of 100 kB, their texts made", first, unit),
      finding(`the same with the texts there, one session found, median of ${runs}`, once, unit),
      finding("the same, all sessions found", everywhere, unit),
      finding("the same, none found", nowhere, unit),
    ];
  } finally {
    await bench.close();
    await model.close();
  }
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) times.push(await timed(work));
  return median(times);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
