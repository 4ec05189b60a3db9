/** Numbers as words have them. */

/** `1,204`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 file`, `3 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
