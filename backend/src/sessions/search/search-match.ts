/** What a query finds in a line: literal, whatever the case, as ripgrep sees case. Pure. */
import type { SearchHit } from "../../protocol/search.ts";
import { plainText, type SearchLine } from "./search-lines.ts";

const before = 60;
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
  const [first] = line.text.matchAll(pattern);
  if (first === undefined) return null;
  const start = boundary(line.text, first.index - before);
  const end = boundary(line.text, first.index + Math.max(after, first[0].length + before));
  const lead = start > 0 ? "…" : "";
  const shown = line.text.slice(start, end);
  const marks = [...shown.matchAll(pattern)].map(({ 0: match, index }): [number, number] => {
    const from = index + lead.length;
    return [from, from + match.length];
  });
  const { seq, kind } = line;
  return { seq, kind, text: `${lead}${shown}${end < line.text.length ? "…" : ""}`, marks };
}

/** Inside the text, and not between the halves of a character. */
function boundary(text: string, index: number): number {
  const inside = Math.min(Math.max(index, 0), text.length);
  const code = text.charCodeAt(inside);
  return code >= 0xdc00 && code <= 0xdfff ? inside - 1 : inside;
}
