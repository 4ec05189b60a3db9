/** Reads what is to be imported where it keeps nobody waiting: a small file here, a large one in a thread of its own. */
import type { SessionParts } from "../../session-parts.ts";
import { type ImportFile, openImportFile } from "./import-file.ts";
import { openImportInThread } from "./import-thread.ts";

/** Read at once, in a few milliseconds. */
const smallBytes = 128 * 1024;

/** What an import brings. */
export interface ImportBody {
  readonly bytes: Uint8Array;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/** The file; whoever opens it closes it. Throws `invalid_request` with what to do, `too_large`, `busy`. */
export async function openImport(
  { now, redaction }: Pick<SessionParts, "now" | "redaction">,
  { bytes, signal }: ImportBody,
): Promise<ImportFile> {
  if (bytes.byteLength <= smallBytes) return openImportFile(bytes, { now: now(), redaction });
  return openImportInThread({ bytes, now: now(), secrets: redaction.secrets }, signal);
}
