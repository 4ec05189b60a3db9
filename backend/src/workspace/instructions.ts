/** The project's own instructions for agents: `AGENTS.md` or what stands in for it. They are data of the repository, and may lie. */
import { readBytes } from "./file-text.ts";
import { isSecretPath } from "./protected-names.ts";
import { resolveInside } from "./safe-path.ts";
import { WorkspaceError } from "./workspace-error.ts";

export interface Instruction {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  /** Only the first 8 KB are in `text`. */
  readonly truncated: boolean;
  /** Invisible characters, which could hide text from a person, that were taken out of `text`. */
  readonly hiddenCharacters: number;
}

const candidates = ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"];
const byteLimit = 8_192;

/** The first of the candidates that is there; none when it leads out of the project or cannot be read as text. */
export async function readInstructions(root: string): Promise<Instruction[]> {
  for (const path of candidates) {
    const bytes = await readCandidate(root, path);
    if (bytes !== null && bytes.length > 0) return [instruction(path, bytes)];
  }
  return [];
}

async function readCandidate(root: string, path: string): Promise<Buffer | null> {
  try {
    const resolved = await resolveInside(root, path);
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
  const text = head.replace(hidden, "");
  const removed = [...head].length - [...text].length;
  return { path, text: text.trimEnd(), truncated: bytes.length > byteLimit, hiddenCharacters: removed };
}

/**
 * Format characters (zero-width, bidirectional, tags), variation selectors, blank fillers and controls; a joiner or an emoji
 * selector stays where it does its work, after a pictograph.
 */
const hidden =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)(?:\u200D|\uFE0F)|(?!\u200D|\uFE0F|[\n\r\t])[\p{Cc}\p{Cf}\p{Variation_Selector}\u115F\u1160\u3164\uFFA0]/gu;
