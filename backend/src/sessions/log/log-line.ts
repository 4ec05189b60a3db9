/** One line of a session's log: an event as JSON with a CRC-32 of itself at its end, so that damage is noticed. */

import { crc32 } from "node:zlib";
import * as z from "zod";
import { SessionEvent } from "../../protocol/session-update.ts";
import { parseJson } from "../../workspace/json-text.ts";

/** unknown: whole, but of a kind that this version does not know. damaged: not what was once written. */
export type DecodedLine =
  | { readonly type: "event"; readonly event: SessionEvent }
  | { readonly type: "unknown"; readonly seq: number }
  | { readonly type: "damaged" };

const lineStart = '{"seq":';
const checksumBytes = ',"crc":"00000000"}'.length;

/** The line with its newline, of an event as JSON. */
export function lineOf(json: string): string {
  return `${json.slice(0, -1)},"crc":"${checksum(json)}"}\n`;
}

/** The line with its newline. */
export function encodeLine(event: SessionEvent): string {
  return lineOf(JSON.stringify(event));
}

/** Reads a line without its newline. A line without a checksum is taken as it is: a person may have written it. */
export function decodeLine(line: string): DecodedLine {
  const found = /,"crc":"([0-9a-f]{8})"\}$/.exec(line.slice(-checksumBytes));
  const isChecked = found !== null;
  if (isChecked && checksum(`${line.slice(0, -checksumBytes)}}`) !== found[1]) return { type: "damaged" };
  const value = parseJson(line);
  const parsed = SessionEvent.safeParse(value);
  if (parsed.success) return { type: "event", event: parsed.data };
  const envelope = Envelope.safeParse(value);
  const isForeign = envelope.success && (isChecked || !knownKinds.has(envelope.data.update.sessionUpdate));
  return isForeign ? { type: "unknown", seq: envelope.data.seq } : { type: "damaged" };
}

/** The whole record at the end of a damaged line: what is left when the newline before it was lost. */
export function rescueLine(line: string): string | null {
  for (let start = line.indexOf(lineStart, 1); start !== -1; start = line.indexOf(lineStart, start + 1)) {
    const candidate = line.slice(start);
    if (/,"crc":"[0-9a-f]{8}"\}$/.test(candidate) && decodeLine(candidate).type !== "damaged")
      return candidate;
  }
  return null;
}

const Envelope = z.object({ seq: z.int().positive(), update: z.object({ sessionUpdate: z.string() }) });

/** Every `sessionUpdate` that this version knows. */
export const knownKinds: ReadonlySet<string> = new Set(
  SessionEvent.shape.update.options.map((option) => option.shape.sessionUpdate.value),
);

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
