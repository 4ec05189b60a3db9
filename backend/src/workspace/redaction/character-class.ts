/** Sets of ASCII characters, as fast as looking into a table. */

/** What a run of text may consist of; characters beyond ASCII are never in it. */
export interface CharacterClass {
  has(code: number): boolean;
}

/** `pattern` says of each ASCII character whether it belongs. */
export function characterClass(pattern: RegExp): CharacterClass {
  const table = Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)));
  return { has: (code) => table[code] === true };
}

/** Where the run of such characters that begins at `at` ends; looks at no more than `most` of them. */
export function runEnd(text: string, at: number, run: { of: CharacterClass; most: number }): number {
  const limit = Math.min(text.length, at + run.most);
  let end = at;
  while (end < limit && run.of.has(text.charCodeAt(end))) end += 1;
  return end;
}

export const lettersAndDigits = characterClass(/[A-Za-z0-9]/);
export const wordCharacters = characterClass(/[A-Za-z0-9_]/);
export const tokenCharacters = characterClass(/[A-Za-z0-9_-]/);
export const base64Characters = characterClass(/[A-Za-z0-9+/=]/);

/** A place in a text that is being read. `isWhole`: no more text will come. */
export interface SearchedPlace {
  readonly text: string;
  readonly at: number;
  readonly isWhole: boolean;
}
