/**
 * Finds the text that an edit names, exactly or almost, and replaces it; nothing outside the matched text changes.
 * Works on byte strings (one character a byte), so that any encoding survives.
 */
import { diffArrays } from "diff";
import { indentOf, indentShift, withoutTrailingSpace } from "./indentation.ts";

export interface Replacement {
  /** Byte strings, see `toByteString`. */
  readonly old: string;
  readonly new: string;
  /** Replace every place, not just one. */
  readonly all: boolean;
}

/** How exactly the text was found; the order is the order of trying. */
export const matchStages = [
  "exact",
  "line_ends",
  "trailing_space",
  "unicode",
  "indentation",
  "line_numbers",
] as const;
export type MatchStage = (typeof matchStages)[number];

export type MatchOutcome =
  | { readonly type: "replaced"; readonly body: string; readonly stage: MatchStage; readonly count: number }
  | { readonly type: "missing" }
  /** 1-based lines where it begins. */
  | { readonly type: "ambiguous"; readonly lines: readonly number[] };

/** UTF-8 bytes as a string of their values. */
export function toByteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text whose UTF-8 bytes these are; broken ones become U+FFFD. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Tries the stages in order; the first that finds the text once (with `all`: at least once) is used, more than once is ambiguous. */
export function replaceText(body: string, replacement: Replacement): MatchOutcome {
  const outcome = replaceIn(body, replacement);
  if (outcome.type !== "missing") return outcome;
  const stripped = withoutLineNumbers(replacement);
  if (stripped === null) return outcome;
  const second = replaceIn(body, stripped);
  return second.type === "replaced" ? { ...second, stage: "line_numbers" } : second;
}

function replaceIn(body: string, replacement: Replacement): MatchOutcome {
  const file: FileLines = { body, lines: splitLines(body) };
  for (const [stage, find] of finders) {
    const hits = find(file, withPlainLineEnds(replacement.old), replacement.old);
    const [first] = hits;
    if (first === undefined) continue;
    if (hits.length > 1 && !replacement.all) return ambiguous(body, hits);
    const used = withoutOverlaps(hits);
    if (used.some((hit) => hit.indent === null)) return { type: "missing" };
    return { type: "replaced", body: rewritten(file, used, replacement), stage, count: used.length };
  }
  return { type: "missing" };
}

function ambiguous(body: string, hits: readonly Hit[]): MatchOutcome {
  return { type: "ambiguous", lines: hits.map((hit) => lineAt(body, hit.start)) };
}

/** The 1-based line of a position. */
export function lineAt(body: string, position: number): number {
  let line = 1;
  for (let at = body.indexOf("\n"); at >= 0 && at < position; at = body.indexOf("\n", at + 1)) line += 1;
  return line;
}

interface FileLine {
  readonly text: string;
  /** "\n", "\r\n", or "" at the end of the file. */
  readonly end: string;
  readonly start: number;
}

interface FileLines {
  readonly body: string;
  readonly lines: readonly FileLine[];
}

interface Hit {
  readonly start: number;
  readonly end: number;
  /** Makes a new line's indentation fit the file's; null: it cannot be told how. */
  readonly indent: ((line: string) => string) | null;
  readonly isWholeLines: boolean;
}

type Finder = (file: FileLines, old: string, literalOld: string) => readonly Hit[];

const asWritten = (line: string): string => line;

const finders: readonly (readonly [MatchStage, Finder])[] = [
  ["exact", (file, _old, literalOld) => findExact(file.body, literalOld)],
  ["line_ends", findWithAnyLineEnds],
  ["trailing_space", (file, old) => findLines(file, old, withoutTrailingSpace)],
  ["unicode", (file, old) => findLines(file, old, (line) => foldedUnicode(withoutTrailingSpace(line)))],
  ["indentation", findIndented],
];

function findExact(body: string, old: string): Hit[] {
  return occurrences(body, old).map((start) => {
    // The LF of a CR LF is never taken without its CR.
    const splitsPair = body[start] === "\n" && body[start - 1] === "\r";
    return {
      start: splitsPair ? start - 1 : start,
      end: start + old.length,
      indent: asWritten,
      isWholeLines: false,
    };
  });
}

/** Overlapping ones count too: they make a text ambiguous. */
function occurrences(body: string, text: string): number[] {
  const found: number[] = [];
  if (text === "") return found;
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) found.push(at);
  return found;
}

function findWithAnyLineEnds(file: FileLines, old: string, literalOld: string): Hit[] {
  const plain = withPlainLineEnds(file.body);
  if (plain === file.body && old === literalOld) return [];
  const place = placeInOriginal(file.body);
  return occurrences(plain, old).map((start) => ({
    start: place(start),
    end: place(start + old.length),
    indent: asWritten,
    isWholeLines: false,
  }));
}

