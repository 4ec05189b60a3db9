/** How large one event of a file from elsewhere may be. Looks at no more of a value than it takes to know. Pure. */

const maxBytes = 2_000_000;
const maxNodes = 20_000;
const maxDepth = 200;
/** What one character, and one value beside its characters, take in JSON at most. */
const [bytesOfCharacter, bytesOfNode] = [6, 32];

/** What is too much of this value, for people; null: nothing is. */
export function excessOf(value: unknown): string | null {
  const counted = countOf(value);
  if (typeof counted === "string") return counted;
  const mostBytes = counted.characters * bytesOfCharacter + counted.nodes * bytesOfNode;
  // Most are far from it: they need not be written out to be known.
  if (mostBytes <= maxBytes || Buffer.byteLength(JSON.stringify(value) ?? "") <= maxBytes) return null;
  return tooLarge;
}

const tooLarge = `larger than ${maxBytes / 1_000_000} MB`;

/** Without recursion, which is what a hostile file is after. */
function countOf(value: unknown): string | { readonly nodes: number; readonly characters: number } {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  let nodes = 0;
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: item, depth } = next;
    nodes += 1;
    if (typeof item === "string") characters += item.length;
    if (characters > maxBytes) return tooLarge;
    if (typeof item !== "object" || item === null) continue;
    if (depth >= maxDepth) return "nested too deeply";
    const names = Array.isArray(item) ? [] : Object.keys(item);
    const children: readonly unknown[] = Array.isArray(item) ? item : Object.values(item);
    if (nodes + waiting.length + children.length > maxNodes) return `more than ${maxNodes} values`;
    for (const name of names) characters += name.length;
    for (const child of children) waiting.push({ value: child, depth: depth + 1 });
  }
  return { nodes, characters };
}
