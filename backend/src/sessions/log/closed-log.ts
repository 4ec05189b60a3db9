/** Reads the log of a session that is not open, and keeps nothing of it. */
import { stat } from "node:fs/promises";
import type { SessionEvent } from "../../protocol/session-update.ts";
import { logPath } from "./log-file.ts";
import { LogIndex } from "./log-index.ts";
import { type LogRange, readJoined } from "./log-pages.ts";

/** The events of a range, chunks joined, one by one; an incomplete last line is none. Throws when the file cannot be read. */
export async function* readClosedLog(
  directory: string,
  range: Omit<LogRange, "limit">,
): AsyncGenerator<SessionEvent> {
  const path = logPath(directory);
  const { size } = await stat(path);
  yield* readJoined({ path, size, index: new LogIndex() }, range);
}
