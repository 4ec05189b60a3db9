/** Knows lines of streamed text from their first and last bytes: most of a long log, and nothing that a session remembers. */
import { crc32 } from "node:zlib";

/** What only the conversation shows: no fold of a session changes by it. */
export const quietKinds: ReadonlySet<string> = new Set([
  "agent_message_chunk",
  "agent_thought_chunk",
  "tool_output_chunk",
]);
const headBytes = 512;
const tailBytes = ',"crc":"00000000"}'.length;
const closingBrace = Buffer.from("}");
// Quotes within a text are escaped: these characters stand only where the update itself begins.
const head = /^\{"seq":(\d{1,15}),.*?"update":\{"sessionUpdate":"([a-z_]+)"/s;

/** The seq of a whole line of streamed text, its checksum right; null for any other line, which must be decoded. */
export function quietSeq(bytes: Buffer): number | null {
  const [, seq = "", kind = ""] = head.exec(bytes.toString("latin1", 0, headBytes)) ?? [];
  if (!quietKinds.has(kind)) return null;
  const tail = /^,"crc":"([0-9a-f]{8})"\}$/.exec(bytes.toString("latin1", bytes.byteLength - tailBytes));
  if (tail === null) return null;
  const found = crc32(closingBrace, crc32(bytes.subarray(0, -tailBytes)));
  return found === Number.parseInt(tail[1] ?? "", 16) ? Number(seq) : null;
}
