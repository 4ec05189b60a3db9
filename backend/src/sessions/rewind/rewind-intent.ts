/**
 * A rewind that is about to touch files, on disk before the first of them: whatever ends the process in between, the next
 * start can say what became of it.
 */
import { join } from "node:path";
import * as z from "zod";
import { Seq, Timestamp } from "../../protocol/identifiers.ts";
import { RewindScope, SkippedFile } from "../../protocol/rewind.ts";
import { Actor } from "../../protocol/session-update.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { readState, writeState } from "../../workspace/state-file.ts";

const KeptFile = z.object({ mode: z.string(), objectId: z.string() }).nullable();

const RewindIntent = z.object({
  version: z.literal(1),
  by: Actor,
  rewindId: z.string(),
  requestDigest: z.string().optional(),
  scope: RewindScope,
  turnId: z.string().nullable(),
  turnAt: Timestamp.optional(),
  keepThrough: Seq.nullable(),
  /** The files right before; null: none is looked at. */
  tree: z.string().nullable(),
  undoes: Seq.optional(),
  /** The last turn that had begun by then; null: none had. */
  lastTurnId: z.string().nullable().optional(),
  /** That need no change. */
  alreadySo: z.array(z.string()),
  /** That stay, and why. */
  skipped: z.array(SkippedFile),
  /** From what it is to what it was. */
  changes: z.array(z.object({ path: z.string(), from: KeptFile, to: KeptFile })),
});
/** All that a rewind is to be, once it is decided. */
export type RewindIntent = z.infer<typeof RewindIntent>;

/** The file in a session's folder, there only while files are being written. */
export class IntentFile {
  readonly #files: DurableFiles;
  readonly #path: string;

  constructor(files: DurableFiles, folder: string) {
    this.#files = files;
    this.#path = join(folder, "rewind.json");
  }

  /** Null: none was left behind. */
  read(): Promise<RewindIntent | null> {
    return readState(this.#files, this.#path, RewindIntent);
  }

  /** Durable when it resolves. */
  write(intent: RewindIntent): Promise<void> {
    return writeState(this.#files, this.#path, intent);
  }

  /** One that cannot be removed does no harm: its rewind stands in the log by then. */
  async forget(): Promise<void> {
    await this.#files.remove(this.#path).catch(() => undefined);
  }
}
