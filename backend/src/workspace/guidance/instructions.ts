/** Instructions for agents: `AGENTS.md` or what stands in for it. They are data of the repository, and may lie. */
import { lstat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { readBytes } from "../files/file-text.ts";
import { isSecretPath } from "../files/protected-names.ts";
import { isWithin, resolveInside } from "../files/safe-path.ts";
import { systemErrorCode, WorkspaceError } from "../workspace-error.ts";

export interface Instruction {
  /** Relative to the project; begins with `..` when it stands above it. */
  readonly path: string;
  readonly text: string;
  /** Only the first 8 KB are in `text`. */
  readonly truncated: boolean;
  /** Invisible characters, which could hide text from a person, that were taken out of `text`. */
  readonly hiddenCharacters: number;
}

/** In each folder the first of these that is there counts. */
const candidates = ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"];
const byteLimit = 8_192;
const deepestNesting = 40;

/** From the root of the repository that the project lies in down to the project itself: at most one file a folder, outermost first. */
export async function readInstructions(root: string): Promise<Instruction[]> {
  const top = await repositoryTop(root);
  const folders = [...foldersBetween(top, dirname(root)), root];
  const found = await Promise.all(folders.map((folder) => folderInstruction(top, root, folder)));
  return found.filter((one) => one !== null);
}

/** Those of the folders below the project that hold `path` (absolute, resolved, inside), outermost first. */
export async function readNestedInstructions(root: string, path: string): Promise<Instruction[]> {
  if (!isWithin(root, path) || path === root) return [];
  const below = foldersBetween(root, dirname(path)).slice(1);
  const found = await Promise.all(below.map((folder) => folderInstruction(root, root, folder)));
  return found.filter((one) => one !== null);
}

/** `first`, and each folder on the way to `last`; none when `last` does not lie in it. */
function foldersBetween(first: string, last: string): string[] {
  if (!isWithin(first, last)) return [];
  const names = relative(first, last).split(sep).filter(Boolean).slice(0, deepestNesting);
  return [first, ...names.map((_, index) => join(first, ...names.slice(0, index + 1)))];
}

/** The folder with `.git` that the project lies in, or the project. */
async function repositoryTop(root: string): Promise<string> {
  let folder = root;
  for (let level = 0; level < deepestNesting; level += 1) {
    if (await isThere(join(folder, ".git"))) return folder;
    const above = dirname(folder);
    if (above === folder) return root;
    folder = above;
  }
  return root;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== null) return false;
    throw error;
  }
}

/** `border` is the folder that links must not lead out of. */
async function folderInstruction(border: string, root: string, folder: string): Promise<Instruction | null> {
  // Mostly none of them is there: that is found out in one look.
  const paths = candidates.map((name) => join(folder, name));
  const areThere = await Promise.all(paths.map(isThere));
  for (const path of paths.filter((_, index) => areThere[index])) {
    const bytes = await readCandidate(border, path);
    if (bytes !== null && bytes.length > 0) return instruction(relative(root, path), bytes);
  }
  return null;
}

async function readCandidate(border: string, path: string): Promise<Buffer | null> {
  try {
    const resolved = await resolveInside(border, path);
    if (!resolved.inside || isSecretPath(resolved.relative)) return null;
    return (await readBytes(resolved.absolute)).bytes;
  } catch (error) {
    // Not there, a folder, a pipe, too large: this one is no instruction file, the next may be.
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}

function instruction(path: string, bytes: Buffer): Instruction {
  const head = new TextDecoder().decode(bytes.subarray(0, byteLimit), { stream: bytes.length > byteLimit });
  const { text, removed } = withoutHidden(head);
  return { path, text: text.trimEnd(), truncated: bytes.length > byteLimit, hiddenCharacters: removed };
}

/** A text without what a person could not see in it, and how many characters that were. */
export function withoutHidden(head: string): { readonly text: string; readonly removed: number } {
  const text = head.replace(hidden, "");
  return { text, removed: [...head].length - [...text].length };
}

/**
 * Format characters (zero-width, bidirectional, tags), variation selectors, blank fillers and controls; a joiner or an emoji
 * selector stays where it does its work, after a pictograph.
 */
const hidden =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)(?:\u200D|\uFE0F)|(?!\u200D|\uFE0F|[\n\r\t])[\p{Cc}\p{Cf}\p{Variation_Selector}\u115F\u1160\u3164\uFFA0]/gu;
