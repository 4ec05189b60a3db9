/** What an undo goes back to is on the disk before a rewind writes the first file: git's own objects among it. */
import { readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Checkpoints } from "../../src/workspace/git/checkpoints.ts";
import { back, filesOf, twoTurns } from "../sessions/rewind/rewind-stage.ts";
import { type Machine, phone, updates } from "../sessions/session-fixture.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { git } from "../workspace/git/git-fixture.ts";
import { type Call, watchCalls } from "./played-calls.ts";

vi.mock("node:fs/promises", async (original) =>
  (await import("./played-calls.ts")).playedCalls(await original()),
);

afterEach(() => watchCalls(null));

/** All calls below a folder, in order, as far as they were done. */
function heard(folder: string): Call[] {
  const calls: Call[] = [];
  watchCalls({
    folder,
    before: async () => undefined,
    after: (call) => calls.push(call),
    failed: () => undefined,
  });
  return calls;
}

async function repositoryOf({ state }: Machine): Promise<string> {
  const [name = ""] = await readdir(join(state, "checkpoints"));
  return join(state, "checkpoints", name);
}

/** Where the objects of a tree and of all behind it lie. */
function objectsOf(repository: string, tree: string): string[] {
  const listing = git(repository, "--git-dir=.", "ls-tree", "-r", "-t", tree);
  const ids = [tree, ...listing.split("\n").flatMap((line) => line.split(/[ \t]/)[2] ?? [])];
  return ids.map((id) => join(repository, "objects", id.slice(0, 2), id.slice(2)));
}

test("DUR-24: before a rewind writes the first file, all that its undo needs is synced, with its names", async () => {
  const { machine, store, session, second } = await twoTurns();
  await writeFile(join(machine.project, "unseen.txt"), "since the last checkpoint");
  const repository = await repositoryOf(machine);
  const calls = heard(machine.state);
  const { answer } = await back(session, second);
  const [line] = await updates(session, "rewind");
  const tree = line?.sessionUpdate === "rewind" ? (line.tree ?? "") : "";
  const intentAt = calls.findIndex((call) => call.type === "rename" && call.to.endsWith("rewind.json"));
  const synced = new Set(calls.slice(0, intentAt).flatMap((call) => (call.type === "sync" ? call.path : [])));
  const objects = objectsOf(repository, tree);
  const needed = [...objects, ...objects.map((path) => join(path, "..")), join(repository, "objects")];
  expect({ intentAt: intentAt > 0, missing: needed.filter((path) => !synced.has(path)) }).toEqual({
    intentAt: true,
    missing: [],
  });
  await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  await store.close();
});

test("DUR-24: what a power cut left empty is not taken for kept: nothing goes back, and the next try is whole", async () => {
  const { machine, store, session, second } = await twoTurns();
  await writeFile(join(machine.project, "a.txt"), "mine");
  const before = await filesOf(machine);
  await session.previewRewind({ turnId: second });
  const repository = await repositoryOf(machine);
  const id = git(machine.project, "hash-object", "a.txt").trim();
  await truncate(join(repository, "objects", id.slice(0, 2), id.slice(2)), 0);
  const paths = ["a.txt"];
  await expect(back(session, second, { paths })).rejects.toMatchObject({ code: "busy" });
  expect(await filesOf(machine)).toEqual(before);
  const { answer } = await back(session, second, { paths });
  await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(await filesOf(machine)).toEqual(before);
  expect(git(repository, "--git-dir=.", "fsck", "--no-dangling")).toBe("");
  await store.close();
});

test("of checkpoints right after each other every one is synced, and one whose forerunner is gone all anew", async () => {
  const [root, directory] = [await temporaryFolder(), await temporaryFolder()];
  const calls = heard(directory);
  const project = { id: "p1", root };
  const checkpoints = new Checkpoints({ directory, syncAfterMs: 200 });
  const trees: string[] = [];
  for (const text of ["one", "two", "three"]) {
    await writeFile(join(root, "a.txt"), text);
    trees.push((await checkpoints.take(project)).tree);
  }
  const repository = join(directory, "p1.git");
  const needed = trees.flatMap((tree) => objectsOf(repository, tree));
  const isSynced = (): boolean =>
    needed.every((path) => calls.some((call) => call.type === "sync" && call.path === path));
  await vi.waitUntil(isSynced, { timeout: 10_000, interval: 5 });
  await checkpoints.makeDurable(project, trees[2] ?? "");
  calls.length = 0;
  await rm(join(repository, "objects", (trees[2] ?? "").slice(0, 2)), { recursive: true });
  await checkpoints.makeDurable(project, trees[0] ?? "");
  const first = objectsOf(repository, trees[0] ?? "");
  expect(first.filter((path) => !calls.some((call) => call.type === "sync" && call.path === path))).toEqual(
    [],
  );
});

test("a turn's checkpoint waits for no sync; a while later what is new of it is synced, once", async () => {
  const [root, directory] = [await temporaryFolder(), await temporaryFolder()];
  for (let number = 0; number < 50; number += 1) await writeFile(join(root, `file-${number}`), `${number}`);
  const calls = heard(directory);
  const syncs = () => calls.filter(({ type }) => type === "sync").length;
  const project = { id: "p1", root };
  const checkpoints = new Checkpoints({ directory, syncAfterMs: 1 });
  await checkpoints.take(project);
  const atOnce = syncs();
  const repository = join(directory, "p1.git");
  const isNoted = (): boolean => {
    const renamed = calls.findIndex(
      (call) => call.type === "rename" && call.to === join(repository, "synced"),
    );
    return calls
      .slice(renamed)
      .some(({ type, path }) => renamed >= 0 && type === "sync" && path === repository);
  };
  await vi.waitUntil(isNoted, { timeout: 10_000, interval: 5 });
  const first = syncs();
  calls.length = 0;
  await writeFile(join(root, "file-7"), "changed");
  await checkpoints.take(project);
  await vi.waitUntil(isNoted, { timeout: 10_000, interval: 5 });
  // A file and a tree, their folders, the folder of all objects, and the note of it with its folder.
  expect({ atOnce, isEach: first >= 51, next: syncs() }).toEqual({ atOnce: 0, isEach: true, next: 7 });
});
