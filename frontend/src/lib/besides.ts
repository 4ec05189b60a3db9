/** Two texts in one field. */

/** Two texts in one: each a paragraph of its own. */
export function besides(written: string, more: string): string {
  if (more === "") return written;
  return written === "" ? more : `${written}\n\n${more}`;
}
