/** Opens one log in a process of its own, reads its last page, and prints what that cost. Arguments: the session's folder. */
import { EventLog } from "../../src/sessions/log/event-log.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { peakMemoryBytes } from "./peak-memory.ts";

const [directory = ""] = process.argv.slice(2);
const startedAt = performance.now();
let count = 0;
const log = await EventLog.open({
  directory,
  files: durableFiles,
  now: () => new Date(),
  passesOverText: true,
  onLoad: () => {
    count += 1;
  },
});
const openMs = performance.now() - startedAt;
const page = await log.read({ before: log.lastSeq + 1, limit: 50 });
const pageMs = performance.now() - startedAt - openMs;
const maxRssBytes = await peakMemoryBytes();
process.stdout.write(
  JSON.stringify({ count, openMs, pageMs, maxRssBytes, seqs: page.events.map(({ seq }) => seq) }),
);
