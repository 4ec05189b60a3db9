/** Text that any JSON reader takes: no lone surrogates, no NUL. */

const unsendable = /\p{Cs}|\0/gu;
const escapedUnsendable = /\\u(?:d[89a-f][0-9a-f]{2}|0000)/i;

/** Removes halves of surrogate pairs and NUL characters. */
export function cleanText(text: string): string {
  return text.replace(unsendable, "");
}

/** The arguments as they may be sent again: a JSON object, byte for byte as it came where that is one, else `{}`. */
export function cleanArguments(text: string): string {
  const json = jsonObject(text);
  if (json === null) return "{}";
  const isClean = !escapedUnsendable.test(text) && cleanText(text) === text;
  return isClean
    ? text
    : JSON.stringify(json, (_name, value) => (typeof value === "string" ? cleanText(value) : value));
}

function jsonObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // Not JSON: the caller sends an empty object in its place.
    return null;
  }
}
