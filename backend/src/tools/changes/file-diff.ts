/** A change of one file as the regions that differ, for a person to decide on and for the row's `+a −b`. */
import { type StructuredPatchHunk, structuredPatch } from "diff";
import type { DiffContent } from "../../protocol/tool-call.ts";
import { commonEnds } from "./file-lines.ts";

export interface FileChange {
  readonly content: readonly DiffContent[];
  readonly added: number;
  readonly removed: number;
}

const contextLines = 3;
const timeLimitMs = 1_500;

/** `before` null: the file is new. `path` as it shall be shown. */
export function fileChange(path: string, before: string | null, after: string): FileChange {
  const hunks = hunksOf(before ?? "", after);
  const regions = hunks.map((hunk) => regionOf(path, hunk));
  const content = before === null ? regions.map((region) => ({ ...region, oldText: null })) : regions;
  const lines = hunks.flatMap((hunk) => hunk.lines);
  // A new, empty file is a change too.
  const empty: DiffContent = { type: "diff", path, oldText: null, newText: "", oldLine: 1, newLine: 1 };
  return {
    content: content.length === 0 && before === null ? [empty] : content,
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
  };
}

type Hunk = Pick<StructuredPatchHunk, "oldStart" | "newStart" | "lines">;

function hunksOf(before: string, after: string): readonly Hunk[] {
  const patch = structuredPatch("", "", before, after, "", "", {
    context: contextLines,
    timeout: timeLimitMs,
  });
  return patch?.hunks ?? [singleHunk(splitLines(before), splitLines(after))];
}

/** Where a real diff takes too long: everything between the common beginning and the common end. */
function singleHunk(before: readonly string[], after: readonly string[]): Hunk {
  const { head, tail } = commonEnds(before, after);
  const start = Math.max(0, head - contextLines);
  const marked = (mark: string, lines: readonly string[]): string[] => lines.map((line) => mark + line);
  return {
    oldStart: start + 1,
    newStart: start + 1,
    lines: [
      ...marked(" ", before.slice(start, head)),
      ...marked("-", before.slice(head, before.length - tail)),
      ...marked("+", after.slice(head, after.length - tail)),
      ...marked(" ", after.slice(after.length - tail, after.length - tail + contextLines)),
    ],
  };
}

function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function regionOf(path: string, hunk: Hunk): DiffContent {
  return {
    type: "diff",
    path,
    oldText: sideOf(hunk, "-"),
    newText: sideOf(hunk, "+"),
    oldLine: Math.max(1, hunk.oldStart),
    newLine: Math.max(1, hunk.newStart),
  };
}

function sideOf(hunk: Hunk, mark: "-" | "+"): string {
  const texts: string[] = [];
  hunk.lines.forEach((line, index) => {
    if (!line.startsWith(" ") && !line.startsWith(mark)) return;
    const endsOpen = hunk.lines[index + 1]?.startsWith("\\") ?? false;
    texts.push(line.slice(1) + (endsOpen ? "" : "\n"));
  });
  return texts.join("");
}
