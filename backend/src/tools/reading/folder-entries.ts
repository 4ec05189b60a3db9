/** The entries of one folder, folders first. */
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import type { Place } from "../place.ts";

const scannedEntries = 20_000;

/** One level of a folder for a model. */
export async function listFolder(place: Place, context: ToolContext): Promise<ToolResult> {
  const { folders, files, hasMore } = await entriesOf(place);
  const names = [...folders.sort().map((name) => `${name}/`), ...files.sort()];
  const shown = names.slice(0, context.limits.listEntries);
  const left = names.length - shown.length;
  const more = hasMore
    ? `, more than ${left} not shown`
    : left > 0
      ? `, ${left} not shown; use glob to narrow it`
      : "";
  const text =
    names.length === 0 ? "(empty folder)" : `${shown.join("\n")}\n\n(${names.length} entries${more})`;
  return { text, output: { type: "entries", count: names.length } };
}

interface Entries {
  readonly folders: string[];
  readonly files: string[];
  /** There are more than were looked at. */
  readonly hasMore: boolean;
}

async function entriesOf(place: Place): Promise<Entries> {
  const folders: string[] = [];
  const files: string[] = [];
  const folder = await opendir(place.absolute).catch((error: unknown) => {
    if (systemErrorCode(error) === "EACCES")
      throw new ToolError(`The system does not allow listing ${place.shown}. Read another folder.`);
    throw error;
  });
  for await (const entry of folder) {
    if (folders.length + files.length === scannedEntries) return { folders, files, hasMore: true };
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && (await leadsToFolder(join(place.absolute, entry.name))));
    (isFolder ? folders : files).push(entry.name);
  }
  return { folders, files, hasMore: false };
}

async function leadsToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A link that leads nowhere is shown like a file.
    return false;
  }
}
