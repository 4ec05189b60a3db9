/**
 * Finds the text that an edit names, exactly or almost, and replaces it; nothing outside the matched text changes.
 * Works on byte strings (one character a byte), so that any encoding survives.
 */
import { diffArrays } from "diff";
import {
  fromByteString,
  SearchedText,
  splitLines,
  whole,
  wholeLines,
  withPlainLineEnds,
} from "./file-lines.ts";
import { indentOf, indentShift, withoutTrailingSpace } from "./indentation.ts";

export interface Replacement {
  /** Byte strings, see `toByteString`. */
  readonly old: string;
  readonly new: string;
  /** Replace every place, not just one. */
  readonly all: boolean;
}

/** Characters of a text that stands everywhere that are compared before the search for more of it ends. */
const mostCompared = 1_000_000_000;

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

/** Bytes `start` to `end` become `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A place where a text stands. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export type FindOutcome =
  | { readonly type: "found"; readonly splices: readonly Splice[]; readonly stage: MatchStage }
  | { readonly type: "missing" }
  /** 1-based lines where it begins. */
  | { readonly type: "ambiguous"; readonly lines: readonly number[] };

/** What may be found: `body` is the file, alone or as it was searched before; `narrow` says which of the places found at one stage count. */
export interface TextSearch {
  readonly body: string | SearchedText;
  readonly narrow?: (spans: readonly TextSpan[]) => readonly TextSpan[];
}

/** Tries the stages in order; the first that finds the text once (with `all`: at least once) is used, more than once is ambiguous. */
export function findText({ body, narrow }: TextSearch, replacement: Replacement): FindOutcome {
  const file = typeof body === "string" ? new SearchedText(body) : body;
  const outcome = findIn(file, replacement, narrow);
  if (outcome.type !== "missing") return outcome;
  const stripped = withoutLineNumbers(replacement);
  if (stripped === null) return outcome;
  const second = findIn(file, stripped, narrow);
  return second.type === "found" ? { ...second, stage: "line_numbers" } : second;
}

/** The text with each piece put in its place; `splices` lie in order and do not overlap. */
export function spliced(body: string, splices: readonly Splice[]): string {
  const pieces: string[] = [];
  let position = 0;
  for (const splice of splices) {
    pieces.push(body.slice(position, splice.start), splice.text);
    position = splice.end;
  }
  return pieces.join("") + body.slice(position);
}

function findIn(file: SearchedText, replacement: Replacement, narrow: TextSearch["narrow"]): FindOutcome {
  for (const [stage, find] of finders) {
    const all = find(file, withPlainLineEnds(replacement.old), replacement.old);
    const counted = new Set(narrow?.(all) ?? all);
    const hits = all.filter((hit) => counted.has(hit));
    if (hits.length === 0) continue;
    if (hits.length > 1 && !replacement.all) return ambiguous(file, hits);
    const used = withoutOverlaps(hits);
    const change = textChange(replacement);
    const splices: Splice[] = [];
    for (const hit of used) {
      const indent = hit.indent();
      if (indent === null) return { type: "missing" };
      splices.push({ start: hit.start, end: hit.end, text: newText(file, hit, { ...change, indent }) });
    }
    return { type: "found", splices, stage };
  }
  return { type: "missing" };
}

function ambiguous(file: SearchedText, hits: readonly Hit[]): FindOutcome {
  return { type: "ambiguous", lines: hits.map((hit) => file.lineIndexAt(hit.start) + 1) };
}

interface Hit extends TextSpan {
  /** Makes a new line's indentation fit the file's; null: it cannot be told how. */
  indent(): ((line: string) => string) | null;
  readonly isWholeLines: boolean;
}

interface LineHit extends Hit {
  readonly index: number;
}

type Finder = (file: SearchedText, old: string, literalOld: string) => readonly Hit[];

const asWritten =
  () =>
  (line: string): string =>
    line;

const withPlainCharacters = (line: string): string => foldedUnicode(withoutTrailingSpace(line));
const withoutIndent = (line: string): string => withoutTrailingSpace(line.slice(indentOf(line).length));

const finders: readonly (readonly [MatchStage, Finder])[] = [
  ["exact", (file, _old, literalOld) => findExact(file.body, literalOld)],
  ["line_ends", findWithAnyLineEnds],
  ["trailing_space", (file, old) => findLines(file, old, withoutTrailingSpace)],
  ["unicode", (file, old) => findLines(file, old, withPlainCharacters)],
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
  let free = 0;
  for (let at = body.indexOf(text); at >= 0; ) {
    found.push(at);
    if (at >= free) free = at + text.length;
    // A text that overlaps itself is compared in full at each place: at some time those that lie apart are enough.
    const isCostly = found.length * text.length > mostCompared;
    at = body.indexOf(text, isCostly ? free : at + 1);
  }
  return found;
}

