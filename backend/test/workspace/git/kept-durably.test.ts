/** Kept trees that are made durable, and what becomes of those whose objects were damaged. */
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Checkpoints } from "../../../src/workspace/git/checkpoints.ts";
import { syncTree } from "../../../src/workspace/git/kept-durably.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function setUp() {
  const [root, directory] = [join(await temporaryFolder(), "project"), await temporaryFolder()];
  await mkdir(root);
  const project = { id: "p1", root };
  const gitDirectory = join(directory, "p1.git");
  const objectOf = (text: string): string => {
    const id = createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");
    return join(gitDirectory, "objects", id.slice(0, 2), id.slice(2));
  };
  // None is synced by itself while the test runs.
  const checkpoints = new Checkpoints({ directory, syncAfterMs: 3_600_000 });
  return {
    root,
    project,
    checkpoints,
    objectOf,
    place: { type: "own", gitDirectory, workTree: root } as const,
  };
}

test("what is written again because it was damaged is synced again, also where it had been synced before", async () => {
  const { root, project, checkpoints, objectOf, place } = await setUp();
  await writeFile(join(root, "stays.txt"), "stays");
  await writeFile(join(root, "other.txt"), "one");
  await checkpoints.makeDurable(project, (await checkpoints.take(project)).tree);
  await writeFile(join(root, "other.txt"), "two!");
  const { tree } = await checkpoints.take(project);
  await rm(objectOf("stays"));
  await writeFile(objectOf("stays"), "");
  await rm(objectOf("two!"));
  await expect(checkpoints.makeDurable(project, tree)).rejects.toThrow("damaged");
  const again = await checkpoints.take(project);
  // The tree and both files: of what was synced before the damage nothing is taken for granted.
  expect(await syncTree(place, again.tree)).toBe(3);
  expect(await syncTree(place, again.tree)).toBe(0);
});
