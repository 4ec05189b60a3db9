/** Keeps what was found damaged in a log, in `damaged.jsonl` beside it. The log itself is never rewritten. */
import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import type { DamagedPlace } from "./log-scan.ts";

const KeptLine = z.object({
  /** Where it lies, or lay, in the log. */
  offset: z.int().nonnegative(),
  kind: z.enum(["damaged", "missing", "torn"]),
  base64: z.string().optional(),
});
type KeptLine = z.infer<typeof KeptLine>;

export interface FoundDamage {
  readonly damaged: readonly DamagedPlace[];
  /** An incomplete last line, at this offset, that is about to be cut off. */
  readonly torn: { readonly offset: number; readonly bytes: Buffer } | null;
}

/** Sets aside what is not there yet; resolves with how many damaged places there ever were. Durable when it resolves. */
export async function setDamageAside(
  files: DurableFiles,
  directory: string,
  found: FoundDamage,
): Promise<number> {
  if (found.damaged.length === 0 && found.torn === null) return 0;
  const path = join(directory, "damaged.jsonl");
  const before = (await files.read(path))?.toString("utf8") ?? "";
  const known = new Set(before.split("\n").flatMap(knownPlace));
  const lines = found.damaged.map(keptLine).filter((line) => !known.has(nameOf(line)));
  const torn: KeptLine[] =
    found.torn === null
      ? []
      : [{ offset: found.torn.offset, kind: "torn", base64: found.torn.bytes.toString("base64") }];
  const text = [...lines, ...torn].map((line) => `${JSON.stringify(line)}\n`).join("");
  const count = known.size + lines.length;
  if (text === "") return count;
  // Our own last line may be torn as well.
  const start = before === "" || before.endsWith("\n") ? "" : "\n";
  const file = await files.openAppend(path);
  try {
    await file.append(Buffer.from(start + text, "utf8"));
    await file.sync();
  } finally {
    await file.close();
  }
  return count;
}

function keptLine(place: DamagedPlace): KeptLine {
  if (place.bytes === null) return { offset: place.offset, kind: "missing" };
  return { offset: place.offset, kind: "damaged", base64: place.bytes.toString("base64") };
}

function knownPlace(line: string): string[] {
  try {
    const parsed = KeptLine.safeParse(JSON.parse(line));
    return parsed.success && parsed.data.kind !== "torn" ? [nameOf(parsed.data)] : [];
  } catch {
    // A torn line of this file names no place; what it spoke of is set aside again.
    return [];
  }
}

function nameOf(line: KeptLine): string {
  return `${line.kind}:${line.offset}`;
}
