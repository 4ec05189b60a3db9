/** Files put back as a kept tree has them, in real folders with and without a repository. */
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Checkpoints } from "../../../src/workspace/git/checkpoints.ts";
import { standing } from "../../../src/workspace/put-back/put-back.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { git } from "./git-fixture.ts";

/** Text, `*` before that of a file that can be run, `->` before a link's target. */
type Files = Readonly<Record<string, string>>;

async function setUp(files: Files) {
  const root = join(await temporaryFolder(), "project");
  await mkdir(root);
  await put(root, files);
  const checkpoints = new Checkpoints({ directory: await temporaryFolder() });
  const project = { id: "p1", root };
  const before = (await checkpoints.take(project)).tree;
  const goBack = async () => {
    const now = (await checkpoints.take(project)).tree;
    const changes = await checkpoints.compare(project, now, before);
    return { now, ...(await checkpoints.putBack(project, changes)) };
  };
  return { checkpoints, project, root, before, goBack };
}

async function put(root: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const absolute = join(root, path);
    await mkdir(dirname(absolute), { recursive: true });
    await rm(absolute, { recursive: true, force: true });
    if (text.startsWith("->")) await symlink(text.slice(2), absolute);
    else if (text.startsWith("*"))
      await writeFile(absolute, text.slice(1), { encoding: "latin1", mode: 0o755 });
    else await writeFile(absolute, text, "latin1");
  }
}

/** The project as `Files`, without what git has of its own. */
async function filesIn(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    const absolute = join(entry.parentPath, entry.name);
    const path = absolute.slice(root.length + 1);
    if (path.startsWith(".git/") || entry.isDirectory()) continue;
    if (entry.isSymbolicLink()) found[path] = `->${await readlink(absolute)}`;
    else {
      const runnable = ((await stat(absolute)).mode & 0o100) !== 0;
      found[path] = `${runnable ? "*" : ""}${await readFile(absolute, "latin1")}`;
    }
  }
  return found;
}

test.each<{ what: string; before: Files; after: Files; gone: readonly string[] }>([
  { what: "a changed file", before: { "a.txt": "one\n" }, after: { "a.txt": "two\n" }, gone: [] },
  { what: "a deleted file", before: { "d/a.txt": "one\n" }, after: {}, gone: ["d"] },
  { what: "a made file", before: { "a.txt": "one\n" }, after: { "new/deep/b.txt": "b" }, gone: [] },
  {
    what: "the bit to run it",
    before: { "a.sh": "*x", "b.sh": "y" },
    after: { "a.sh": "x", "b.sh": "*y" },
    gone: [],
  },
  { what: "links", before: { a: "->/etc/hosts", b: "text" }, after: { a: "text", b: "->../.." }, gone: [] },
  {
    what: "a folder where a file was",
    before: { a: "one" },
    after: { "a/x": "1", "a/y/z": "2" },
    gone: ["a"],
  },
  {
    what: "a file where a folder was",
    before: { "a/x": "1", "a/y/z": "2" },
    after: { a: "one" },
    gone: ["a"],
  },
  { what: "a link where a folder was", before: { "a/x": "1" }, after: { a: "->.." }, gone: ["a"] },
  { what: "bytes that are no text", before: { a: "\0\xff\r\n" }, after: { a: "\r\n" }, gone: [] },
  { what: "odd names", before: { 'é \n"q"': "1", "-x": "2" }, after: { 'é \n"q"': "9" }, gone: ["-x"] },
])("puts back: $what", async ({ before, after, gone }) => {
  const place = await setUp(before);
  for (const path of gone) await rm(join(place.root, path), { recursive: true });
  await put(place.root, after);
  const changed = await filesIn(place.root);
  const { now, skipped } = await place.goBack();
  expect(skipped).toEqual([]);
  expect(await filesIn(place.root)).toEqual(before);
  expect((await place.checkpoints.take(place.project)).tree).toBe(place.before);
  const again = await place.checkpoints.compare(place.project, place.before, now);
  await place.checkpoints.putBack(place.project, again);
  expect(await filesIn(place.root)).toEqual(changed);
});

