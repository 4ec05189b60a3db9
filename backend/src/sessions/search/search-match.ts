/** What a query finds in a line: literal, whatever the case, as ripgrep sees case. Pure. */
import type { SearchHit } from "../../protocol/search.ts";
import { plainText, type SearchLine } from "./search-lines.ts";

/** So little that the match stands in the first line of a narrow screen. */
const before = 24;
const after = 140;

/** A query, ready to be looked for. */
export interface Query {
  readonly text: string;
  /** Global, with Unicode's simple case folding. */
  readonly pattern: RegExp;
}

/** The query without what the lines have not; null when nothing is left to look for. */
export function queryOf(typed: string): Query | null {
  const text = plainText(typed);
  if (text === "") return null;
  return { text, pattern: new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu") };
}

/** The line's hit, with its surroundings and every match in them; null when there is none. */
export function hitIn(line: SearchLine, { pattern }: Query): SearchHit | null {
  const [asWritten] = line.text.matchAll(pattern);
  if (asWritten === undefined) return null;
  const read = line.kind === "agent" ? withoutMarkup(line.text) : line.text;
  const [asRead] = read.matchAll(pattern);
  // Who looks for the markup itself is shown it.
  const [text, first] = asRead === undefined ? [line.text, asWritten] : [read, asRead];
  const start = wordStart(text, first.index);
  const end = boundary(text, first.index + Math.max(after, first[0].length + before));
  const lead = start > 0 ? "…" : "";
  const shown = text.slice(start, end);
  const marks = [...shown.matchAll(pattern)].map(({ 0: match, index }): [number, number] => {
    const from = index + lead.length;
    return [from, from + match.length];
  });
  const { seq, kind } = line;
  return { seq, kind, text: `${lead}${shown}${end < text.length ? "…" : ""}`, marks };
}

const fence = /(?:^|(?<= ))(?:`{3,}|~{3,})\w*(?: |$)/g;
const heading = /(?:^|(?<= ))#{1,6} /g;
const strong = /(?<![\w/*])\*\*(?=[\p{L}\p{N}`"'(])(.+?)(?<=[^\s/*])\*\*(?![\w/*])/gu;

/** An answer as it is read: without the signs that only make it look so. A `**` of a pattern of files stays. */
function withoutMarkup(text: string): string {
  return text.replace(fence, "").replace(heading, "").replace(strong, "$1").replaceAll("`", "");
}

/** A little before the match, where a word begins. */
function wordStart(text: string, match: number): number {
  const start = boundary(text, match - before);
  const space = text.indexOf(" ", start);
  return start === 0 || space < 0 || space >= match ? start : space + 1;
}

/** Inside the text, and not between the halves of a character. */
function boundary(text: string, index: number): number {
  const inside = Math.min(Math.max(index, 0), text.length);
  const code = text.charCodeAt(inside);
  return code >= 0xdc00 && code <= 0xdfff ? inside - 1 : inside;
}
