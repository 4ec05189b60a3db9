/** Lines of a diff, prepared for drawing: coloured, changed words marked. What cannot be had in time is left out. */

import { lazy } from "../../lib/lazy.ts";
import { highlight, languageOfPath, linesOfRuns } from "../../lib/markdown/highlight.ts";
import type { SyntaxRole, SyntaxRun } from "../../lib/markdown/syntax.ts";
import type { ChangedLine, WordPart } from "../../lib/markdown/words-diff.ts";

export interface DiffPiece {
  readonly text: string;
  readonly role: SyntaxRole | null;
  readonly changed: boolean;
}

type DiffPieces = readonly (readonly DiffPiece[])[];

const words = lazy(() => import("../../lib/markdown/words-diff.ts"));

/** Lines of the region before and after; when the comparison cannot be had, all old ones and then all new ones. */
export async function changedLines(
  before: string,
  after: string,
  start: { readonly oldLine: number; readonly newLine: number },
): Promise<readonly ChangedLine[]> {
  try {
    return (await words.load()).lineDiff(before, after, start);
  } catch {
    // Its chunk cannot be had: both texts whole are as true, only longer.
    return [...numbered(before, "removed", start.oldLine), ...numbered(after, "added", start.newLine)];
  }
}

/** The pieces of each line, with syntax and word marks. */
export async function decorate(lines: readonly ChangedLine[], path: string): Promise<DiffPieces> {
  const [runs, marks] = await Promise.all([colours(lines, path), wordMarks(lines)]);
  return lines.map((line, index) => piecesOf(line.text, runs[index] ?? null, marks.get(index) ?? null));
}

/** One line's pieces without any marks. */
export function plainPieces(text: string): readonly DiffPiece[] {
  return [{ text, role: null, changed: false }];
}

function numbered(text: string, type: "added" | "removed", first: number): readonly ChangedLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) =>
    type === "added"
      ? { type, text: line, newLine: first + index }
      : { type, text: line, oldLine: first + index },
  );
}

/** Each side is coloured as one text, so that strings and comments over several lines come out right. */
async function colours(
  lines: readonly ChangedLine[],
  path: string,
): Promise<readonly (readonly SyntaxRun[] | null)[]> {
  const language = languageOfPath(path);
  const [before, after] = await Promise.all([
    highlight(
      lines
        .filter((line) => line.type !== "added")
        .map(textOf)
        .join("\n"),
      language,
    ),
    highlight(
      lines
        .filter((line) => line.type !== "removed")
        .map(textOf)
        .join("\n"),
      language,
    ),
  ]);
  const old = before === null ? [] : linesOfRuns(before);
  const fresh = after === null ? [] : linesOfRuns(after);
  let oldIndex = 0;
  let newIndex = 0;
  return lines.map((line) => {
    const oldRuns = line.type === "added" ? null : (old[oldIndex++] ?? null);
    const newRuns = line.type === "removed" ? null : (fresh[newIndex++] ?? null);
    return newRuns ?? oldRuns;
  });
}

function textOf(line: ChangedLine): string {
  return line.text;
}

/** Removed lines followed by as many added ones are pairs; their words are compared. */
async function wordMarks(lines: readonly ChangedLine[]): Promise<ReadonlyMap<number, readonly WordPart[]>> {
  const marks = new Map<number, readonly WordPart[]>();
  const pairs = pairsOf(lines);
  if (pairs.length === 0) return marks;
  try {
    const { wordDiff } = await words.load();
    for (const [removed, added] of pairs) {
      const parts = wordDiff(lines[removed]?.text ?? "", lines[added]?.text ?? "");
      if (parts === null) continue;
      marks.set(removed, parts.before);
      marks.set(added, parts.after);
    }
  } catch {
    // Without its chunk the lines stand without word marks.
  }
  return marks;
}

function pairsOf(lines: readonly ChangedLine[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let index = 0;
  while (index < lines.length) {
    const removed = runLength(lines, index, "removed");
    const added = runLength(lines, index + removed, "added");
    for (let each = 0; each < Math.min(removed, added); each += 1)
      pairs.push([index + each, index + removed + each]);
    index += Math.max(1, removed + added);
  }
  return pairs;
}

function runLength(lines: readonly ChangedLine[], from: number, type: ChangedLine["type"]): number {
  let length = 0;
  while (lines[from + length]?.type === type) length += 1;
  return length;
}

/** Cuts both partitions of the same text into common pieces. */
function piecesOf(
  text: string,
  runs: readonly SyntaxRun[] | null,
  parts: readonly WordPart[] | null,
): readonly DiffPiece[] {
  const roles = runs ?? [{ text, role: null }];
  const marks = parts ?? [{ text, changed: false }];
  const pieces: DiffPiece[] = [];
  let run = 0;
  let part = 0;
  let runUsed = 0;
  let partUsed = 0;
  for (let at = 0; at < text.length; ) {
    const role = roles[run];
    const mark = marks[part];
    // The two do not cover the text (a highlighter's slip): what is left stands plain.
    if (role === undefined || mark === undefined) return [...pieces, ...plainPieces(text.slice(at))];
    const length = Math.min(role.text.length - runUsed, mark.text.length - partUsed);
    if (length > 0)
      pieces.push({ text: text.slice(at, at + length), role: role.role, changed: mark.changed });
    at += length;
    runUsed += length;
    partUsed += length;
    if (runUsed >= role.text.length) [run, runUsed] = [run + 1, 0];
    if (partUsed >= mark.text.length) [part, partUsed] = [part + 1, 0];
  }
  return pieces;
}
