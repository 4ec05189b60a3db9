/** Finds text and files in a project with ripgrep. Ignore files are respected; hidden files are searched, `.git` is not. */
import { isAbsolute, join, relative } from "node:path";
import { isSecretPath } from "./files/protected-names.ts";
import { type RipgrepRun, ripgrep, type SearchPlace } from "./ripgrep.ts";

export interface TextSearch extends SearchPlace {
  /** Rust regex, or plain text when `isLiteral`. */
  readonly pattern: string;
  readonly isLiteral: boolean;
  readonly ignoresCase: boolean;
  /** Only files like this, as in `.gitignore`. */
  readonly glob?: string;
  /** Lines around each match. */
  readonly context: number;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface TextLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly isMatch: boolean;
}

export interface TextFound {
  /** By file; at most `limit` matches. */
  readonly lines: readonly TextLine[];
  /** There are more matches than `limit`. */
  readonly hasMore: boolean;
  /** Files that were looked into; null when the search ended early. */
  readonly searched: number | null;
  /** Matches in files with secrets, which are left out. */
  readonly hidden: number;
}

const lineLength = 250;

/** Searches line by line. Throws WorkspaceError: `bad_pattern`, `missing_program`, `failed` (time-out and the like). */
export async function searchText(search: TextSearch): Promise<TextFound> {
  const found = new Findings(search, await unignored(search));
  const run = await ripgrep({
    search,
    arguments: textArguments(search),
    separator: "\n",
    take: (record) => found.take(record),
  });
  return {
    lines: found.lines,
    hasMore: found.hasMore,
    searched: run.isWhole ? searchedFiles(run.tail) : null,
    hidden: found.hidden,
  };
}

function textArguments(search: TextSearch): string[] {
  return [
    "--null",
    "--line-number",
    "--with-filename",
    "--no-heading",
    "--stats",
    "--sort=path",
    `--max-columns=${lineLength}`,
    "--max-columns-preview",
    `--context=${search.context}`,
    ...(search.ignoresCase ? ["--ignore-case"] : []),
    ...(search.isLiteral ? ["--fixed-strings"] : []),
    ...globArguments(search.glob),
    `--regexp=${search.pattern}`,
  ];
}

/** Reads `path NUL line : text`, with `-` instead of `:` on lines of context. */
class Findings {
  readonly lines: TextLine[] = [];
  hasMore = false;
  hidden = 0;
  readonly #search: TextSearch;
  readonly #unignored: ReadonlySet<string> | null;
  #matches = 0;

  constructor(search: TextSearch, unignoredPaths: ReadonlySet<string> | null) {
    this.#search = search;
    this.#unignored = unignoredPaths;
  }

  take(record: string): "more" | "enough" {
    const nul = record.indexOf("\0");
    const parts = /^(\d+)([:-])(.*)$/s.exec(record.slice(nul + 1));
    if (nul < 0 || parts === null) return "more";
    const [, line = "", mark, text = ""] = parts;
    const path = shownPath(this.#search, record.slice(0, nul));
    const isMatch = mark === ":";
    if (this.#unignored?.has(path) === false) return "more";
    // A file that was asked for by its name has been decided on by name.
    if (!this.#search.isFile && isSecretPath(path)) {
      this.hidden += isMatch ? 1 : 0;
      return "more";
    }
    if (isMatch && this.#matches === this.#search.limit) {
      this.hasMore = true;
      return "enough";
    }
    this.#matches += isMatch ? 1 : 0;
    this.lines.push({ path, line: Number(line), text: text.replace(/\r$/, ""), isMatch });
    return "more";
  }
}

export interface FileSearch extends SearchPlace {
  /** As in `.gitignore`, relative to `path`: `*.ts` matches at any depth. Absent: all files. */
  readonly glob?: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface FilesFound {
  /** Newest first. */
  readonly paths: readonly string[];
  /** All that match, also those beyond `limit`. */
  readonly total: number;
}

/** Lists files that are not ignored. Throws WorkspaceError as `searchText`. */
export async function listFiles(search: FileSearch): Promise<FilesFound> {
  const glob = usedGlob(search.glob);
  const matching = glob === undefined ? null : new Set(await listed(search, globArguments(glob)));
  const all = await listed(search, ["--sortr=modified", ...globArguments(undefined)]);
  const paths = matching === null ? all : all.filter((path) => matching.has(path));
  return { paths: paths.slice(0, search.limit), total: paths.length };
}

async function listed(search: RipgrepRun["search"], globs: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  const take = (record: string): "more" => {
    paths.push(shownPath(search, record));
    return "more";
  };
  await ripgrep({ search, arguments: ["--files", "--null", ...globs], separator: "\0", take });
  return paths;
}

/** To ripgrep a file that a glob names is never ignored; to us it is, as every other. Null: there is no glob. */
async function unignored(search: TextSearch): Promise<ReadonlySet<string> | null> {
  if (search.isFile || usedGlob(search.glob) === undefined) return null;
  return new Set(await listed(search, globArguments(undefined)));
}

function usedGlob(glob: string | undefined): string | undefined {
  return glob === undefined || /^[*/]*$/.test(glob) ? undefined : glob;
}

/** The last glob that matches wins, so what is never searched comes last. */
function globArguments(glob: string | undefined): string[] {
  const used = usedGlob(glob);
  return [...(used === undefined ? [] : [`--glob=${used}`]), "--glob=!.git"];
}

function shownPath(place: SearchPlace, found: string): string {
  const absolute = isAbsolute(found) ? found : join(place.path, found);
  const shown = relative(place.root, absolute);
  return shown.startsWith("..") ? absolute : shown;
}

function searchedFiles(tail: string): number | null {
  const count = /(\d+) files searched/.exec(tail)?.[1];
  return count === undefined ? null : Number(count);
}
