/** Names of a project's files, for whoever types a few letters of one: fuzzy, best first. Ignored files are left out. */

import { ripgrep } from "../ripgrep.ts";
import { isSecretPath } from "./protected-names.ts";

const mostFiles = 50_000;
const freshMs = 5_000;
const keptProjects = 8;

interface Listing {
  readonly at: number;
  readonly paths: Promise<readonly string[]>;
}

/** Lists a project's files for five seconds' worth of letters at a time. */
export class FileNames {
  readonly #listings = new Map<string, Listing>();

  /** At most `limit` paths, relative to `root` (absolute, resolved); all begin anywhere, in order of how well they fit. */
  async find(
    root: string,
    { query, limit }: { readonly query: string; readonly limit: number },
  ): Promise<string[]> {
    const paths = await this.#list(root);
    const ranked = paths.flatMap((path) => {
      const rank = rankOf(path, query);
      return rank === null ? [] : [{ path, rank }];
    });
    ranked.sort((one, other) => other.rank - one.rank || one.path.length - other.path.length);
    return ranked.slice(0, limit).map(({ path }) => path);
  }

  #list(root: string): Promise<readonly string[]> {
    const known = this.#listings.get(root);
    if (known !== undefined && performance.now() - known.at < freshMs) return known.paths;
    const paths = listFiles(root);
    this.#listings.delete(root);
    this.#listings.set(root, { at: performance.now(), paths });
    paths.catch(() => this.#listings.delete(root));
    const oldest = this.#listings.keys().next().value;
    if (this.#listings.size > keptProjects && oldest !== undefined) this.#listings.delete(oldest);
    return paths;
  }
}

async function listFiles(root: string): Promise<readonly string[]> {
  const paths: string[] = [];
  await ripgrep({
    search: { root, path: root, isFile: false, signal: new AbortController().signal },
    arguments: ["--files", "--null", "--glob=!.git/"],
    separator: "\0",
    take(record) {
      const path = record.replace(/^\.\//, "");
      if (path !== "" && !isSecretPath(path)) paths.push(path);
      return paths.length < mostFiles ? "more" : "enough";
    },
  });
  return paths;
}

/**
 * How well the letters of `query` fit a path, more is better; null: they are not all there, in order. Letters that follow each
 * other, begin a word or stand in the file's own name count for more.
 */
export function rankOf(path: string, query: string): number | null {
  const text = path.toLowerCase();
  const wanted = query.toLowerCase().replace(/\s+/g, "");
  if (wanted === "") return 0;
  const nameAt = text.lastIndexOf("/") + 1;
  const inName = rankFrom(text, { wanted, from: nameAt });
  const anywhere = rankFrom(text, { wanted, from: 0 });
  return inName === null ? anywhere : Math.max(inName + wanted.length, anywhere ?? 0);
}

function rankFrom(text: string, { wanted, from }: { wanted: string; from: number }): number | null {
  let rank = 0;
  let last = from - 2;
  for (const letter of wanted) {
    const at = text.indexOf(letter, last + 1 < from ? from : last + 1);
    if (at === -1) return null;
    const beginsWord = at === 0 || /[/._-]/.test(text[at - 1] ?? "");
    rank += 1 + (at === last + 1 ? 4 : 0) + (beginsWord ? 3 : 0);
    last = at;
  }
  return rank;
}
