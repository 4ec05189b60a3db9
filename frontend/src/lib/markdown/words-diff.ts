/** What changed between two texts: line by line, and word by word inside a pair of lines. A chunk of its own. */
import { diffLines, diffWordsWithSpace } from "diff";

export interface ChangedLine {
  readonly type: "context" | "added" | "removed";
  readonly text: string;
  /** 1-based; absent on an added line. */
  readonly oldLine?: number;
  /** 1-based; absent on a removed line. */
  readonly newLine?: number;
}

export interface WordPart {
  readonly text: string;
  readonly changed: boolean;
}

/** Beyond this, a comparison of words says less than the two lines do. */
const longestLine = 2_000;
/** When less than this share is common, the lines are different, not changed. */
const commonShare = 0.3;

/** The lines of both texts in reading order; `oldLine` and `newLine` are the numbers of their first lines. */
export function lineDiff(
  before: string,
  after: string,
  start: { readonly oldLine: number; readonly newLine: number },
): readonly ChangedLine[] {
  let { oldLine, newLine } = start;
  return diffLines(before, after).flatMap((part) =>
    linesOf(part.value).map((text): ChangedLine => {
      if (part.added) return { type: "added", text, newLine: newLine++ };
      if (part.removed) return { type: "removed", text, oldLine: oldLine++ };
      return { type: "context", text, oldLine: oldLine++, newLine: newLine++ };
    }),
  );
}

/** Both lines cut into parts, or null when they have too little in common for marks to help. */
export function wordDiff(
  before: string,
  after: string,
): { readonly before: readonly WordPart[]; readonly after: readonly WordPart[] } | null {
  if (before.length > longestLine || after.length > longestLine) return null;
  const parts = diffWordsWithSpace(before, after);
  const common = parts.reduce(
    (sum, part) => (part.added || part.removed ? sum : sum + part.value.trim().length),
    0,
  );
  if (common < commonShare * Math.max(before.trim().length, after.trim().length)) return null;
  return {
    before: parts.filter((part) => !part.added).map((part) => ({ text: part.value, changed: part.removed })),
    after: parts.filter((part) => !part.removed).map((part) => ({ text: part.value, changed: part.added })),
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
