/** Checks an audit log against itself: the first line that does not fit, and what must have happened there. */
import { readFile } from "node:fs/promises";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { type ChainEnd, chainStart, type ReadLine, readLine } from "./audit-chain.ts";
import { AuditHead, auditPaths, fileSize, linesForward } from "./audit-files.ts";

/**
 * What was found. `line` counts from 1.
 * changed: a line's bytes do not fit its hash, or it is no entry. rewritten: a line fits its own hash, but is not the one
 * that its neighbour, or the note of the end, knows. removed, inserted, moved: the order. cut: lines are gone from the end.
 * no_head: the note of the end is gone, so nobody can tell whether lines are.
 */
export type AuditVerdict =
  | { readonly type: "whole"; readonly count: number; readonly tornBytes: number }
  | {
      readonly type: "broken";
      readonly line: number;
      readonly reason: "changed" | "rewritten" | "removed" | "inserted" | "moved" | "cut" | "no_head";
      /** Entries that are gone: for removed and cut. */
      readonly missing: number;
    };
type Broken = Extract<AuditVerdict, { type: "broken" }>;

/** Where a line did not follow the one before it; what comes later says why. */
interface Break {
  readonly line: number;
  readonly entry: ReadLine["entry"];
  readonly before: ChainEnd;
}

/**
 * Reads the log once, from its first line, holding one line at a time. It cannot find what was done to both files together
 * with the hashes made anew, nor a whole older copy of both.
 */
export async function verifyAudit(directory: string): Promise<AuditVerdict> {
  const paths = auditPaths(directory);
  // The head first: a server that writes meanwhile only makes the log longer than it says.
  const head = await readHead(paths.head);
  const size = await fileSize(paths.log);
  let end = chainStart;
  let number = 0;
  let tornBytes = 0;
  let found: Break | null = null;
  let isHeadMet = head === null || head.seq === 0;
  for await (const line of linesForward(paths.log, size)) {
    if (!line.isComplete) {
      tornBytes = Buffer.byteLength(line.text);
      continue;
    }
    number += 1;
    const read = readLine(line.text);
    if (found !== null) {
      const told = explainBy(found, read);
      if (told !== null) return told;
      continue;
    }
    if (read === null || !read.isWhole) return broken(number, "changed");
    const { entry } = read;
    if (entry.previous !== end.hash || entry.seq !== end.seq + 1) {
      found = { line: number, entry, before: end };
      continue;
    }
    end = { seq: entry.seq, hash: entry.hash };
    if (entry.seq !== head?.seq) continue;
    if (entry.hash !== head.hash) return broken(number, "rewritten");
    isHeadMet = true;
  }
  if (found !== null) return unexplained(found);
  if (head === null) return number === 0 ? whole(0, tornBytes) : broken(number, "no_head");
  if (!isHeadMet) return { ...broken(number + 1, "cut"), missing: head.seq - end.seq };
  return whole(number, tornBytes);
}

function whole(count: number, tornBytes: number): AuditVerdict {
  return { type: "whole", count, tornBytes };
}

function broken(line: number, reason: Broken["reason"]): Broken {
  return { type: "broken", line, reason, missing: 0 };
}

/** A later line that would have fitted at the break tells that the one there came too early, or from elsewhere. */
function explainBy({ line, entry, before }: Break, later: ReadLine | null): Broken | null {
  if (later?.entry.previous !== before.hash || later.entry.seq !== before.seq + 1) return null;
  return broken(
    line,
    entry.previous === later.entry.hash || entry.seq > before.seq + 1 ? "moved" : "inserted",
  );
}

function unexplained({ line, entry, before }: Break): Broken {
  const missing = entry.seq - before.seq - 1;
  if (missing > 0) return { ...broken(line, "removed"), missing };
  // It claims the place of a line that is there already, or of one that it does not know.
  return broken(line, missing < 0 ? "inserted" : "rewritten");
}

async function readHead(path: string): Promise<AuditHead | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
  try {
    return AuditHead.parse(JSON.parse(text));
  } catch {
    // A head that cannot be read vouches for nothing, like one that is gone.
    return null;
  }
}
