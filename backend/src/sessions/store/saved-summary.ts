/** `summary.json` beside a log: the row of a session that rests, so that a start need not read its log. Can always be made anew. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { SessionSummary } from "../../protocol/session.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { writeState } from "../../workspace/state-file.ts";
import { logPath } from "../log/log-file.ts";

const SavedSummary = z.object({
  version: z.literal(1),
  /** Bytes of the log that the summary is made of. */
  logSize: z.int().positive(),
  summary: SessionSummary,
});
type SavedSummary = z.infer<typeof SavedSummary>;

/** The row of a session that rests, and the log that it was made of. */
export interface RestingSummary {
  readonly summary: SessionSummary;
  readonly logSize: number;
  /** When the log was last written, as its file says. */
  readonly logModifiedMs: number;
}

/** Nothing runs, waits, asks or comes to its end: opening its log would change nothing. */
export function isResting(summary: SessionSummary): boolean {
  const { state, queue, pending, modeEndsAt } = summary;
  return state === "idle" && queue.length === 0 && pending.length === 0 && modeEndsAt === null;
}

/** Writes the summary of a log that is `logSize` bytes long. Rejects when that is not possible. */
export function writeSummary(
  files: DurableFiles,
  directory: string,
  saved: { readonly summary: SessionSummary; readonly logSize: number },
): Promise<void> {
  const content: SavedSummary = { version: 1, ...saved };
  return writeState(files, join(directory, "summary.json"), content);
}

/** The summary of a session that rests; null when there is none that agrees with the log, which must then be read. */
export async function readSummary(files: DurableFiles, directory: string): Promise<RestingSummary | null> {
  try {
    const bytes = await files.read(join(directory, "summary.json"));
    if (bytes === null) return null;
    const { summary, logSize } = SavedSummary.parse(JSON.parse(bytes.toString("utf8")));
    const log = await stat(logPath(directory));
    if (log.size !== logSize || !isResting(summary)) return null;
    return { summary, logSize, logModifiedMs: log.mtimeMs };
  } catch {
    // Damaged, of another version, or unreadable: the log says it all.
    return null;
  }
}