/** Maps positions of the text without CRs onto the original. */
function placeInOriginal(body: string): (position: number) => number {
  const removed = [...body.matchAll(/\r\n/g)].map((match, index) => match.index - index);
  return (position) => {
    let low = 0;
    let high = removed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((removed[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return position + low;
  };
}

function findLines(file: FileLines, old: string, fold: (line: string) => string): Hit[] {
  const wanted = wholeLines(old).map(fold);
  if (wanted.every((line) => line === "")) return [];
  const folded = file.lines.map((line) => fold(line.text));
  const [first] = wanted;
  return folded.flatMap((line, index) => {
    if (line !== first || !wanted.every((text, offset) => folded[index + offset] === text)) return [];
    return [
      { ...lineSpan(file, { index, count: wanted.length, old }), indent: asWritten, isWholeLines: true },
    ];
  });
}

function findIndented(file: FileLines, old: string): Hit[] {
  const oldLines = wholeLines(old);
  return findLines(file, old, (line) => withoutTrailingSpace(line.slice(indentOf(line).length))).map(
    (hit) => {
      const index = file.lines.findIndex((line) => line.start === hit.start);
      const found = file.lines.slice(index, index + oldLines.length).map((line) => line.text);
      return { ...hit, indent: indentShift(oldLines, found) };
    },
  );
}

function lineSpan(
  file: FileLines,
  at: { index: number; count: number; old: string },
): { start: number; end: number } {
  const first = file.lines[at.index];
  const last = file.lines[at.index + at.count - 1];
  const textEnd = (last?.start ?? 0) + (last?.text.length ?? 0);
  const end = at.old.endsWith("\n") ? textEnd + (last?.end.length ?? 0) : textEnd;
  return { start: first?.start ?? 0, end };
}

function withoutOverlaps(hits: readonly Hit[]): Hit[] {
  let end = 0;
  return hits.filter((hit) => {
    if (hit.start < end) return false;
    end = hit.end;
    return true;
  });
}

function rewritten(file: FileLines, hits: readonly Hit[], replacement: Replacement): string {
  const pieces: string[] = [];
  let position = 0;
  for (const hit of hits) {
    pieces.push(file.body.slice(position, hit.start), newText(file, hit, replacement));
    position = hit.end;
  }
  pieces.push(file.body.slice(position));
  return pieces.join("");
}

/** Lines that the edit leaves as they are keep the file's own bytes; only lines that are new are written as the edit says. */
function newText(file: FileLines, hit: Hit, replacement: Replacement): string {
  const region = file.body.slice(hit.start, hit.end);
  const lineEnd = lineEndAt(file.body, hit);
  const oldLines = splitLines(withPlainLineEnds(replacement.old));
  const newLines = splitLines(withPlainLineEnds(replacement.new));
  const ownLines = splitLines(region);
  const indent = hit.indent ?? asWritten;
  const text: string[] = [];
  let own = 0;
  for (const change of lineChanges(oldLines.map(whole), newLines.map(whole))) {
    if (change.type === "added") text.push(...change.lines.map((line) => withLineEnd(indent(line), lineEnd)));
    if (change.type === "kept") text.push(...ownLines.slice(own, own + change.lines.length).map(whole));
    if (change.type !== "added") own += change.lines.length;
  }
  const joined = text.join("");
  // The last line of a file without a final newline keeps it that way.
  if (replacement.old.endsWith("\n") && !region.endsWith("\n")) return joined.replace(/\r?\n$/, "");
  return hit.isWholeLines && region.endsWith("\n") && joined !== "" && !joined.endsWith("\n")
    ? joined + lineEnd
    : joined;
}

function withLineEnd(line: string, lineEnd: string): string {
  return line.endsWith("\n") ? line.slice(0, -1) + lineEnd : line;
}

interface LineChange {
  readonly type: "kept" | "added" | "removed";
  readonly lines: readonly string[];
}

function lineChanges(oldLines: string[], newLines: string[]): LineChange[] {
  const changes = diffArrays(oldLines, newLines, { maxEditLength: 2_000 });
  // Too different to be compared in a moment: then nothing is kept.
  if (changes === undefined)
    return [
      { type: "removed", lines: oldLines },
      { type: "added", lines: newLines },
    ];
  return changes.map((change) => ({
    type: change.added ? "added" : change.removed ? "removed" : "kept",
    lines: change.value,
  }));
}

function whole(line: FileLine): string {
  return line.text + line.end;
}

/** The line end to write with: the matched text's own, else that of the line it stands in, else of the line before. */
function lineEndAt(body: string, hit: Hit): string {
  const region = body.slice(hit.start, hit.end);
  const count = region.split("\n").length - 1;
  if (count > 0) return (region.match(/\r\n/g) ?? []).length * 2 > count ? "\r\n" : "\n";
  const next = body.indexOf("\n", hit.end);
  const near = next >= 0 ? next : body.lastIndexOf("\n", hit.start);
  return near > 0 && body[near - 1] === "\r" ? "\r\n" : "\n";
}

function withPlainLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function splitLines(body: string): FileLine[] {
  const lines: FileLine[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf("\n", start);
    const end = newline < 0 ? body.length : newline + 1;
    const raw = body.slice(start, end);
    const lineEnd = raw.endsWith("\r\n") ? "\r\n" : raw.endsWith("\n") ? "\n" : "";
    lines.push({ text: raw.slice(0, raw.length - lineEnd.length), end: lineEnd, start });
    start = end;
  }
  return lines;
}

/** The lines of a text; a final newline ends the last one and begins none. */
function wholeLines(text: string): string[] {
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function foldedUnicode(line: string): string {
  return fromByteString(line)
    .replace(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E\u201F\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replace(/\u2026/g, "...")
    .replace(/ +$/, "");
}

const lineNumber = /^ *\d+(?:\t|: ?| ?\| ?|\u00e2\u0086\u0092)/;

/** Models copy the line numbers of a reading into an edit. Null when not every line has one. */
function withoutLineNumbers(replacement: Replacement): Replacement | null {
  const old = stripped(replacement.old);
  if (old === null) return null;
  return { ...replacement, old, new: stripped(replacement.new) ?? replacement.new };
}

function stripped(text: string): string | null {
  const lines = text.split("\n");
  if (!lines.every((line) => line === "" || lineNumber.test(line)) || !lineNumber.test(text)) return null;
  return lines.map((line) => line.replace(lineNumber, "")).join("\n");
}
