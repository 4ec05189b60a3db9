/** Two kept trees, file by file: what each has of a path, and the bytes behind it. */
import { type GitPlace, readGit } from "./git.ts";
import { GitFailed } from "./git-process.ts";

/** A file as git keeps it: 100644, 100755 (can be run) or 120000 (a link); `objectId` stands for its bytes. */
export interface KeptFile {
  readonly mode: string;
  readonly objectId: string;
}

/** A path that the trees have differently; null: that tree has no such file. */
export interface TreeChange {
  readonly path: string;
  readonly from: KeptFile | null;
  readonly to: KeptFile | null;
  /** Lines that come and go from the one to the other; 0 of what is no text. */
  readonly additions: number;
  readonly deletions: number;
}

const showPlainly = ["-r", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color"];
const maxBatchBytes = 32_000_000;
const maxBatchFiles = 1_000;
/** What git writes for a side that is not there. */
const noMode = "000000";

/** What differs, by path in git's order. A name that is no UTF-8 is left out: nothing here could name it. */
export async function treeChanges(place: GitPlace, fromTree: string, toTree: string): Promise<TreeChange[]> {
  if (fromTree === toTree) return [];
  const list = (...formats: readonly string[]) =>
    readGit(["diff-tree", ...showPlainly, ...formats, "-z", fromTree, toTree], { place });
  try {
    return parseTreeChanges(await list("--raw", "--numstat"));
  } catch (error) {
    if (!(error instanceof GitFailed) || error.reason !== "failed") throw error;
    // Lines cannot be counted where the bytes of one file are gone; the others can go back all the same.
    return parseTreeChanges(await list("--raw"));
  }
}

interface TreePair {
  readonly fromTree: string;
  readonly toTree: string;
}

/** The paths alone, of all pairs in one call of git. Rejects with GitFailed when a tree is gone. */
export async function changedPaths(place: GitPlace, pairs: readonly TreePair[]): Promise<string[][]> {
  // Git says nothing of a pair that is no pair.
  const asked = pairs.filter(({ fromTree, toTree }) => fromTree !== toTree);
  if (asked.length === 0) return pairs.map(() => []);
  const listing = await readGit(["diff-tree", "--stdin", ...showPlainly, "--name-only", "-z"], {
    place,
    input: asked.map((pair) => headOf(pair)).join(""),
  });
  const found = new Map<TreePair, string[]>();
  let rest = listing;
  for (const [index, pair] of asked.entries()) {
    const head = headOf(pair);
    if (rest.toString("latin1", 0, head.length) !== head)
      throw new GitFailed("failed", "git diff-tree: a tree is gone.");
    const next = asked[index + 1];
    const end = next === undefined ? rest.length : endOfNames(rest, headOf(next), head.length);
    found.set(pair, namesIn(rest.subarray(head.length, end)));
    rest = rest.subarray(end);
  }
  return pairs.map((pair) => found.get(pair) ?? []);
}

/** As git takes a pair, and as it says it again. */
function headOf({ fromTree, toTree }: TreePair): string {
  return `${fromTree} ${toTree}\n`;
}

/** Where the next pair begins: at once, or behind a name. */
function endOfNames(listing: Buffer, head: string, start: number): number {
  if (listing.toString("latin1", start, start + head.length) === head) return start;
  const at = listing.indexOf(`\0${head}`, start, "latin1");
  if (at === -1) throw new GitFailed("failed", "git diff-tree: a tree is gone.");
  return at + 1;
}

/** The bytes of what was kept, by object id; what is no longer there is missing in the answer. */
export async function* keptBytes(
  place: GitPlace,
  objectIds: readonly string[],
): AsyncGenerator<ReadonlyMap<string, Buffer>> {
  for (const batch of await inBatches(place, [...new Set(objectIds)]))
    yield parseObjects(await readGit(["cat-file", "--batch"], { place, input: linesOf(batch) }));
}

/** Those of these objects that are not there, or no longer. */
export async function missingObjects(
  place: GitPlace,
  objectIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (objectIds.length === 0) return new Set();
  const listing = await readGit(["cat-file", "--batch-check"], {
    place,
    input: linesOf([...new Set(objectIds)]),
  });
  const lines = listing.toString("latin1").split("\n");
  return new Set(
    lines.filter((line) => line.endsWith(" missing")).map((line) => line.split(" ", 1)[0] ?? ""),
  );
}

/** As many as one call of git may say and the memory may hold. */
async function inBatches(place: GitPlace, objectIds: readonly string[]): Promise<string[][]> {
  if (objectIds.length === 0) return [];
  const listing = await readGit(["cat-file", "--batch-check"], { place, input: linesOf(objectIds) });
  const batches: string[][] = [];
  let batchBytes = Number.POSITIVE_INFINITY;
  for (const line of listing.toString("latin1").split("\n")) {
    const [id = "", type = "", size = ""] = line.split(" ");
    if (type !== "blob") continue;
    const batch = batches.at(-1);
    batchBytes += Number(size);
    if (batch !== undefined && batchBytes <= maxBatchBytes && batch.length < maxBatchFiles) batch.push(id);
    else {
      batches.push([id]);
      batchBytes = Number(size);
    }
  }
  return batches;
}

function linesOf(objectIds: readonly string[]): string {
  return objectIds.map((id) => `${id}\n`).join("");
}

/** Paths out of git's `-z` output; those that are no UTF-8 are left out. */
export function namesIn(listing: Buffer): string[] {
  const names: string[] = [];
  let start = 0;
  for (let end = listing.indexOf(0); end !== -1; end = listing.indexOf(0, start)) {
    const name = utf8Name(listing.subarray(start, end));
    if (name !== null) names.push(name);
    start = end + 1;
  }
  return names;
}

/** Read as bytes, one a character, so that every name is whole until it is looked at. */
function parseTreeChanges(listing: Buffer): TreeChange[] {
  const fields = listing.toString("latin1").split("\0");
  const records: { head: string[]; name: string }[] = [];
  let next = 0;
  for (; fields[next]?.startsWith(":"); next += 2)
    records.push({ head: (fields[next] ?? "").slice(1).split(" "), name: fields[next + 1] ?? "" });
  return records.flatMap(({ head, name }, index) => {
    const path = utf8Name(Buffer.from(name, "latin1"));
    if (path === null) return [];
    const [fromMode = "", toMode = "", fromId = "", toId = ""] = head;
    const [additions = "0", deletions = "0"] = (fields[next + index] ?? "").split("\t");
    const lines = { additions: Number(additions) || 0, deletions: Number(deletions) || 0 };
    return [{ path, from: keptFile(fromMode, fromId), to: keptFile(toMode, toId), ...lines }];
  });
}

function keptFile(mode: string, objectId: string): KeptFile | null {
  return mode === noMode ? null : { mode, objectId };
}

function utf8Name(bytes: Buffer): string | null {
  const name = bytes.toString("utf8");
  return Buffer.from(name, "utf8").equals(bytes) ? name : null;
}

/** `<id> blob <size>`, the bytes, a newline; or `<id> missing`. */
function parseObjects(output: Buffer): ReadonlyMap<string, Buffer> {
  const objects = new Map<string, Buffer>();
  let start = 0;
  while (start < output.byteLength) {
    const lineEnd = output.indexOf(newline, start);
    if (lineEnd === -1) throw new GitFailed("failed", "git cat-file was cut short.");
    const [id = "", type = "", size = ""] = output.toString("latin1", start, lineEnd).split(" ");
    start = lineEnd + 1;
    if (type !== "blob") continue;
    const end = start + Number(size);
    objects.set(id, output.subarray(start, end));
    start = end + 1;
  }
  return objects;
}

const newline = "\n".charCodeAt(0);
