/** Secrets that are known word for word, as one tree of their letters: a place of a text is compared with all of them at once. */
import type { SearchedPlace } from "./character-class.ts";

/** A secret that is known word for word. */
export interface KnownSecret {
  readonly kind: string;
  readonly text: string;
}

/** What begins at a place. more: only more text can tell. */
export type KnownJudgement =
  | { readonly type: "no" | "more" }
  | { readonly type: "secret"; readonly kind: string; readonly to: number };

/** What several secrets begin with in common, after the nodes above it. */
interface Node {
  readonly label: string;
  /** Of the secret that ends here; null: none does. */
  readonly kind: string | null;
  readonly next: ReadonlyMap<string, Node>;
}

const no: KnownJudgement = { type: "no" };
const more: KnownJudgement = { type: "more" };

/** Looks for any number of secrets in the time that one takes. */
export class KnownSecrets {
  readonly #root: Node;

  constructor(secrets: readonly KnownSecret[]) {
    // In the order of their letters, those that share a beginning stand side by side.
    const sorted = [...secrets].sort((one, other) => (one.text < other.text ? -1 : 1));
    this.#root = { label: "", kind: null, next: branches(sorted, 0) };
  }

  /** The longest secret that begins there. */
  judge({ text, at, isWhole }: SearchedPlace): KnownJudgement {
    let found = no;
    let position = at;
    let node: Node | undefined = this.#root;
    for (;;) {
      if (node.kind !== null) found = { type: "secret", kind: node.kind, to: position };
      if (position >= text.length) return isWhole || node.next.size === 0 ? found : more;
      node = node.next.get(text.charAt(position));
      if (node === undefined) return found;
      if (!text.startsWith(node.label, position)) {
        const isBegun = node.label.startsWith(text.slice(position, position + node.label.length));
        return isBegun && !isWhole ? more : found;
      }
      position += node.label.length;
    }
  }
}

/** The nodes below `depth` letters that these secrets, which are sorted, have in common. */
function branches(secrets: readonly KnownSecret[], depth: number): ReadonlyMap<string, Node> {
  const groups = new Map<string, KnownSecret[]>();
  for (const secret of secrets) {
    if (secret.text.length <= depth) continue;
    const letter = secret.text.charAt(depth);
    const group = groups.get(letter);
    if (group === undefined) groups.set(letter, [secret]);
    else group.push(secret);
  }
  return new Map([...groups].map(([letter, group]) => [letter, branch(group, depth)]));
}

function branch(group: readonly KnownSecret[], depth: number): Node {
  const [first, last] = [group[0]?.text ?? "", group.at(-1)?.text ?? ""];
  let end = depth;
  while (end < first.length && first.charAt(end) === last.charAt(end)) end += 1;
  const own = group.find(({ text }) => text.length === end);
  return { label: first.slice(depth, end), kind: own?.kind ?? null, next: branches(group, end) };
}
