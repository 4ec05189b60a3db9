/** A log that is longer than any string can be: it is read as a stream, listed without being read, and paged from its end. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import * as z from "zod";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import { encodeLine } from "../../src/sessions/log/log-line.ts";
import { at, createSession, makeMachine, sessionId, startStore } from "../sessions/session-fixture.ts";
import { isLongForm, rounds, tellNotRun, timeLimitMs } from "../support/long-form.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const Cost = z.object({
  count: z.int(),
  openMs: z.number(),
  pageMs: z.number(),
  maxRssBytes: z.int(),
  seqs: z.array(z.int()),
});
const TailCost = z.object({
  seqs: z.array(z.int()),
  pageMs: z.number(),
  readBytes: z.int().nullable(),
  maxRssBytes: z.int(),
});
const allowedRssBytes = 250_000_000;
/** However long the log is. */
const allowedTailBytes = 2_000_000;

const wantedBytes = rounds({ short: 60_000_000, long: 1_000_000_000 });

test("DUR-17: a log of a gigabyte is opened as a stream, in bounded memory, and its last page is read from its end", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const folder = await temporaryFolder();
  const lastSeq = await writeLog(join(folder, "log.jsonl"), 1);
  const opening = await runChild("large-log-child.ts", folder);
  const { count, openMs, pageMs, maxRssBytes, seqs } = Cost.parse(opening);
  process.stdout.write(
    `DUR-17: ${(wantedBytes / 1e6).toFixed(0)} MB: opened in ${openMs.toFixed(0)} ms, last page in ${pageMs.toFixed(0)} ms, ${(maxRssBytes / 1e6).toFixed(0)} MB of memory\n`,
  );
  // Of all the text only the very end was decoded.
  expect([count, seqs.at(-1), seqs.length]).toEqual([1, lastSeq, 50]);
  expect(maxRssBytes).toBeLessThan(allowedRssBytes);
  const unopened = await runChild("large-log-tail-child.ts", join(folder, "log.jsonl"), String(lastSeq));
  const tail = TailCost.parse(unopened);
  process.stdout.write(
    `DUR-17: the same page without opening: ${tail.pageMs.toFixed(0)} ms, ${((tail.readBytes ?? 0) / 1e6).toFixed(1)} MB read, ${(tail.maxRssBytes / 1e6).toFixed(0)} MB of memory\n`,
  );
  expect(tail.seqs).toEqual(seqs);
  expect(tail.maxRssBytes).toBeLessThan(allowedRssBytes);
  if (tail.readBytes === null) tellNotRun("DUR-17: bytes read for the last page", "no /proc/self/io");
  else expect(tail.readBytes).toBeLessThan(allowedTailBytes);
});

test("DUR-17: a session that rests is listed without a look into its log, however long that is", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  await createSession(first, machine);
  await first.close();
  const directory = join(machine.state, "sessions", sessionId);
  const log = join(directory, "log.jsonl");
  // No byte of it is an event any more: whoever read it would find nothing.
  const { size } = await stat(log);
  await writeFile(log, Buffer.alloc(size));
  const store = startStore(machine);
  expect((await store.list()).map(({ id }) => id)).toEqual([sessionId]);
  await store.close();
  expect(await readFile(log)).toEqual(Buffer.alloc(size));
  await rm(directory, { recursive: true });
});

/** What one of the programs beside this file prints. */
async function runChild(name: string, ...args: readonly string[]): Promise<unknown> {
  const outfile = join(await temporaryFolder(), "child.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const { stdout } = await run(process.execPath, [outfile, ...args]);
  return JSON.parse(stdout);
}

/** Lines as a long session has them: mostly streamed text, now and then a large result. Resolves with the last seq. */
async function writeLog(path: string, firstSeq: number): Promise<number> {
  const stream = createWriteStream(path);
  let [bytes, seq] = [0, firstSeq - 1];
  while (bytes < wantedBytes) {
    let block = "";
    while (block.length < 1_000_000) {
      seq += 1;
      block += encodeLine(eventOf(seq));
    }
    bytes += block.length;
    if (!stream.write(block)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
  return seq;
}

function eventOf(seq: number): SessionEvent {
  // Of another message each time: nothing is joined, and a page has as many events as it asks for.
  const messageId = `m-${seq}`;
  const length = seq % 50 === 0 ? 20_000 : isLongForm ? 800 : 200;
  const text = "z".repeat(length);
  return {
    seq,
    at,
    update: { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } },
  };
}
