/** Reads git's unified diff output into lines with numbers. Pure. */
import type { DiffHunk, DiffLine } from "../../protocol/changes.ts";

/** One file's part of a patch; names and kinds come from git's machine-readable listing, not from here. */
export interface PatchSection {
  readonly hunks: readonly DiffHunk[];
  /** Lines beyond the limit were left out. */
  readonly truncated: boolean;
}

/** The patch cut into its files, in order; each holds at most `maxLines` lines. */
export function parsePatch(patch: string, maxLines: number): PatchSection[] {
  const sections: string[][] = [];
  for (const line of patch.split("\n")) {
    // Lines of content begin with a space, a sign or a backslash: this can only be the start of a file.
    if (line.startsWith("diff --git ")) sections.push([]);
    else sections.at(-1)?.push(line);
  }
  return sections.map((lines) => parseSection(lines, maxLines));
}

interface OpenHunk {
  readonly hunk: { heading: string; oldStart: number; newStart: number; lines: DiffLine[] };
  oldLine: number;
  newLine: number;
}

function parseSection(lines: readonly string[], maxLines: number): PatchSection {
  const hunks: OpenHunk[] = [];
  let lineCount = 0;
  for (const line of lines) {
    const opened = openHunk(line);
    if (opened !== null) {
      hunks.push(opened);
      continue;
    }
    const current = hunks.at(-1);
    if (current === undefined) continue;
    if (lineCount >= maxLines && !line.startsWith("\\")) return { hunks: closed(hunks), truncated: true };
    if (addLine(current, line)) lineCount += 1;
  }
  return { hunks: closed(hunks), truncated: false };
}

function openHunk(line: string): OpenHunk | null {
  const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/s.exec(line);
  if (header === null) return null;
  const [oldStart, newStart] = [Number(header[1]), Number(header[2])];
  return {
    hunk: { heading: header[3] ?? "", oldStart, newStart, lines: [] },
    oldLine: oldStart,
    newLine: newStart,
  };
}

/** True when the line was one of content. */
function addLine(open: OpenHunk, line: string): boolean {
  const { lines } = open.hunk;
  const text = line.slice(1);
  switch (line[0]) {
    case " ":
      lines.push({ type: "context", text, oldLine: open.oldLine++, newLine: open.newLine++ });
      return true;
    case "+":
      lines.push({ type: "added", text, newLine: open.newLine++ });
      return true;
    case "-":
      lines.push({ type: "removed", text, oldLine: open.oldLine++ });
      return true;
    case "\\": {
      const last = lines.pop();
      if (last !== undefined) lines.push({ ...last, noNewline: true });
      return false;
    }
    default:
      return false;
  }
}

function closed(hunks: readonly OpenHunk[]): DiffHunk[] {
  return hunks.map((open) => open.hunk).filter((hunk) => hunk.lines.length > 0);
}
