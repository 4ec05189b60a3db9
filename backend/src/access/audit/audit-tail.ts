/** Finds where the chain ends when the log is opened, from the end of the file and from the note beside it. */
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { readState } from "../../workspace/state-file.ts";
import { type ChainEnd, chainStart, readLine } from "./audit-chain.ts";
import { AuditHead, auditPaths, fileSize, linesBackward } from "./audit-files.ts";

export interface FoundEnd {
  /** What the next entry follows. */
  readonly end: ChainEnd;
  /** Bytes up to the last newline. */
  readonly size: number;
  /** Bytes behind it: a line that was never finished, so nobody was told that it is safe. */
  readonly tornBytes: number;
  /** Entries that were written and are gone from the end. The chain goes on from them, so that the gap stays visible. */
  readonly missing: number;
  /** Lines at the end that are no entries. */
  readonly damagedLines: number;
  readonly head: AuditHead | null;
}

/** Looks at the last lines alone, however long the log is. */
export async function findEnd(files: DurableFiles, directory: string): Promise<FoundEnd> {
  const paths = auditPaths(directory);
  const head = await readState(files, paths.head, AuditHead);
  const total = await fileSize(paths.log);
  let [size, tornBytes, damagedLines] = [total, 0, 0];
  let last: ChainEnd = chainStart;
  for await (const line of linesBackward(paths.log, total)) {
    if (!line.isComplete) {
      size = line.offset;
      tornBytes = total - line.offset;
      continue;
    }
    const read = readLine(line.text);
    if (read !== null) {
      last = { seq: read.entry.seq, hash: read.entry.hash };
      break;
    }
    damagedLines += 1;
  }
  const isCut = head !== null && head.seq > last.seq;
  return {
    end: isCut ? { seq: head.seq, hash: head.hash } : last,
    size,
    tornBytes,
    missing: isCut ? Math.max(0, head.seq - last.seq - damagedLines) : 0,
    damagedLines,
    head,
  };
}
