/** The places of a file that are most like a text that was not found: what a model needs to see in order to correct itself. */
import { numbered } from "../numbered-lines.ts";

export interface NearLines {
  /** 1-based, both included. */
  readonly from: number;
  readonly to: number;
  /** Numbered as in a reading. */
  readonly text: string;
}

const candidateCount = 12;
const leastLikeness = 0.45;
const shownLines = 8;
const comparedLength = 300;

/** The best one to three places, best first; empty when nothing is alike. */
export function nearestLines(file: readonly string[], wanted: readonly string[]): NearLines[] {
  const lines = wanted.map(foldedLine);
  const anchor = lines.reduce(
    (best, line, index) => (line.length > (lines[best]?.length ?? 0) ? index : best),
    0,
  );
  const anchorPairs = pairsOf(lines[anchor] ?? "");
  const starts = file
    .map((line, index) => ({
      start: index - anchor,
      likeness: likeness(pairsOf(foldedLine(line)), anchorPairs),
    }))
    .filter((place) => place.likeness > 0.3 && place.start + lines.length > 0)
    .sort((a, b) => b.likeness - a.likeness || a.start - b.start)
    .slice(0, candidateCount);
  const wantedPairs = lines.map(pairsOf);
  const places = starts
    .map(({ start }) => ({ start: Math.max(0, start), likeness: blockLikeness(file, start, wantedPairs) }))
    .filter((place) => place.likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness || a.start - b.start);
  return withoutNeighbours(
    places.map((place) => place.start),
    lines.length,
  )
    .slice(0, 3)
    .map((start) => shown(file, start, Math.min(file.length, start + lines.length)));
}

function shown(file: readonly string[], start: number, end: number): NearLines {
  const last = Math.min(end, start + shownLines);
  return { from: start + 1, to: end, text: numbered(file.slice(start, last), start + 1) };
}

function withoutNeighbours(starts: readonly number[], length: number): number[] {
  const kept: number[] = [];
  for (const start of starts) {
    if (kept.every((other) => Math.abs(other - start) >= length)) kept.push(start);
  }
  return kept;
}

function blockLikeness(file: readonly string[], start: number, wanted: readonly Pairs[]): number {
  const sum = wanted.reduce(
    (total, pairs, offset) => total + likeness(pairsOf(foldedLine(file[start + offset] ?? "")), pairs),
    0,
  );
  return sum / Math.max(1, wanted.length);
}

function foldedLine(line: string): string {
  return line.slice(0, comparedLength).replace(/\s+/g, " ").trim();
}

interface Pairs {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

function pairsOf(line: string): Pairs {
  const counts = new Map<string, number>();
  const padded = ` ${line} `;
  for (let index = 0; index + 1 < padded.length; index += 1) {
    const pair = padded.slice(index, index + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return { counts, size: Math.max(0, padded.length - 1) };
}

/** Dice's coefficient over pairs of characters: 0 to 1. */
function likeness(a: Pairs, b: Pairs): number {
  let common = 0;
  for (const [pair, count] of a.counts) common += Math.min(count, b.counts.get(pair) ?? 0);
  return (2 * common) / Math.max(1, a.size + b.size);
}
