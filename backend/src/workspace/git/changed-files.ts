/** Reads git's machine-readable list of changed files (`--raw --numstat -z`). Pure. */
import type { ChangedFile, ChangeSummary } from "../../protocol/session.ts";

export interface ChangedFileEntry {
  readonly file: ChangedFile;
  /** How many sections of a patch speak of it: 2 when a file becomes a link or the other way round. */
  readonly sectionCount: number;
}

interface RawRecord {
  readonly status: string;
  readonly path: string;
  readonly oldPath?: string;
}

const maxSummaryFiles = 50;

/** The files in git's order. `listing` holds the raw records first, then one record of numbers for each. */
export function parseChangedFiles(listing: Buffer): ChangedFileEntry[] {
  const fields = listing.toString("utf8").split("\0");
  if (fields.at(-1) === "") fields.pop();
  const records: RawRecord[] = [];
  let next = 0;
  for (; fields[next]?.startsWith(":"); next += records.at(-1)?.oldPath === undefined ? 2 : 3) {
    records.push(rawRecord(fields.slice(next, next + 3)));
  }
  return records.map((record) => {
    const numbers = (fields[next] ?? "").split("\t");
    // A rename's names stand in two fields of their own.
    next += record.oldPath === undefined ? 1 : 3;
    return entryOf(record, numbers);
  });
}

/** The first 50 files, and the sums over all. */
export function summariseFiles(entries: readonly ChangedFileEntry[]): ChangeSummary {
  const files = entries.map((entry) => entry.file);
  return {
    files: files.slice(0, maxSummaryFiles),
    fileCount: files.length,
    added: files.reduce((sum, file) => sum + file.added, 0),
    removed: files.reduce((sum, file) => sum + file.removed, 0),
  };
}

function rawRecord(fields: readonly string[]): RawRecord {
  const [head = "", first = "", second = ""] = fields;
  const status = head.split(" ").at(-1)?.[0] ?? "";
  return status === "R" || status === "C"
    ? { status, path: second, oldPath: first }
    : { status, path: first };
}

function entryOf(record: RawRecord, numbers: readonly string[]): ChangedFileEntry {
  const [added = "0", removed = "0"] = numbers;
  const binary = added === "-";
  const file: ChangedFile = {
    path: record.path,
    ...(record.oldPath === undefined ? {} : { oldPath: record.oldPath }),
    status: statusNames[record.status] ?? "modified",
    added: binary ? 0 : Number(added),
    removed: binary ? 0 : Number(removed),
    binary,
  };
  return { file, sectionCount: record.status === "T" ? 2 : 1 };
}

const statusNames: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  D: "deleted",
  R: "renamed",
};
