/** Markdown files that people keep for agents, in a project and in their own settings folder. Data: they may lie, and are bounded. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readBytes } from "../files/file-text.ts";
import { isSecretPath } from "../files/protected-names.ts";
import { resolveInside } from "../files/safe-path.ts";
import { systemErrorCode, WorkspaceError } from "../workspace-error.ts";
import { type MarkdownFile, readFrontMatter } from "./front-matter.ts";
import { withoutHidden } from "./instructions.ts";

/** Where to look: links must not lead out of `border`. */
export interface MarkdownPlace {
  readonly border: string;
  /** Relative to `border`. */
  readonly folder: string;
}

const mostEntries = 200;
const longestBytes = 64_000;

/** Names in a folder, sorted, the first 200; none when it is not there or leads out of its border. */
export async function entryNames(place: MarkdownPlace): Promise<string[]> {
  try {
    const resolved = await resolveInside(place.border, place.folder);
    if (!resolved.inside) return [];
    return (await readdir(resolved.absolute)).sort().slice(0, mostEntries);
  } catch (error) {
    // No such folder, no right to it, a file in its place: there is nothing to be had.
    if (error instanceof WorkspaceError || systemErrorCode(error) !== null) return [];
    throw error;
  }
}

/** A Markdown file with its front matter, without hidden characters; null when it is not there, too long, secret or leads outside. */
export async function readMarkdown(place: MarkdownPlace, name: string): Promise<MarkdownFile | null> {
  try {
    const resolved = await resolveInside(place.border, join(place.folder, name));
    if (!resolved.inside || isSecretPath(resolved.relative)) return null;
    const { bytes } = await readBytes(resolved.absolute, longestBytes);
    return readFrontMatter(withoutHidden(bytes.toString("utf8")).text);
  } catch (error) {
    // Not there, or no text: then it is none of ours.
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}
