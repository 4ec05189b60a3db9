/** Pairing codes as they are typed: eight characters without look-alikes, shown as `K7QM-3XTP`. */

const allowed = /[A-HJKMNP-Z2-9]/g;

export const codeLength = 8;

/** The characters of a code in what was typed or pasted, upper case, at most eight. */
export function codeCharacters(typed: string): string {
  return (typed.toUpperCase().match(allowed) ?? []).join("").slice(0, codeLength);
}

/** With the dash in its middle, as far as it is typed. */
export function formatCode(characters: string): string {
  return characters.length > 4 ? `${characters.slice(0, 4)}-${characters.slice(4)}` : characters;
}