/** CR LF or LF; the end of the file ends its last line too. */
function findWithAnyLineEnds(file: SearchedText, old: string, literalOld: string): Hit[] {
  const lines = withPlainLineEnds(file.body);
  const plain = lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
  if (plain === file.body && old === literalOld) return [];
  const inOriginal = placeInOriginal(file.body);
  const place = (position: number): number => Math.min(file.body.length, inOriginal(position));
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

function findLines(file: SearchedText, old: string, fold: (line: string) => string): LineHit[] {
  const wanted = wholeLines(old).map(fold);
  if (wanted.every((line) => line === "")) return [];
  return runsOf(file.folded(fold), wanted).map((index) => ({
    ...lineSpan(file, { index, count: wanted.length, old }),
    index,
    indent: asWritten,
    isWholeLines: true,
  }));
}

/** Where the wanted lines begin; by Knuth, Morris and Pratt, since lines of hostile files are alike. */
function runsOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const borders = [0];
  for (let index = 1, length = 0; index < wanted.length; index += 1) {
    while (length > 0 && wanted[index] !== wanted[length]) length = borders[length - 1] ?? 0;
    if (wanted[index] === wanted[length]) length += 1;
    borders.push(length);
  }
  const found: number[] = [];
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    while (matched > 0 && line !== wanted[matched]) matched = borders[matched - 1] ?? 0;
    if (line === wanted[matched]) matched += 1;
    if (matched < wanted.length) continue;
    found.push(index - wanted.length + 1);
    matched = borders[matched - 1] ?? 0;
  }
  return found;
}

function findIndented(file: SearchedText, old: string): Hit[] {
  const oldLines = wholeLines(old);
  return findLines(file, old, withoutIndent).map((hit) => ({
    ...hit,
    indent() {
      const found = file.lines.slice(hit.index, hit.index + oldLines.length).map((line) => line.text);
      return indentShift(oldLines, found);
    },
  }));
}

function lineSpan(
  file: SearchedText,
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

/** What a replacement does to the lines of what it replaces. */
interface TextChange {
  readonly replacement: Replacement;
  readonly changes: readonly LineChange[];
}

interface IndentedChange extends TextChange {
  indent(line: string): string;
}

function textChange(replacement: Replacement): TextChange {
  const oldLines = splitLines(withPlainLineEnds(replacement.old)).map(whole);
  const newLines = splitLines(withPlainLineEnds(replacement.new)).map(whole);
  return { replacement, changes: lineChanges(oldLines, newLines) };
}

/** Lines that the edit leaves as they are keep the file's own bytes; only lines that are new are written as the edit says. */
function newText(file: SearchedText, hit: Hit, change: IndentedChange): string {
  const { replacement, changes, indent } = change;
  const region = file.body.slice(hit.start, hit.end);
  const lineEnd = lineEndAt(file, hit);
  const ownLines = splitLines(region);
  let own = 0;
  const text = changes.flatMap(({ type, lines }) => {
    if (type === "added") return lines.map((line) => withLineEnd(indent(line), lineEnd));
    const from = own;
    own += lines.length;
    return type === "kept" ? ownLines.slice(from, own).map(whole) : [];
  });
  // A line that ends with the file has no line end until another follows it.
  const joined = text
    .map((line, index) => (index < text.length - 1 && !line.endsWith("\n") ? line + lineEnd : line))
    .join("");
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

/** The line end to write with: the matched text's own, else that of the line it stands in, else of the line before. */
function lineEndAt(file: SearchedText, hit: Hit): string {
  const region = file.body.slice(hit.start, hit.end);
  const count = region.split("\n").length - 1;
  if (count > 0) return (region.match(/\r\n/g) ?? []).length * 2 > count ? "\r\n" : "\n";
  const index = file.lineIndexAt(hit.end);
  const near = file.lines[index]?.end || file.lines[index - 1]?.end;
  return near === "\r\n" ? "\r\n" : "\n";
}

/** A line with plain quotes, dashes and spaces; from bytes to text. */
export function foldedUnicode(line: string): string {
  return fromByteString(line)
    .replace(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E\u201F\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, " ")
    .replace(/\u2026/g, "...")
    .replace(/(?<! ) +$/, "");
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
