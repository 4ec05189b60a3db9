/** White space at the two ends of lines, and how to make an edit's indentation that of the file. Byte strings, as in `text-matching.ts`. */

/** The spaces and tabs that a line begins with. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** A line without white space at its end; bytes of characters such as U+00A0 are left alone. */
export function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && " \t\r\f\v".includes(line[end - 1] ?? "x")) end -= 1;
  return line.slice(0, end);
}

/** How the file's indentation differs from the edit's, the same way on every line; null when it is not the same way. */
export function indentShift(
  oldLines: readonly string[],
  fileLines: readonly string[],
): ((line: string) => string) | null {
  const pairs = oldLines.flatMap((line, index): IndentPair[] => {
    if (withoutTrailingSpace(line) === "") return [];
    return [{ edit: indentOf(line), file: indentOf(fileLines[index] ?? "") }];
  });
  const shift = prefixShift(pairs) ?? unitShift(pairs);
  if (shift === null) return null;
  return (line) => {
    const edit = indentOf(line);
    const rest = line.slice(edit.length);
    return withoutTrailingSpace(rest.replace("\n", "")) === "" ? rest : shift(edit) + rest;
  };
}

interface IndentPair {
  readonly edit: string;
  readonly file: string;
}

type Shift = (indent: string) => string;

/** The same white space stands before every line on one of the sides. */
function prefixShift(pairs: readonly IndentPair[]): Shift | null {
  const [first] = pairs;
  if (first === undefined) return null;
  const more = first.file.slice(0, first.file.length - first.edit.length);
  if (pairs.every((pair) => pair.file === more + pair.edit)) return (indent) => more + indent;
  const less = first.edit.slice(0, first.edit.length - first.file.length);
  if (!pairs.every((pair) => pair.edit === less + pair.file)) return null;
  return (indent) => (indent.startsWith(less) ? indent.slice(less.length) : "");
}

/** One side indents with tabs and the other with spaces, by the same number of levels on every line. */
function unitShift(pairs: readonly IndentPair[]): Shift | null {
  const toTabs = pairs.every((pair) => /^\t*$/.test(pair.file) && /^ *$/.test(pair.edit));
  const toSpaces = pairs.every((pair) => /^ *$/.test(pair.file) && /^\t*$/.test(pair.edit));
  if (!toTabs && !toSpaces) return null;
  const shifts = [4, 2, 8, 3, 1].flatMap((width) => {
    const levels = pairs.map(({ edit, file }) =>
      toTabs ? file.length - edit.length / width : file.length / width - edit.length,
    );
    const [level = 0] = levels;
    return Number.isInteger(level) && levels.every((other) => other === level) ? [{ width, level }] : [];
  });
  const best = shifts.find((shift) => shift.level === 0) ?? shifts[0];
  if (best === undefined) return null;
  return (indent) => {
    const columns = [...indent].reduce((sum, character) => sum + (character === "\t" ? best.width : 1), 0);
    const shifted = Math.max(0, columns + best.level * best.width);
    if (toSpaces) return " ".repeat(shifted);
    return "\t".repeat(Math.floor(shifted / best.width)) + " ".repeat(shifted % best.width);
  };
}
