/** Reads the last page of a log that nobody has opened, in a process of its own, and prints what that cost. Arguments: the log. */
import { readFile, stat } from "node:fs/promises";
import { readTailPage } from "../../src/sessions/log/log-tail.ts";
import { peakMemoryBytes } from "./peak-memory.ts";

const [path = "", last = ""] = process.argv.slice(2);
const startedAt = performance.now();
const readBefore = await bytesRead();
const { size } = await stat(path);
const page = await readTailPage(path, size, { before: Number(last) + 1, limit: 50 });
const readAfter = await bytesRead();
process.stdout.write(
  JSON.stringify({
    seqs: page?.events.map(({ seq }) => seq) ?? [],
    pageMs: performance.now() - startedAt,
    readBytes: readBefore === null || readAfter === null ? null : readAfter - readBefore,
    maxRssBytes: await peakMemoryBytes(),
  }),
);

/** What this process has ever asked its files for; null where the system does not count it. */
async function bytesRead(): Promise<number | null> {
  const text = await readFile("/proc/self/io", "utf8").catch(() => "");
  const [, bytes] = /^rchar: (\d+)$/m.exec(text) ?? [];
  return bytes === undefined ? null : Number(bytes);
}
