/** How the lines of a file are shown to the model. */

/** `N<TAB>line`, each cut at `lineLength` characters. */
export function numbered(lines: readonly string[], from: number, lineLength = 500): string {
  return lines.map((line, index) => `${from + index}\t${line.slice(0, lineLength)}`).join("\n");
}
