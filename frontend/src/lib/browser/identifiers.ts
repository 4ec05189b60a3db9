/** Identifiers that this browser mints; they work over plain http, where `crypto.randomUUID` is absent. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 22 characters of A–Z, a–z, 0–9, - and _: 132 random bits. */
export function newIdentifier(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  return Array.from(bytes, (byte) => alphabet.charAt(byte & 63)).join("");
}
