/** Small JSON files of state: read and checked at the rim; a damaged one is set aside, never overwritten. */

import * as z from "zod";
import type { DurableFiles } from "./durable-files.ts";
import { parseJson } from "./json-text.ts";

/** The content, or null when there is none, or when it was damaged and now lies beside as `….damaged`. */
export async function readState<Content>(
  files: DurableFiles,
  path: string,
  schema: z.ZodType<Content>,
): Promise<Content | null> {
  const bytes = await files.read(path);
  if (bytes === null) return null;
  const parsed = schema.safeParse(parseJson(bytes.toString("utf8")));
  if (parsed.success) return parsed.data;
  // Moved, not copied: that needs no room, and a start that is broken off here does not leave another copy each time.
  await files.move(path, `${path}.${Date.now()}.damaged`);
  process.emitWarning(`${path} is damaged and was set aside: ${z.prettifyError(parsed.error)}`);
  return null;
}

/** Replaces the content, durably. */
export async function writeState(files: DurableFiles, path: string, content: unknown): Promise<void> {
  await files.writeAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}
