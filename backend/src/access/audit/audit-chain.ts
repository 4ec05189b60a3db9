/** How entries of the audit log hang together: each line carries the hash of its own bytes and that of the line before. */

import { createHash } from "node:crypto";
import { AuditEntry } from "../../protocol/audit.ts";
import { parseJson } from "../../workspace/json-text.ts";

/** The end of a chain: how many entries it has, and the hash of the last one. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Where every chain begins. */
export const chainStart: ChainEnd = { seq: 0, hash: "0".repeat(64) };

/** An entry as its line, without the newline, and the end of the chain that it makes. */
export function chainLine(
  before: ChainEnd,
  entry: Pick<AuditEntry, "at" | "actor" | "record">,
): { readonly line: string; readonly end: ChainEnd } {
  const { at, actor, record } = entry;
  const seq = before.seq + 1;
  const body = JSON.stringify({ seq, at, actor, record, previous: before.hash });
  const hash = hashOf(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, end: { seq, hash } };
}

/** A line that was read. `isWhole`: its hash is that of its bytes. */
export interface ReadLine {
  readonly entry: AuditEntry;
  readonly isWhole: boolean;
}

const hashPart = /,"hash":"([0-9a-f]{64})"\}$/;

/** Null: that is no entry. */
export function readLine(line: string): ReadLine | null {
  const entry = AuditEntry.safeParse(parseJson(line));
  if (!entry.success) return null;
  const [part] = hashPart.exec(line) ?? [""];
  const isWhole = part !== "" && hashOf(`${line.slice(0, -part.length)}}`) === entry.data.hash;
  return { entry: entry.data, isWhole };
}

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
