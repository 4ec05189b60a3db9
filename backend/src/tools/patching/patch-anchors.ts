/** Finds the lines that the headers of a chunk name: all places that they can mean. Byte strings, as in `text-matching.ts`. */

import { type SearchedText, toByteString } from "../changes/file-lines.ts";
import { indentOf, withoutTrailingSpace } from "../changes/indentation.ts";
import { foldedUnicode } from "../changes/text-matching.ts";
import { Scopes } from "./scopes.ts";

/** A line that a header names; for a chunk without headers the empty place at the file's beginning. */
export interface Anchor {
  readonly start: number;
  readonly end: number;
}

/** `crowded`: a header stands on so many lines that it says nothing. */
export type AnchorSearch =
  | { readonly type: "found"; readonly anchors: readonly Anchor[]; readonly scopes: Scopes }
  | { readonly type: "missing" }
  | { readonly type: "crowded"; readonly count: number };

const mostAnchors = 1_000;
const likenings: readonly ((line: string) => string)[] = [
  (line) => line,
  withoutTrailingSpace,
  (line) => foldedUnicode(withoutTrailingSpace(line)),
  (line) => foldedUnicode(line).trim(),
];

/** The anchors of a file's chunks; what is known of its lines is worked out once for all of them. */
export class PatchAnchors {
  readonly #file: SearchedText;
  readonly #places = new Map<(line: string) => string, ReadonlyMap<string, readonly number[]>>();
  #ends: readonly number[] | null = null;

  constructor(file: SearchedText) {
    this.#file = file;
  }

  /** Every place that a chain of headers can mean, the outermost first. */
  find(headers: readonly string[]): AnchorSearch {
    const whole = { start: 0, end: this.#file.body.length };
    let anchors: readonly Anchor[] = [{ start: 0, end: 0 }];
    let scopes = new Scopes([whole]);
    for (const header of headers) {
      const lines = this.#linesLike(toByteString(header));
      if (lines.length > mostAnchors) return { type: "crowded", count: lines.length };
      const from = anchors[0]?.end ?? 0;
      const below = lines.filter((line) => this.#start(line) >= from);
      const inBlock = below.filter((line) => scopes.reachAt(this.#start(line)) > this.#start(line));
      const found = inBlock.length > 0 ? inBlock : below;
      if (found.length === 0) return { type: "missing" };
      anchors = found.map((line) => ({ start: this.#start(line), end: this.#end(line) }));
      scopes = new Scopes(found.map((line) => ({ start: this.#start(line), end: this.#scopeEnd(line) })));
    }
    return { type: "found", anchors, scopes };
  }

  #start(line: number): number {
    return this.#file.lines[line]?.start ?? 0;
  }

  #end(line: number): number {
    const { start = 0, text = "", end = "" } = this.#file.lines[line] ?? {};
    return start + text.length + end.length;
  }

  #linesLike(header: string): readonly number[] {
    for (const likened of likenings) {
      const found = this.#placesAs(likened).get(likened(header)) ?? [];
      if (found.length > 0) return found;
    }
    // Of a long line only the beginning is given.
    const start = header.trim();
    if (start.length < 4) return [];
    return this.#file.lines.flatMap((line, index) => (line.text.trim().startsWith(start) ? [index] : []));
  }

  #placesAs(likened: (line: string) => string): ReadonlyMap<string, readonly number[]> {
    const known = this.#places.get(likened);
    if (known !== undefined) return known;
    const places = new Map<string, number[]>();
    for (const [index, text] of this.#file.folded(likened).entries()) {
      const found = places.get(text);
      if (found === undefined) places.set(text, [index]);
      else found.push(index);
    }
    this.#places.set(likened, places);
    return places;
  }

  /** Where what is indented below a line ends, with the line that closes it. */
  #scopeEnd(line: number): number {
    this.#ends ??= this.#scopeEnds();
    return this.#ends[line] ?? this.#file.body.length;
  }

  /** Of all lines in one pass: a line ends what is open at its depth or deeper. */
  #scopeEnds(): number[] {
    const ends: number[] = [];
    const open: { readonly line: number; readonly depth: number }[] = [];
    for (const [line, { text, start }] of this.#file.lines.entries()) {
      if (text.trim() === "") continue;
      const depth = indentOf(text).length;
      const end = /^[ \t]*(?:[})\]]|end\b)/.test(text) ? this.#end(line) : start;
      for (let last = open.at(-1); last !== undefined && last.depth >= depth; last = open.at(-1)) {
        ends[last.line] = end;
        open.pop();
      }
      open.push({ line, depth });
    }
    return ends;
  }
}
