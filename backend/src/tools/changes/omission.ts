/** Catches the comments with which models leave code out ("// ... rest of the code"): written to a file they would delete it. */

const what =
  "(?:the )?(?:rest|remainder|remaining|existing|other|previous|unchanged|original|same)\\b[\\w ,'’-]{0,60}|(?:code|content|methods|functions|lines|file|implementation)\\b[\\w ,'’-]{0,30}(?:unchanged|remains?|omitted|same|as before|above|below|here)[\\w ,'’-]{0,30}";
const dots = "(?:\\.{3,}|…)";
const comment = "(?:\\/\\/|\\/\\*|#|<!--|\\{\\/\\*|--|;|%|\"|')?";
const omission = new RegExp(
  `^\\s*${comment}\\s*(?:[([]\\s*)?(?:${dots}\\s*[([]?(?:${what})[)\\]]?\\s*${dots}?|(?:${what})\\s*${dots})\\s*(?:[)\\]])?\\s*(?:\\*\\/\\}?|-->)?\\s*$`,
  "i",
);

/** The first line of `text` that stands for left-out code and is not in `before`; null when there is none. */
export function omissionIn(text: string, before: string): string | null {
  if (!/\.{3}|…/.test(text)) return null;
  const known = new Set(before.split("\n").map((line) => line.trim()));
  const found = text
    .split("\n")
    .find((line) => line.length < 200 && omission.test(line) && !known.has(line.trim()));
  return found?.trim() ?? null;
}
