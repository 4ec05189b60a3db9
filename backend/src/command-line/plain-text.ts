/** Names that somebody else chose, such as a browser's or a folder's, must not play with the terminal. */
export function plainText(name: string): string {
  return name.replace(/\p{C}/gu, "\uFFFD");
}