test("there and back again gives the same bytes, whatever the files", async () => {
  const path = fc.constantFrom("a", "b", "a/x", "a/y", "a/x/z", "b/x", "c.sh");
  const content = fc.oneof(
    fc.constantFrom("->a", "->/nowhere", "->../..", "*run", "*"),
    fc.stringMatching(/^[\n -)+,./-~]{0,20}$/),
  );
  const files = fc.dictionary(path, content).map(withoutClashes);
  await fc.assert(
    fc.asyncProperty(files, files, async (before, after) => {
      const place = await setUp(before);
      for (const name of await readdir(place.root)) await rm(join(place.root, name), { recursive: true });
      await put(place.root, after);
      const { now, skipped } = await place.goBack();
      expect(skipped).toEqual([]);
      expect(await filesIn(place.root)).toEqual(before);
      const changes = await place.checkpoints.compare(place.project, place.before, now);
      await place.checkpoints.putBack(place.project, changes);
      expect(await filesIn(place.root)).toEqual(after);
    }),
    { numRuns: 10 },
  );
}, 60_000);

/** A name is a file or a folder. */
function withoutClashes(files: Files): Files {
  const names = Object.keys(files);
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => !names.some((other) => other.startsWith(`${path}/`))),
  );
}

test("a file that changed since it was seen stays as it is", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  await put(place.root, { "a.txt": "two\n" });
  const now = (await place.checkpoints.take(place.project)).tree;
  const changes = await place.checkpoints.compare(place.project, now, place.before);
  await put(place.root, { "a.txt": "three\n" });
  expect(await place.checkpoints.putBack(place.project, changes)).toEqual({
    done: [],
    skipped: [{ path: "a.txt", reason: "changed_since" }],
  });
  expect(await filesIn(place.root)).toEqual({ "a.txt": "three\n" });
});

test("FS-02 nothing is written through a folder that has become a link", async () => {
  const place = await setUp({ "d/a.txt": "one\n" });
  const outside = await temporaryFolder();
  await put(place.root, { "d/a.txt": "two\n" });
  const now = (await place.checkpoints.take(place.project)).tree;
  const changes = await place.checkpoints.compare(place.project, now, place.before);
  await rm(join(place.root, "d"), { recursive: true });
  await put(outside, { "a.txt": "two\n" });
  await symlink(outside, join(place.root, "d"));
  const { done, skipped } = await place.checkpoints.putBack(place.project, changes);
  expect({ done, skipped }).toEqual({ done: [], skipped: [{ path: "d/a.txt", reason: "failed" }] });
  expect(await filesIn(outside)).toEqual({ "a.txt": "two\n" });
});

test("what is ignored stays, also what only the rules of before ignored", async () => {
  const place = await setUp({ ".gitignore": ".env\nbuild/\n", ".env": "secret", "build/out": "1" });
  await put(place.root, { ".gitignore": "nothing\n", "made.txt": "x" });
  const { done, skipped } = await place.goBack();
  expect({ done, skipped }).toEqual({ done: [".gitignore", "made.txt"], skipped: [] });
  expect(await filesIn(place.root)).toEqual({
    ".gitignore": ".env\nbuild/\n",
    ".env": "secret",
    "build/out": "1",
  });
});

test("what is ignored stays too when what checkpoints are taken with is made again meanwhile", async () => {
  const { checkpoints, project, root, before } = await setUp({ ".env": "then", "kept.txt": "then" });
  await put(root, { ".env": "now", ".gitignore": ".env\nold.log\n", "kept.txt": "now" });
  const now = (await checkpoints.take(project)).tree;
  await put(root, { ".gitignore": "nothing\n", "old.log": "x" });
  const later = (await checkpoints.take(project)).tree;
  const damage = () => expect(checkpoints.makeDurable(project, "1".repeat(40))).rejects.toThrow();
  await damage();
  const appeared = await checkpoints.compare(project, later, now);
  expect(appeared.map(({ path }) => path)).toEqual([".gitignore"]);
  await put(root, { ".gitignore": ".env\n" });
  await damage();
  const changes = await checkpoints.compare(project, now, before);
  expect(await checkpoints.staying(project, now, changes)).toEqual(new Map([[".env", "ignored"]]));
});

test("a repository inside the project is left alone, also one that was made over kept files", async () => {
  const place = await setUp({ "a.txt": "one\n", "sub/kept.txt": "one\n" });
  git(join(place.root, "sub"), "init", "-q");
  await put(place.root, { "a.txt": "two\n", "sub/kept.txt": "two\n" });
  const { done } = await place.goBack();
  expect(done).toEqual(["a.txt"]);
  expect(await readFile(join(place.root, "sub/kept.txt"), "utf8")).toBe("two\n");
});

