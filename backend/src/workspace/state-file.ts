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
  const content = parseJson(bytes.toString("utf8"));
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  // Moved, not copied: that needs no room, and a start that is broken off here does not leave another copy each time.
  const aside = `${path}.${Date.now()}.damaged`;
  await files.move(path, aside);
  // Not in the parser's words: they may quote a key.
  const cause = content === undefined ? "it is not JSON" : z.prettifyError(parsed.error);
  process.emitWarning(
    `${path} is damaged: ${cause}. It is now ${aside}; corrected, it can have its name back.`,
  );
  return null;
}

/** Replaces the content, durably. */
export async function writeState(files: DurableFiles, path: string, content: unknown): Promise<void> {
  await files.writeAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
}
