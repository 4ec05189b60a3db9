/** State folders as they are after years of work, written without a server. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { encodeLine } from "../../backend/src/sessions/log/log-line.ts";
import { writeSummary } from "../../backend/src/sessions/store/saved-summary.ts";
import { durableFiles } from "../../backend/src/workspace/durable-files.ts";
import { applyToSummary, newSummary } from "../../transcript/summary.ts";
import { creationOf, turnUpdates } from "./long-session.ts";

const patternId = "bench-many-00000";
/** Turns after which the large log says the same again under other ids. */
const turnsPerWrite = 50;

/** Writes so many sessions of one turn each, every one with its saved summary, as a server leaves them that was stopped. */
export async function writeManySessions(
  state: string,
  { project, count }: { readonly project: string; readonly count: number },
): Promise<void> {
  const pattern = await writePattern(state, project);
  for (let number = 1; number < count; number += 1) {
    const id = `bench-many-${String(number).padStart(5, "0")}`;
    const folder = join(state, "sessions", id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const events = eventsOf(id, project);
    // The ids are equally long, so the sizes that the summary tells are too.
    await writeFile(join(folder, "summary.json"), pattern.summary.replaceAll(patternId, id), { mode: 0o600 });
    await writeFile(join(folder, "created.json"), JSON.stringify(creationOf(id, project)), { mode: 0o600 });
    await writeFile(join(folder, "log.jsonl"), events.map(encodeLine), { mode: 0o600 });
  }
}

async function writePattern(state: string, project: string): Promise<{ readonly summary: string }> {
  const folder = join(state, "sessions", patternId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const created = creationOf(patternId, project);
  const events = eventsOf(patternId, project);
  const [first, ...rest] = events;
  if (first === undefined) throw new Error("A log begins with its creation.");
  const log = join(folder, "log.jsonl");
  await writeFile(join(folder, "created.json"), JSON.stringify(created), { mode: 0o600 });
  await writeFile(log, events.map(encodeLine), { mode: 0o600 });
  const summary = rest.reduce(applyToSummary, newSummary(created, first));
  await writeSummary(durableFiles, folder, { summary, logSize: (await stat(log)).size });
  return { summary: await readFile(join(folder, "summary.json"), "utf8") };
}

function eventsOf(id: string, project: string): readonly SessionEvent[] {
  return numbered([creationOf(id, project), ...turnUpdates(1)], 1);
}

/** Turns have their own time stamps, so that a list has an order. */
function numbered(updates: readonly SessionUpdate[], firstSeq: number): SessionEvent[] {
  return updates.map((update, index) => {
    const seq = firstSeq + index;
    const at = new Date(Date.UTC(2026, 0, 5) + seq * 100).toISOString();
    return { seq, at, ...(seq === 1 ? {} : { turnId: `turn-${firstSeq}` }), update };
  });
}

export interface LargeLog {
  readonly lastSeq: number;
}

/** Writes one session whose log has at least so many bytes. */
export async function writeLargeLog(
  state: string,
  { project, bytes, id }: { readonly project: string; readonly bytes: number; readonly id: string },
): Promise<LargeLog> {
  const folder = join(state, "sessions", id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const created = creationOf(id, project);
  await writeFile(join(folder, "created.json"), JSON.stringify(created), { mode: 0o600 });
  const file = createWriteStream(join(folder, "log.jsonl"), { mode: 0o600 });
  let lastSeq = 0;
  let written = 0;
  for (let turn = 1; written < bytes; turn += turnsPerWrite) {
    const updates = Array.from({ length: turnsPerWrite }, (_, index) => turnUpdates(turn + index)).flat();
    const events = numbered(lastSeq === 0 ? [created, ...updates] : updates, lastSeq + 1);
    const text = events.map(encodeLine).join("");
    lastSeq += events.length;
    written += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  return { lastSeq };
}