test("a file that has grown too large to be kept is not overwritten", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  await writeFile(join(place.root, "a.txt"), Buffer.alloc(5_000_001, "x"));
  const { done, skipped } = await place.goBack();
  expect({ done, skipped }).toEqual({ done: [], skipped: [{ path: "a.txt", reason: "not_kept" }] });
  expect((await lstat(join(place.root, "a.txt"))).size).toBe(5_000_001);
});

test("works in a repository and changes neither its index nor its head", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  git(place.root, "init", "-q");
  git(place.root, "add", "a.txt");
  git(place.root, "commit", "-q", "-m", "first");
  await put(place.root, { "a.txt": "two\n" });
  await place.goBack();
  expect(git(place.root, "status", "--porcelain")).toBe("");
  expect(await filesIn(place.root)).toEqual({ "a.txt": "one\n" });
});

test("a file keeps the rights that it has", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  await writeFile(join(place.root, "a.txt"), "two\n");
  await rm(join(place.root, "a.txt"));
  await writeFile(join(place.root, "a.txt"), "two\n", { mode: 0o600 });
  await place.goBack();
  expect((await stat(join(place.root, "a.txt"))).mode & 0o777).toBe(0o600);
});

test("what the private excludes of then ignored stays, with the repository emptied or gone", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  git(place.root, "init", "-q");
  const excludes = join(place.root, ".git", "info", "exclude");
  await put(place.root, { ".git/info/exclude": "# mine\nnotes/\n", "notes/mine.md": "mine" });
  const { tree } = await place.checkpoints.take(place.project);
  const goBack = async () => {
    const now = (await place.checkpoints.take(place.project)).tree;
    const changes = await place.checkpoints.compare(place.project, now, tree);
    return (await place.checkpoints.putBack(place.project, changes)).done;
  };
  await put(place.root, { "made.txt": "x" });
  await writeFile(excludes, "");
  expect(await goBack()).toEqual(["made.txt"]);
  await rm(join(place.root, ".git"), { recursive: true });
  expect(await goBack()).toEqual([]);
  expect(await filesIn(place.root)).toEqual({ "a.txt": "one\n", "notes/mine.md": "mine" });
});

test("a file that has grown beyond all bounds is not read", async () => {
  const place = await setUp({ "a.bin": "small", "b.bin": "small" });
  await rm(join(place.root, "b.bin"));
  const now = (await place.checkpoints.take(place.project)).tree;
  const changes = await place.checkpoints.compare(place.project, now, place.before);
  for (const name of ["a.bin", "b.bin"]) {
    await writeFile(join(place.root, name), "");
    await truncate(join(place.root, name), 1_900_000_000);
  }
  const before = process.memoryUsage().rss;
  expect(await place.checkpoints.putBack(place.project, changes)).toEqual({
    done: [],
    skipped: [{ path: "b.bin", reason: "not_kept" }],
  });
  expect(Object.fromEntries(await standing(place.root, changes))).toEqual({ "b.bin": "other" });
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});

test("a name with a tab in it is not taken for the rules", async () => {
  const place = await setUp({ ".gitignore": "x\n", ".gitignore\tz": "*\n" });
  await put(place.root, { ".gitignore": "y\n", "made.sh": "made" });
  expect((await place.goBack()).done).toEqual([".gitignore", "made.sh"]);
});

test("a private file that is made again is private, and nothing runs as somebody else", async () => {
  const place = await setUp({ id_rsa: "KEY", "a.sh": "*one" });
  await rm(join(place.root, "id_rsa"));
  await writeFile(join(place.root, "a.sh"), "two");
  await chmod(join(place.root, "a.sh"), 0o4755);
  await place.goBack();
  const rights = async (name: string) => (await stat(join(place.root, name))).mode & 0o7777;
  expect([await rights("id_rsa"), await rights("a.sh")]).toEqual([0o600, 0o755]);
});

test("whoever stops it learns of it, and the next call does the rest", async () => {
  const place = await setUp({ "a.txt": "one\n" });
  await put(place.root, { "a.txt": "two\n" });
  const now = (await place.checkpoints.take(place.project)).tree;
  const changes = await place.checkpoints.compare(place.project, now, place.before);
  const stopped = place.checkpoints.putBack(place.project, changes, AbortSignal.abort());
  await expect(stopped).rejects.toMatchObject({ reason: "aborted" });
  expect(await filesIn(place.root)).toEqual({ "a.txt": "two\n" });
  expect((await place.checkpoints.putBack(place.project, changes)).done).toEqual(["a.txt"]);
});
