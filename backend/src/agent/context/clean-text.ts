/** Text with nothing in it that no JSON reader takes. How a request is spelled is the client's; here it is what is cut, kept or empty. */

const unsendable = /\p{Cs}|\0/gu;

/** Removes halves of surrogate pairs, which cutting makes, and NUL characters. */
export function cleanText(text: string): string {
  return text.replace(unsendable, "");
}

/** Whether nothing is left to be read once it is clean. */
export function isBlank(text: string): boolean {
  return text.trim() === "" || cleanText(text).trim() === "";
}
