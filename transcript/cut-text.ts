/** Texts that go into every list stay short, whoever wrote them. Pure. */

/** The longest title that a list shows. */
export const longestTitle = 200;

/** The text, or its beginning; no character is cut in half. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
